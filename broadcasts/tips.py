"""Tips: what one is, which one a day has, and how it looks."""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

import logs
from broadcasts import words
from broadcasts.repositories import TipDayRepository
from core import cards
from core.cards import Office
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import utf16_length
from core.words import DISCLAIMER
from retrieval.laws import Article, Law
from retrieval.library import Case, Entry, Guide, Library

log = logging.getLogger(__name__)

MAX_TEXT = 2000  # UTF-16 units: whole on one Telegram message and one LINE bubble, with title and footer


class BadTip(ValueError):
    """A text that cannot be sent; says why."""


@dataclass(frozen=True)
class Tip:
    """What is sent, fixed when the broadcast is made: a countermeasure of a case, a step of a guide, or own `text`.

    For a guide, `situation` is its answer.
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

    @classmethod
    def own(cls, text: str) -> "Tip":
        """An admin's own words; raises BadTip."""
        text = "".join(
            letter if letter == "\n" or category(letter) not in ("Cc", "Cs") else " " for letter in text
        ).strip()
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise BadTip(words.TIP_EMPTY)
        size = utf16_length(text)
        if size > MAX_TEXT:
            raise BadTip(words.TIP_TOO_LONG.format(size=size, limit=MAX_TEXT))
        return cls(text=text)

    @classmethod
    def read(cls, stored: str) -> "Tip":
        return cls(**json.loads(stored))

    def stored(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)

    @property
    def source(self) -> str:
        """The case or guide that it is from."""
        return self.guide or str(self.case_id)

    @property
    def key(self) -> str:
        """Names case or guide, and countermeasure: equal as long as both stay as they are."""
        return f"{self.source}:{hashlib.sha256(self.measure.encode()).hexdigest()[:16]}"


def stored_card(stored: str, office: Office) -> Reply:
    """The card of a broadcast's tip."""
    return card(Tip.read(stored), office)


def card(tip: Tip, office: Office) -> Reply:
    """The tip as everybody sees it, with one tap to the case and one to no more tips."""
    if tip.text:
        whole = Card(words.TIP_TITLE, tip.text, body=tip.text, footer=(office.line,))
        return Reply(whole, (cards.MENU, cards.STOP))
    links = (Button(words.LAW_TEXT, url=tip.url),) if tip.url else ()
    label, opened = words.TIP_LABEL.format(id=tip.case_id), Button(words.OPEN_CASE, postback=f"case:{tip.case_id}")
    if tip.guide:
        label, opened = words.TIP_GUIDE_LABEL, Button(words.OPEN_GUIDE, postback=f"guide:{tip.guide}")
    whole = Card(
        title=tip.title,
        summary=words.TIP_SUMMARY.format(measure=tip.measure, title=tip.title),
        label=label,
        body=tip.situation,
        sections=(
            *([Section(words.TIP_LAW, (Item(tip.law, tip.gist, links),))] if tip.law else []),
            Section(words.TIP_MEASURE, (Item(tip.measure),)),
            Section(buttons=(opened,)),
        ),
        footer=(office.line, DISCLAIMER),
    )
    return Reply(whole, (cards.MENU, cards.STOP))


def tips_of(library: Library) -> Iterator[Tip]:
    """Every countermeasure of every case, and every step of the guides that the office has approved."""
    for case in library.cases:
        yield from (_tip(case, measure) for measure in case.countermeasures)
    for guide in library.guides:
        yield from (_tip(guide, step) for step in guide.steps if guide.approved)


def choose(known: Sequence[Tip], before: Sequence[str]) -> Tip:
    """The next tip after these keys: one of the least often sent, never the last one's source while there is another.

    The source with most left comes first, so that none is left to follow itself at the end of a round.
    """
    sent = Counter(before)
    fewest = min(sent[tip.key] for tip in known)
    left = [tip for tip in known if sent[tip.key] == fewest]
    last = before[-1].partition(":")[0] if before else ""
    fresh = [tip for tip in left if tip.source != last] or left
    waiting = Counter(tip.source for tip in left)
    seen = {key.partition(":")[0]: at for at, key in enumerate(before)}
    return min(fresh, key=lambda tip: (-waiting[tip.source], seen.get(tip.source, -1), tip.case_id, tip.guide))


@dataclass
class DailyTip:
    """The tip of a day: chosen when it is first asked for, the same for everybody from then on."""

    tip_days: TipDayRepository
    library: Callable[[], Library]
    zone: ZoneInfo
    now: Callable[[ZoneInfo], datetime] = datetime.now
    last: tuple[date, str] | None = None

    def today(self) -> Tip:
        """The tip of today; with the store down, this process's own choice."""
        return self.of(self.now(self.zone).date())

    def of(self, day: date) -> Tip:
        """The tip of any day."""
        known = {tip.key: tip for tip in tips_of(self.library())}
        if self.last and self.last[0] == day and self.last[1] in known:
            return known[self.last[1]]
        try:
            key = self._fixed(day, known)
        except Exception as error:
            log.warning("tip of the day not remembered: %s", logs.describe(error))
            return list(known.values())[day.toordinal() % len(known)]
        self.last = (day, key)
        return known[key]

    def _fixed(self, day: date, known: dict[str, Tip]) -> str:
        fixed = self.tip_days.get(day)
        if fixed in known:
            return str(fixed)
        wanted = choose(list(known.values()), self.tip_days.before(day)).key
        self.tip_days.fix(day, wanted, fixed)
        won = self.tip_days.get(day)
        return str(won) if won in known else wanted


def _tip(entry: Entry, measure: str) -> Tip:
    law = entry.laws[0] if entry.laws else Law("", (Article("", ""),))
    article = next((article for article in law.articles if article.gist), law.articles[0])
    return Tip(
        case_id=entry.id if isinstance(entry, Case) else 0,
        guide=entry.id if isinstance(entry, Guide) else "",
        title=entry.title,
        situation=cards.shorten(entry.lead),
        law=law.citation,
        gist=article.gist,
        url=article.url,
        measure=measure,
    )
