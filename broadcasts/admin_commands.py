"""What people and admins do with tips in a chat.

An admin sees the real card, whom it reaches and what that costs, then says 確認 or 取消; later how it stands, with
pause and resume. For anybody else these words and buttons mean nothing: they are a question like any other.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial

import logs
from broadcasts import admin_cards, tips, words
from broadcasts.lifecycle import Lifecycle
from broadcasts.model import Admin, Broadcast, QuotaPolicy, RecipientStatus, Status
from broadcasts.repositories import PiggybackRepository
from broadcasts.tips import BadTip, Tip
from core import cards
from core.contact import Office
from core.messages import Arrival, Incoming, Piggyback, Reply
from core.words import BROADCAST

log = logging.getLogger(__name__)

STATUS_AFTER = {
    Arrival.YES: RecipientStatus.SENT,
    Arrival.NO: RecipientStatus.PENDING,
    Arrival.IN_DOUBT: RecipientStatus.UNKNOWN,
}


@dataclass
class AdminCommands:
    """Implements core.conversation.TipCommands."""

    broadcasts: Lifecycle
    piggybacks: PiggybackRepository
    todays_tip: Callable[[], Tip]
    office: Office
    admins: Collection[Admin]
    count_accounts: Callable[[], int] = lambda: 0  # of the console, who may approve as well

    def __post_init__(self) -> None:
        self._steps: dict[str, Callable[[int, Admin], object]] = {
            "cancel": self.broadcasts.cancel,
            "pause": self.broadcasts.pause,
            "resume": self.broadcasts.resume,
            "resend": self.broadcasts.resend_unknown,
        }
        self.verbs = {verb: partial(self._press, verb) for verb in ("confirm", "standing", *self._steps)}

    def today(self) -> Reply:
        """The tip of the day, for anyone, at any time."""
        return tips.card(self.todays_tip(), self.office)

    def piggyback(self, incoming: Incoming) -> Piggyback | None:
        """The tip that waits for this person's next answer, if there is one."""
        spec = self.broadcasts.specs.get(incoming.channel)
        if not incoming.address or not spec or not spec.is_metered:
            return None
        channel, address = incoming.channel, incoming.address
        waiting = self.piggybacks.take(channel, address)
        if waiting is None:
            return None

        def settle(arrival: Arrival) -> None:
            self.piggybacks.settle(waiting.broadcast_id, channel, address, STATUS_AFTER[arrival])

        return Piggyback(tips.card(Tip.read(waiting.tip), self.office), settle)

    def propose(self, incoming: Incoming) -> Reply | None:
        """「推播」 or 「推播：自己的話」: the card and the choice; a tip that waits for this admin comes first.

        Own words stay as they were typed.
        """
        admin = self._admin(incoming)
        own = incoming.text.strip().removeprefix(BROADCAST)
        if not admin or (own and own[0] not in ":： \n"):
            return None
        return _plainly(lambda: self._proposed(admin, own.lstrip(":： \n")))

    def card(self, broadcast: Broadcast) -> Reply:
        """What an admin sees of a tip: the choice while it is a draft, then how it stands."""
        if broadcast.status == Status.DRAFT:
            return admin_cards.preview(
                broadcast, self.broadcasts, self.office, len(self.admins) + self.count_accounts()
            )
        return admin_cards.standing(broadcast, self.broadcasts)

    def _admin(self, incoming: Incoming) -> Admin | None:
        """Who it is, when an admin speaks in a chat of two."""
        admin = Admin(incoming.channel, incoming.address or "")
        return admin if admin in self.admins and not incoming.group else None

    def _press(self, verb: str, incoming: Incoming, arguments: list[str]) -> Reply | None:
        """A button: the broadcast's id, then a choice; None for whoever is no admin."""
        admin, broadcast_id = self._admin(incoming), _number(arguments)
        if not admin or not broadcast_id:
            return None
        if verb == "confirm":
            return _plainly(lambda: self._confirmed(admin, broadcast_id, arguments[1:]))
        return _plainly(lambda: self._stepped(verb, broadcast_id, admin))

    def _proposed(self, admin: Admin, own: str) -> Reply:
        waiting = self.broadcasts.waiting_for(admin)
        if waiting and not own:
            return self.card(waiting)
        return self._standing(self.broadcasts.draft(Tip.own(own) if own else self.todays_tip(), admin))

    def _confirmed(self, admin: Admin, broadcast_id: int, choice: list[str]) -> Reply:
        broadcast = self.broadcasts.repository.get(broadcast_id)
        if broadcast is None or broadcast.status != Status.DRAFT or broadcast.deadline < time.time():
            return _too_late()
        if choice and choice[0] in list(QuotaPolicy) and not self.broadcasts.repository.approvers(broadcast_id):
            self.broadcasts.repository.choose_quota_policy(broadcast_id, QuotaPolicy(choice[0]))
        missing = self.broadcasts.approve(broadcast_id, admin)
        if missing is None:
            return _too_late()
        if missing:
            return cards.note(words.NEEDS_MORE_TITLE, words.NEEDS_MORE_BODY.format(count=missing))
        reply = self._standing(broadcast_id)
        confirmed = words.CONFIRMED_FOR_LATER if broadcast.start_at else words.CONFIRMED
        return replace(reply, card=replace(reply.card, notice=confirmed))

    def _stepped(self, verb: str, broadcast_id: int, admin: Admin) -> Reply:
        step = self._steps.get(verb)
        return _too_late() if step and not step(broadcast_id, admin) else self._standing(broadcast_id)

    def _standing(self, broadcast_id: int) -> Reply:
        broadcast = self.broadcasts.repository.get(broadcast_id)
        return self.card(broadcast) if broadcast else _too_late()


def _too_late() -> Reply:
    return cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_BODY)


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
