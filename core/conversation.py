"""handle(Incoming) -> Reply or None: a verb table, then retrieval. Knows no platform and no database."""

import logging
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import Protocol

import logs
from core import cards, metrics, words
from core.answers import Answerer
from core.cards import Office
from core.channels import ChannelSpec
from core.messages import Incoming, Piggyback, Reply, Turn, TurnOutcome
from retrieval.library import Library

log = logging.getLogger(__name__)

_CASE_WORD = re.compile(r"案例\s*第?\s*(\d{1,6})\s*案?")
_MENU_WORD = re.compile(r"選單\s*(\d{1,3})")
_CARD = re.compile(r"[0-9a-f]{12}")


class Deliveries(Protocol):
    """Webhook deliveries seen (the store), since a platform may deliver an event twice. Every method may raise."""

    def claim(self, channel: str, event_id: str) -> bool:
        """True for whoever is to handle this delivery; False when it was or is being handled."""

    def finish(self, channel: str, event_id: str) -> None: ...


class Subscribers(Protocol):
    """Who wants tips (the store). Every method may raise."""

    def follow(self, channel: str, address: str) -> None: ...

    def stop(self, channel: str, address: str) -> None: ...

    def retire(self, channel: str, address: str) -> None: ...

    def revive(self, channel: str, address: str) -> None: ...

    def readdress(self, channel: str, address: str, new_address: str) -> None: ...


class Votes(Protocol):
    """Whether cards helped (the store). May raise."""

    def vote(self, card: str, case_id: int, helped: bool) -> None: ...


class ConversationStore(Protocol):
    """What the conversation keeps; when it fails, the answer goes out all the same."""

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def subscribers(self) -> Subscribers: ...

    @property
    def votes(self) -> Votes: ...


