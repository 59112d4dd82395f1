"""What people and admins do with tips in a chat.

An admin sees the real card, whom it reaches and what that costs, then says 確認 or 取消; later how it stands, with
pause and resume. For anybody else these words and buttons mean nothing: they are a question like any other.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Protocol

import logs
from broadcasts import admin_cards, tips
from broadcasts.lifecycle import REACHES, Broadcasts, Row
from broadcasts.tips import BadTip, Tip
from core import cards, words
from core.cards import Office
from core.messages import Arrival, Incoming, Piggyback, Reply

log = logging.getLogger(__name__)

STATUS = {Arrival.YES: "sent", Arrival.NO: "pending", Arrival.IN_DOUBT: "unknown"}


class Rides(Protocol):
    """Whose tip waits for their next answer (the store). May raise."""

    def take(self, channel: str, address: str) -> tuple[int, str] | None: ...
    def settle(self, number: int, channel: str, address: str, status: str) -> None: ...


class AdminCommands:
    """Signs the contract of core.conversation.TipCommands."""

    def __init__(
        self,
        broadcasts: Broadcasts,
        rides: Rides,
        todays: Callable[[], Tip],
        office: Office,
        admins: Collection[str],
    ) -> None:
        self._broadcasts = broadcasts
        self._rides = rides
        self._todays = todays
        self._office = office
        self._admins = admins
        self.verbs = {
            "confirm": self._for_admins(self._confirmed),
            "cancel": self._for_admins(self._changed(broadcasts.cancel)),
            "standing": self._for_admins(lambda _, number, __: self._standing(number)),
            "pause": self._for_admins(self._changed(broadcasts.pause)),
            "resume": self._for_admins(self._changed(broadcasts.resume)),
            "resend": self._for_admins(self._changed(broadcasts.resend_unknown)),
        }

    def today(self) -> Reply:
        """The tip of the day, for anyone, at any time."""
        return tips.card(self._todays(), self._office)

    def piggyback(self, incoming: Incoming) -> Piggyback | None:
        """The tip that waits for this one's next answer, if there is one."""
        if not incoming.address or not self._broadcasts.is_metered(incoming.channel):
            return None
        channel, address = incoming.channel, incoming.address
        found = self._rides.take(channel, address)
        if found is None:
            return None
        number, tip = found
        card = tips.card(Tip.read(tip), self._office)
        return Piggyback(card, lambda arrival: self._rides.settle(number, channel, address, STATUS[arrival]))

    def propose(self, incoming: Incoming) -> Reply | None:
        """「推播」 or 「推播：自己的話」: the card and the choice; a tip that waits for this admin comes first.

        Own words stay as they were typed.
        """
        admin = self._admin(incoming)
        own = incoming.text.strip().removeprefix(words.BROADCAST)
        if not admin or (own and own[0] not in ":： \n"):
            return None
        return _plainly(lambda: self._proposed(admin, own.lstrip(":： \n")))

    def shown(self, row: Row) -> Reply:
        """What an admin sees of it: the choice while it is a draft, then how it stands."""
        if row.status == "draft":
            return admin_cards.preview(row, self._broadcasts, self._office, len(self._admins))
        return admin_cards.standing(row, self._broadcasts)

    def _admin(self, incoming: Incoming) -> str:
        """Who it is, when an admin speaks in a chat of two; else ""."""
        name = f"{incoming.channel} {incoming.address}"
        return name if name in self._admins and not incoming.group else ""

    def _for_admins(self, act: Callable[[str, int, list[str]], Reply]) -> Callable[[Incoming, list[str]], Reply | None]:
        """A button's verb: its number and what follows; None for whoever is no admin."""

        def verb(incoming: Incoming, arguments: list[str]) -> Reply | None:
            admin, number = self._admin(incoming), _number(arguments)
            return _plainly(lambda: act(admin, number, arguments[1:])) if admin and number else None

        return verb

    def _proposed(self, admin: str, own: str) -> Reply:
        waiting = self._broadcasts.waiting_for(admin)
        if waiting and not own:
            return self.shown(waiting)
        return self._standing(self._broadcasts.draft(Tip.own(own) if own else self._todays(), admin))

    def _confirmed(self, admin: str, number: int, choice: list[str]) -> Reply:
        row = self._broadcasts.get(number)
        if row is None or row.status != "draft" or row.deadline < time.time():
            return cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_BODY)
        if choice and choice[0] in REACHES and not self._broadcasts.approvers(row):
            self._broadcasts.choose_reach(number, choice[0])
        missing = self._broadcasts.approve(number, admin)
        if missing is None:
            return cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_BODY)
        if missing:
            return cards.note(words.NEEDS_MORE_TITLE, words.NEEDS_MORE_BODY.format(count=missing))
        shown = self._standing(number)
        return replace(shown, card=replace(shown.card, notice=words.CONFIRMED))

    def _changed(self, change: Callable[[int], object]) -> Callable[[str, int, list[str]], Reply]:
        def act(admin: str, number: int, _: list[str]) -> Reply:
            return self._standing(number) if change(number) else cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_BODY)

        return act

    def _standing(self, number: int) -> Reply:
        row = self._broadcasts.get(number)
        return self.shown(row) if row else cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_BODY)


def _plainly(act: Callable[[], Reply]) -> Reply:
    """An admin is told what is wrong with a text, and when the store is down."""
    try:
        return act()
    except BadTip as error:
        return cards.note(words.BAD_TIP_TITLE, str(error))
    except Exception as error:
        log.error("tip not handled: %s", logs.describe(error))
        return cards.note(words.BROADCAST_DOWN_TITLE, words.BROADCAST_DOWN_BODY)


def _number(arguments: list[str]) -> int:
    text = arguments[0] if arguments else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
