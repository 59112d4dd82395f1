"""handle(Incoming) -> Turn or None: a table of verbs, then the search. Knows no platform and no database."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from core import cards, handover, words
from core.answers import Answerer
from core.contact import Office
from core.counts import OPENED
from core.messages import ChannelSpec, Incoming, Piggyback, Reply, Turn, TurnOutcome
from core.safe_store import ConversationStore, SafeStore
from retrieval.library import Entry, Library

_CASE_WORD = re.compile(rf"案例\s*第?\s*(\d{{1,6}})\s*案?\s*({words.HAPPENED_WORD})?")
_GUIDE_WORD = re.compile(rf"{words.GUIDE_WORD}\s*([a-z0-9-]{{1,40}})")
_MENU_WORD = re.compile(r"選單\s*(\d{1,3})")
_GUIDES_WORD = re.compile(rf"{words.GUIDES}\s*(\d{{0,3}})")
_CARD = re.compile(r"[0-9a-f]{12}")

Verb = Callable[[Incoming, list[str]], Reply | None]
Opened = TypeVar("Opened", bound=Entry)


class TipCommands(Protocol):
    """What the conversation needs of the broadcasts. `verbs`: what an admin's buttons do, None for anybody else."""

    @property
    def verbs(self) -> Mapping[str, Verb]: ...

    def today(self) -> Reply:
        """The tip of the day, for anybody."""

    def piggyback(self, incoming: Incoming) -> Piggyback | None:
        """The tip that waits for this person's next answer. May raise."""

    def propose(self, incoming: Incoming) -> Reply | None:
        """An admin's wish to send a tip; None for anybody else."""


