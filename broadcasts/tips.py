"""Tips: what one is, and how it looks."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from unicodedata import category

from broadcasts import words
from core import cards, links
from core.contact import Office
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import cut_utf16, utf16_length
from core.words import DISCLAIMER
from retrieval.library import Case

MAX_TEXT = 2000  # UTF-16 units: whole on one Telegram message and one LINE bubble, with title and footer
NAME = 60  # UTF-16 units of a name
MAX_LINKS = 10  # more buttons are no reminder, and a LINE bubble has its size


class BadTip(ValueError):
    """A text that cannot be sent; says why."""


@dataclass(frozen=True)
class Tip:
    """What is sent, fixed when the broadcast is made: a countermeasure of a case, a step of a guide, or own `text`.

    Own text may name a case, by number and title, that opens by a button. For a guide, `situation` is its answer.
    `erased`: it was given up, and its text only says that it is gone.
    """

    text: str = ""
    case_id: int = 0
    title: str = ""
    situation: str = ""
    law: str = ""
    gist: str = ""
    url: str = ""
    measure: str = ""
    guide: str = ""
    erased: bool = False

    @classmethod
    def own(cls, text: str, case: Case | None = None) -> "Tip":
        """An admin's own words, and the case that they are about; raises BadTip."""
        text = "".join(
            letter if letter == "\n" or category(letter) not in ("Cc", "Cs") else " " for letter in text
        ).strip()
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise BadTip(words.TIP_EMPTY)
        size = utf16_length(text)
        if size > MAX_TEXT:
            raise BadTip(words.TIP_TOO_LONG.format(size=size, limit=MAX_TEXT))
        found = links.found(text)
        if len(found) > MAX_LINKS:
            raise BadTip(words.TIP_TOO_MANY_LINKS.format(count=len(found), limit=MAX_LINKS))
        if any(len(link.url) > links.LONGEST for link in found):
            raise BadTip(words.TIP_LINK_TOO_LONG.format(limit=links.LONGEST))
        return cls(text=text, case_id=case.id, title=case.title) if case else cls(text=text)

    @classmethod
    def read(cls, stored: str) -> "Tip":
        tip = cls(**json.loads(stored))
        return replace(tip, text=words.TIP_ERASED) if tip.erased else tip

    def stored(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)

    @property
    def name(self) -> str:
        """Its words in short, for lists."""
        return cut_utf16(" ".join((self.text or self.measure).split()), NAME)

    @property
    def logged(self) -> str:
        """The same for the log of actions, which lasts longer than the words of a tip that is given up."""
        return words.OWN_TIP.format(size=utf16_length(self.text)) if self.text else self.name

    @property
    def source(self) -> str:
        """The case or guide that it is from."""
        return self.guide or str(self.case_id)

    @cached_property
    def key(self) -> str:
        """Names case or guide, and countermeasure: equal as long as both stay as they are."""
        return f"{self.source}:{hashlib.sha256(self.measure.encode()).hexdigest()[:16]}"


def stored_card(stored: str, office: Office) -> Reply:
    """The card of a broadcast's tip."""
    return card(Tip.read(stored), office)


def card(tip: Tip, office: Office) -> Reply:
    """The tip as everybody sees it, with one tap to the case and one to no more tips."""
    if tip.text:
        whole = Card(words.TIP_TITLE, tip.text, body=tip.text, sections=(*_below_own(tip), office.section))
        return Reply(whole, (cards.MENU, cards.STOP))
    law_text = (Button(words.LAW_TEXT, url=tip.url),) if tip.url else ()
    label, opened = words.TIP_LABEL.format(id=tip.case_id), Button(words.OPEN_CASE, postback=f"case:{tip.case_id}")
    if tip.guide:
        label, opened = words.TIP_GUIDE_LABEL, Button(words.OPEN_GUIDE, postback=f"guide:{tip.guide}")
    whole = Card(
        title=tip.title,
        summary=words.TIP_SUMMARY.format(measure=tip.measure, title=tip.title),
        label=label,
        body=tip.situation,
        sections=(
            *([Section(words.TIP_LAW, (Item(tip.law, tip.gist, law_text),))] if tip.law else []),
            Section(words.TIP_MEASURE, (Item(tip.measure),)),
            Section(buttons=(opened,)),
            office.section,
        ),
        footer=(DISCLAIMER,),
    )
    return Reply(whole, (cards.MENU, cards.STOP))


def _below_own(tip: Tip) -> tuple[Section, ...]:
    """The case that own words are about."""
    if not tip.case_id:
        return ()
    opens_case = Button(words.OPEN_CASE, postback=f"case:{tip.case_id}")
    return (Section(words.TIP_CASE.format(title=tip.title), buttons=(opens_case,)),)
