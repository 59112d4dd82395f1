"""handle(Incoming) -> Turn or None: a table of verbs, then the search. Knows no platform and no database."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from core import cards, commands, group_cards, menu_cards, words
from core.answers import Answerer
from core.ballots import Ballots
from core.commands import NOD, Command
from core.contact import Office
from core.counts import OPENED
from core.deeds import Keeper
from core.handed_over import HandedOver
from core.messages import ChannelSpec, Incoming, Piggyback, Reply, Turn, TurnOutcome
from core.pace import KEPT, Act, Pace, Unhurried, Wait
from core.safe_store import ConversationStore, SafeStore
from core.subscriptions import Subscriptions
from core.votes import Votes
from retrieval.library import Entry, Library

UNHURRIED = frozenset({"stop", "subscribe"})  # buttons that are never pressed too fast: no stop is lost
_NO_SUCH_CASE = words.NO_SUCH_CASE_TITLE, words.NO_SUCH_CASE_BODY
_NOT_THERE = {
    "case": _NO_SUCH_CASE,
    "happened": _NO_SUCH_CASE,
    "guide": (words.NO_SUCH_GUIDE_TITLE, words.NO_SUCH_GUIDE_BODY),
}

Verb = Callable[[Incoming, list[str]], Reply | None]
Opened = TypeVar("Opened", bound=Entry)
Show = Callable[[Opened, Office], Reply]


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
        keeper: Keeper,
        office: Office,
        tips: TipCommands,
        channels: Mapping[str, ChannelSpec],
        today: Callable[[], date],
        ballots: Ballots,
        pace: Pace | None = None,
    ) -> None:
        self.answerer = answerer
        self.office = office
        self.pace = pace or Unhurried()
        self._store = SafeStore(store)
        self.votes = Votes(ballots, keeper)
        self._subscriptions = Subscriptions(self._store, keeper, store.subscribers, lambda: self._library.cases)
        self._handed_over = HandedOver(self._store, keeper, store.missed_questions, today)
        self._tips = tips
        self._channels = channels
        self._kinds: dict[str, Callable[[Incoming], Reply | None]] = {
            **self._subscriptions.kinds,
            "text": self._text,
            "postback": self._postback,
            "attachment": self._attachment,
            "unsend": self._handed_over.take_back,
        }
        self._verbs = self._table_of_verbs()
        self._words = {**self._verbs, **self._table_of_words()}

    def handle(self, incoming: Incoming) -> Turn | None:
        """This person's turn; None for an event that was or is being handled by somebody else."""
        if not self._store.claim(incoming):
            return None
        reply = self._kinds[incoming.kind](incoming)
        if reply:
            reply = self.votes.ballots.issued(group_cards.kept_brief(reply) if incoming.group else reply)
        piggyback = (
            self._store.attempt("tip that goes along", lambda: self._tips.piggyback(incoming), None) if reply else None
        )
        return Turn(reply, piggyback.reply if piggyback else None, partial(self._finish, incoming, piggyback))

    def _finish(self, incoming: Incoming, piggyback: Piggyback | None, outcome: TurnOutcome) -> None:
        if piggyback:
            self._store.attempt("tip that went along", lambda: piggyback.settle(outcome.tip), None)
        self._store.finish(incoming, outcome.is_final)

    def _text(self, incoming: Incoming) -> Reply | None:
        """A command where the whole text is one, else a question."""
        own = commands.own_tip(incoming.text)
        command = Command("broadcast", (own,)) if own else commands.read(incoming.text)
        if command == NOD and incoming.group:
            return None
        said = self._words[command.verb](incoming, list(command.arguments)) if command else None
        return said or self._not_there(command) or self._question(incoming)

    def _not_there(self, command: Command | None) -> Reply | None:
        """What names something by its number or id that does not exist is not asked as a question."""
        title, body = _NOT_THERE.get(command.verb if command else "", ("", ""))
        return cards.note(title, body) if title else None

    def _question(self, incoming: Incoming) -> Reply | None:
        if wait := self.pace.wait(incoming.asker, Act.QUESTION):
            return self._slow_down(wait)
        spec = self._channels.get(incoming.channel)
        take_back = (spec.take_back if spec else "") or words.TAKE_BACK_HERE
        answer = replace(self.answerer.answer(incoming.text, incoming.channel, take_back), message=incoming.message)
        of_answer = group_cards.of_answer if incoming.group else cards.of_answer
        return of_answer(answer, len(self._library.cases), self.office)

    def _slow_down(self, wait: Wait) -> Reply | None:
        """Said once; whoever goes on all the same is met by silence until the time is over."""
        said = words.SLOW_DOWN_BODY.format(seconds=wait.seconds)
        return cards.note(words.SLOW_DOWN_TITLE, said) if wait.is_first else None

    def _postback(self, incoming: Incoming) -> Reply | None:
        verb, *arguments = incoming.text.split(":")
        if verb not in UNHURRIED and (wait := self.pace.wait(incoming.asker, Act.PRESS)):
            return self._slow_down(wait)
        known = self._verbs.get(verb)
        said = self.enough_kept(incoming.asker, verb) or (known(incoming, arguments) if known else None)
        return said or cards.note(words.OLD_BUTTON_TITLE, words.OLD_BUTTON_BODY)

    def enough_kept(self, asker: str, verb: str) -> Reply | None:
        """What is said where so much of `asker` was kept today that nothing is kept of this press; None: go on."""
        act = KEPT.get(verb)
        return (
            cards.note(words.ENOUGH_KEPT_TITLE, words.ENOUGH_KEPT_BODY) if act and self.pace.wait(asker, act) else None
        )

    def _table_of_verbs(self) -> dict[str, Verb]:
        """What each button does, and the word for it; the broadcasts have their own."""
        return {
            "menu": lambda _, arguments: self._menu(arguments),
            "help": lambda incoming, _: self._help(incoming),
            "ask": lambda *_: group_cards.welcome(),
            "tip": lambda incoming, _: self._tip(incoming),
            "stop": lambda incoming, _: self._subscriptions.stop(incoming),
            "subscribe": lambda incoming, _: self._subscriptions.subscribe(incoming),
            "id": lambda incoming, _: self._own_id(incoming),
            "case": self._case,
            "whole": self._whole,
            "guides": lambda _, arguments: self._guides(arguments),
            "guide": self._guide,
            "happened": self._first_aid,
            "none": lambda *_: self._none_of_these(),
            "handover": self._hand_over,
            "helped": lambda _, arguments: self._vote(arguments, True),
            "nothelped": lambda _, arguments: self._vote(arguments, False),
            **self._tips.verbs,
        }

    def _table_of_words(self) -> dict[str, Verb]:
        """What has no button."""
        return {
            "start": lambda incoming, _: self._subscriptions.follow(incoming),
            "broadcast": self._propose,
            "number": self._case,
            "hello": lambda incoming, _: self._hello(incoming),
            "nod": lambda *_: cards.note(words.NOD_TITLE, words.NOD_BODY),
            "blank": lambda incoming, _: self._blank(incoming),
        }

    def _propose(self, incoming: Incoming, own: list[str]) -> Reply | None:
        return self._tips.propose(replace(incoming, text="：".join([words.BROADCAST, *own])))

    def _hello(self, incoming: Incoming) -> Reply:
        if incoming.group:
            return cards.note(words.HELLO_TITLE, words.HELLO_BODY)
        return menu_cards.menu(self._library.cases, 1, words.HELLO_TITLE, words.HELLO_BODY)

    def _blank(self, incoming: Incoming) -> Reply:
        return self._help(incoming) if incoming.group else cards.note(words.BLANK_TITLE, words.BLANK_BODY)

    def _attachment(self, incoming: Incoming) -> Reply | None:
        return None if incoming.group else cards.note(words.ATTACHMENT_TITLE, words.ATTACHMENT_BODY)

    def _tip(self, incoming: Incoming) -> Reply:
        """Without the button that ends tips where nobody gets any: on the web page and in the terminal."""
        tip = self._tips.today()
        return tip if incoming.address else Reply(tip.card, cards.QUICK_REPLIES)

    def _help(self, incoming: Incoming) -> Reply:
        return group_cards.help_card(self.office) if incoming.group else menu_cards.help_card(self.office)

    def _menu(self, arguments: list[str]) -> Reply:
        return menu_cards.menu(self._library.cases, _number(arguments) or 1)

    def _case(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return self._opened(incoming, case, cards.of_case, group_cards.of_case)

    def _whole(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        """Only cards in private have its button."""
        entry = self._library.case(_number(arguments) or 0) or self._library.guide("".join(arguments))
        return cards.whole(entry, self.office) if entry and not incoming.group else None

    def _guides(self, arguments: list[str]) -> Reply:
        return menu_cards.guides(self._library.guides, _number(arguments) or 1)

    def _guide(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        guide = self._library.guide(arguments[0]) if arguments else None
        return self._opened(incoming, guide, cards.of_guide, group_cards.of_guide)

    def _first_aid(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return self._opened(incoming, case, cards.first_aid, group_cards.of_happened)

    def _opened(
        self, incoming: Incoming, entry: Opened | None, whole: Show[Opened], brief: Show[Opened]
    ) -> Reply | None:
        """What somebody chose to see, counted; in brief where others read along."""
        if entry is None:
            return None
        self.answerer.counts.add(incoming.channel, OPENED, str(entry.id))
        return (brief if incoming.group else whole)(entry, self.office)

    def _none_of_these(self) -> Reply:
        return cards.no_case(words.NONE_OF_THESE_TITLE, len(self._library.cases), self.office)

    def _hand_over(self, incoming: Incoming, arguments: list[str]) -> Reply:
        said = self._handed_over.take(incoming, arguments)
        return replace(said, card=replace(said.card, sections=(self.office.section,)))

    def _vote(self, arguments: list[str], helped: bool) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return self.votes.take(arguments[1], case, helped) if case and len(arguments) == 2 else None

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