Verb = Callable[[Incoming, list[str]], Reply | None]


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
    """What the bot says to whatever happens, the same on every channel."""

    def __init__(
        self,
        answerer: Answerer,
        store: ConversationStore,
        office: Office,
        tips: TipCommands,
        channels: Mapping[str, ChannelSpec],
    ) -> None:
        self.answerer = answerer
        self.office = office
        self._store = store
        self._tips = tips
        self._channels = channels
        self._recent = RecentEvents()
        self._kinds: dict[str, Callable[[Incoming], Reply | None]] = {
            "text": self._text,
            "postback": self._postback,
            "follow": self._follow,
            "unfollow": self._leave,
            "unblock": self._unblock,
            "stop": self._stop,
            "join": self._join,
            "leave": self._leave,
            "moved": self._moved,
            "attachment": self._attachment,
        }
        self._verbs: dict[str, Verb] = {
            "menu": lambda _, arguments: self._menu(arguments),
            "help": lambda *_: cards.help_card(self.office),
            "tip": lambda incoming, _: self._tip(incoming),
            "stop": lambda incoming, _: self._stop(incoming),
            "subscribe": lambda incoming, _: self._subscribe(incoming),
            "id": lambda incoming, _: self._own_id(incoming),
            "case": lambda _, arguments: self._case(arguments),
            "none": lambda *_: self._none_of_these(),
            "helped": lambda _, arguments: self._vote(arguments, True),
            "nothelped": lambda _, arguments: self._vote(arguments, False),
            **tips.verbs,
        }

    def handle(self, incoming: Incoming) -> Turn | None:
        """This person's turn; None for an event that was or is being handled by somebody else."""
        if not self._first_time(incoming):
            return None
        reply = self._kinds[incoming.kind](incoming)
        piggyback = self._piggyback(incoming) if reply else None
        return Turn(reply, piggyback.reply if piggyback else None, partial(self._finish, incoming, piggyback))

    def _piggyback(self, incoming: Incoming) -> Piggyback | None:
        """A store that is down means that no tip goes along, and never costs the answer."""
        try:
            return self._tips.piggyback(incoming)
        except Exception as error:
            log.warning("no tip goes along: %s", logs.describe(error))
            return None

    def _finish(self, incoming: Incoming, piggyback: Piggyback | None, outcome: TurnOutcome) -> None:
        if piggyback:
            self._quietly(lambda: piggyback.settle(outcome.tip))
        event_id = incoming.event_id
        if event_id and outcome.is_final:
            self._quietly(lambda: self._store.deliveries.finish(incoming.channel, event_id))

    def _first_time(self, incoming: Incoming) -> bool:
        event_id = incoming.event_id
        if not event_id:
            return True
        new_here = self._recent.add(f"{incoming.channel} {event_id}")
        return self._quietly(lambda: self._store.deliveries.claim(incoming.channel, event_id), default=new_here)

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
        if named := _CASE_WORD.fullmatch(text):
            return self._case([named[1]]) or cards.note(words.NO_SUCH_CASE_TITLE, words.NO_SUCH_CASE_BODY)
        answer = self.answerer.answer(incoming.text, incoming.channel)
        return cards.of_answer(answer, len(self._library.cases), self.office)

    def _postback(self, incoming: Incoming) -> Reply | None:
        verb, *arguments = incoming.text.split(":")
        known = self._verbs.get(verb)
        return (known(incoming, arguments) if known else None) or cards.note(
            words.OLD_BUTTON_TITLE, words.OLD_BUTTON_BODY
        )

    def _follow(self, incoming: Incoming) -> Reply:
        self._note_person(incoming, self._store.subscribers.follow)
        return cards.greeting(self._library.cases, group=incoming.group, subscribed=bool(incoming.address))

    def _join(self, incoming: Incoming) -> Reply:
        return cards.greeting(self._library.cases, group=True)

    def _leave(self, incoming: Incoming) -> None:
        self._note_person(incoming, self._store.subscribers.retire)

    def _unblock(self, incoming: Incoming) -> None:
        self._note_person(incoming, self._store.subscribers.revive)

    def _stop(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        self._note_person(incoming, self._store.subscribers.stop)
        return cards.note(words.STOPPED_TITLE, words.STOPPED_BODY)

    def _subscribe(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        self._note_person(incoming, self._store.subscribers.follow)
        return cards.note(words.SUBSCRIBED_TITLE, words.SUBSCRIBED_BODY)

    def _moved(self, incoming: Incoming) -> None:
        self._note_person(incoming, lambda channel, old: self._store.subscribers.readdress(channel, old, incoming.text))

    def _attachment(self, incoming: Incoming) -> Reply | None:
        return None if incoming.group else cards.note(words.ATTACHMENT_TITLE, words.ATTACHMENT_BODY)

    def _note_person(self, incoming: Incoming, act: Callable[[str, str], None]) -> None:
        if incoming.address:
            address = incoming.address
            self._quietly(lambda: act(incoming.channel, address))

    def _tip(self, incoming: Incoming) -> Reply:
        """The page and the terminal have nobody who could stop."""
        tip = self._tips.today()
        return tip if incoming.address else Reply(tip.card, cards.QUICK_REPLIES)

    def _menu(self, arguments: list[str]) -> Reply:
        return cards.menu(self._library.cases, _number(arguments) or 1)

    def _case(self, arguments: list[str]) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        return cards.of_case(case, self.office) if case else None

    def _none_of_these(self) -> Reply:
        return cards.no_case(words.NONE_OF_THESE_TITLE, len(self._library.cases), self.office)

    def _vote(self, arguments: list[str], helped: bool) -> Reply | None:
        case = self._library.case(_number(arguments) or 0)
        if not case or len(arguments) != 2 or not _CARD.fullmatch(arguments[1]):
            return None
        self._quietly(lambda: self._store.votes.vote(arguments[1], case.id, helped))
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

    def _quietly(self, act: Callable[[], bool | None], default: bool = False) -> bool:
        """A store that is down never stops an answer."""
        try:
            return bool(act())
        except Exception as error:
            metrics.FAULTS.labels("store").inc()
            log.warning("store: %s; the answer goes out all the same", logs.describe(error))
            return default


class RecentEvents:
    """The last deliveries this process has seen, for the time the store is down."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def add(self, key: str) -> bool:
        """Whether it is new."""
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > self._size:
                self._seen.popitem(last=False)
            return True


def _number(arguments: list[str]) -> int | None:
    text = arguments[0] if arguments else ""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