class Conversation:
    """What the bot replies to each kind of Incoming, the same on every channel."""

    def __init__(
        self,
        answerer: Answerer,
        store: ConversationStore,
        office: Office,
        tips: TipCommands,
        channels: Mapping[str, ChannelSpec],
        today: Callable[[], date],
    ) -> None:
        self.answerer = answerer
        self.office = office
        self._store = SafeStore(store)
        self._subscribers = store.subscribers
        self._votes = store.votes
        self._missed = store.missed_questions
        self._today = today
        self._tips = tips
        self._channels = channels
        self._kinds: dict[str, Callable[[Incoming], Reply | None]] = {
            "text": self._text,
            "postback": self._postback,
            "follow": self._follow,
            "unfollow": self._leave,
            "unblock": lambda incoming: self._store.note(incoming, self._subscribers.revive),
            "stop": self._stop,
            "join": self._join,
            "leave": self._leave,
            "moved": self._moved,
            "attachment": self._attachment,
        }
        self._verbs = self._table_of_verbs()

    def handle(self, incoming: Incoming) -> Turn | None:
        """This person's turn; None for an event that was or is being handled by somebody else."""
        if not self._store.claim(incoming):
            return None
        reply = self._kinds[incoming.kind](incoming)
        piggyback = self._store.attempt(lambda: self._tips.piggyback(incoming), None) if reply else None
        return Turn(reply, piggyback.reply if piggyback else None, partial(self._finish, incoming, piggyback))

    def _finish(self, incoming: Incoming, piggyback: Piggyback | None, outcome: TurnOutcome) -> None:
        if piggyback:
            self._store.attempt(lambda: piggyback.settle(outcome.tip), None)
        if outcome.is_final:
            self._store.finish(incoming)

    def _text(self, incoming: Incoming) -> Reply | None:
        text = unicodedata.normalize("NFKC", incoming.text).strip()
        if not any(character.isprintable() and not character.isspace() for character in text):
            return cards.note(words.BLANK_TITLE, words.BLANK_BODY)
        if text in words.COMMANDS:
            return self._verbs[words.COMMANDS[text]](incoming, [])
        if text.startswith(words.BROADCAST) and (asked := self._tips.propose(incoming)):
            return asked
        if page := _MENU_WORD.fullmatch(text):
            return self._menu([page[1]])
        if page := _GUIDES_WORD.fullmatch(text):
            return self._guides([page[1]])
        if guide := _GUIDE_WORD.fullmatch(text):
            return self._guide(incoming, [guide[1]]) or cards.note(words.NO_SUCH_GUIDE_TITLE, words.NO_SUCH_GUIDE_BODY)
        if case := _CASE_WORD.fullmatch(text):
            show = self._first_aid if case[2] else self._case
            return show(incoming, [case[1]]) or cards.note(words.NO_SUCH_CASE_TITLE, words.NO_SUCH_CASE_BODY)
        answer = self.answerer.answer(incoming.text, incoming.channel)
        return cards.of_answer(answer, len(self._library.cases), self.office)

    def _postback(self, incoming: Incoming) -> Reply | None:
        verb, *arguments = incoming.text.split(":")
        known = self._verbs.get(verb)
        return (known(incoming, arguments) if known else None) or cards.note(
            words.OLD_BUTTON_TITLE, words.OLD_BUTTON_BODY
        )

    def _table_of_verbs(self) -> dict[str, Verb]:
        """What each button and word does; the broadcasts have their own."""
        return {
            "menu": lambda _, arguments: self._menu(arguments),
            "help": lambda *_: cards.help_card(self.office),
            "tip": lambda incoming, _: self._tip(incoming),
            "stop": lambda incoming, _: self._stop(incoming),
            "subscribe": lambda incoming, _: self._subscribe(incoming),
            "id": lambda incoming, _: self._own_id(incoming),
            "case": self._case,
            "whole": self._whole,
            "guides": lambda _, arguments: self._guides(arguments),
            "guide": self._guide,
            "happened": self._first_aid,
            "none": lambda *_: self._none_of_these(),
            "handover": lambda incoming, _: self._hand_over(incoming.carried),
            "helped": lambda _, arguments: self._vote(arguments, True),
            "nothelped": lambda _, arguments: self._vote(arguments, False),
            **self._tips.verbs,
        }

    def _follow(self, incoming: Incoming) -> Reply:
        self._store.note(incoming, self._subscribers.follow)
        return cards.greeting(self._library.cases, group=incoming.group, subscribed=bool(incoming.address))

    def _join(self, incoming: Incoming) -> Reply:
        return cards.greeting(self._library.cases, group=True)

    def _leave(self, incoming: Incoming) -> None:
        self._store.note(incoming, self._subscribers.retire)

    def _moved(self, incoming: Incoming) -> None:
        self._store.note(incoming, lambda channel, old: self._subscribers.readdress(channel, old, incoming.text))

    def _stop(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        self._store.note(incoming, self._subscribers.stop)
        return cards.note(words.STOPPED_TITLE, words.STOPPED_BODY)

    def _subscribe(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        self._store.note(incoming, self._subscribers.follow)
        return cards.note(words.SUBSCRIBED_TITLE, words.SUBSCRIBED_BODY)

    def _attachment(self, incoming: Incoming) -> Reply | None:
        return None if incoming.group else cards.note(words.ATTACHMENT_TITLE, words.ATTACHMENT_BODY)

    def _tip(self, incoming: Incoming) -> Reply:
        """Without the button that ends tips where nobody gets any: on the web page and in the terminal."""
        tip = self._tips.today()
        return tip if incoming.address else Reply(tip.card, cards.QUICK_REPLIES)

    def _menu(self, arguments: list[str]) -> Reply:
        return cards.menu(self._library.cases, _number(arguments) or 1)

    def _case(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return cards.of_case(self._opened(incoming, case), self.office) if case else None

    def _whole(self, _: Incoming, arguments: list[str]) -> Reply | None:
        entry = self._library.case(_number(arguments) or 0) or self._library.guide("".join(arguments))
        return cards.whole(entry, self.office) if entry else None

    def _guides(self, arguments: list[str]) -> Reply:
        return cards.guides(self._library.guides, _number(arguments) or 1)

    def _guide(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        guide = self._library.guide(arguments[0]) if arguments else None
        return cards.of_guide(self._opened(incoming, guide), self.office) if guide else None

    def _first_aid(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return cards.first_aid(self._opened(incoming, case), self.office) if case else None

    def _opened(self, incoming: Incoming, entry: Opened) -> Opened:
        """What somebody chose to see, counted."""
        self.answerer.counts.add(incoming.channel, OPENED, str(entry.id))
        return entry

    def _none_of_these(self) -> Reply:
        return cards.no_case(words.NONE_OF_THESE_TITLE, len(self._library.cases), self.office)

    def _hand_over(self, carried: str) -> Reply:
        """Keep a question as it was shown; nothing of the person goes along."""
        text = handover.kept_form(carried)
        keep = partial(self._missed.keep, text, self._today(), handover.MOST_A_DAY)
        if not text:
            said = cards.note(words.NOT_HANDED_OVER_TITLE, words.HANDOVER_LOST_BODY)
        elif kept := self._store.attempt(keep, None):
            said = cards.note(words.HANDED_OVER_TITLE, words.HANDED_OVER_BODY.format(days=handover.KEPT_DAYS))
        else:
            reason = words.HANDOVER_FAILED_BODY if kept is None else words.HANDOVER_FULL_BODY
            said = cards.note(words.NOT_HANDED_OVER_TITLE, reason)
        return replace(said, card=replace(said.card, sections=(self.office.section,)))

    def _vote(self, arguments: list[str], helped: bool) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        if not case or len(arguments) != 2 or not _CARD.fullmatch(arguments[1]):
            return None
        self._store.attempt(lambda: self._votes.vote(arguments[1], case.id, helped), None)
        return cards.note(words.THANKS_TITLE, words.THANKS_HELPED if helped else words.THANKS_NOT_HELPED)

    def _own_id(self, incoming: Incoming) -> Reply:
        """For whoever is to become an admin; a group has none to show."""
        spec = self._channels.get(incoming.channel)
        if not spec or not incoming.address or incoming.group:
            titles = words.OR.join(spec.title for spec in self._channels.values())
            return cards.note(words.NO_ID_TITLE, words.NO_ID_BODY.format(channels=titles))
        body = words.ID_BODY.format(address=incoming.address, setting=spec.admin_setting)
        return cards.note(words.ID_TITLE, body)

    @property
    def _library(self) -> Library:
        return self.answerer.index().library


def _number(arguments: list[str]) -> int | None:
    text = arguments[0] if arguments else ""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
