"""What people and admins do with tips in a chat.

An admin sees the real card, whom it reaches and what that costs, then says 確認 or 取消; for anybody else the word is
a question like any other.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

from core import cards, faults, tips, words
from core.broadcast import METERED, Broadcasts, Row
from core.cards import Office
from core.messages import Button, Incoming, Reply, Ride, Section
from core.tips import BadTip, Tip

log = logging.getLogger(__name__)

REACHES = ("all", "some", "ride")


class People(Protocol):
    """Who wants tips, and whose tip waits for their next answer (the store). May raise."""

    def audience(self) -> dict[str, int]: ...
    def take_ride(self, channel: str, address: str) -> tuple[int, str] | None: ...
    def settle_ride(self, number: int, channel: str, address: str, status: str) -> None: ...


class Desk:
    """Signs the contract of core.conversation.Desk."""

    def __init__(
        self,
        broadcasts: Broadcasts,
        people: People,
        todays: Callable[[], Tip],
        office: Office,
        admins: Collection[str],
    ) -> None:
        self._broadcasts = broadcasts
        self._people = people
        self._todays = todays
        self._office = office
        self._admins = admins

    def today(self) -> Reply:
        """The tip of the day, for anyone, at any time."""
        return tips.card(self._todays(), self._office)

    def ride(self, incoming: Incoming) -> Ride | None:
        """The tip that waits for this one's next answer, if there is one."""
        if incoming.channel != METERED or not incoming.address or incoming.group:
            return None
        channel, address = incoming.channel, incoming.address
        found = self._people.take_ride(channel, address)
        if found is None:
            return None
        number, tip = found
        return Ride(
            tips.card(Tip.read(tip), self._office),
            lambda status: self._people.settle_ride(number, channel, address, status),
        )

    def propose(self, incoming: Incoming, text: str) -> Reply | None:
        """「推播」 or 「推播：自己的話」: the card and the choice; a tip that waits for this admin comes first."""
        admin = self._admin(incoming)
        own = text.removeprefix(words.BROADCAST)
        if not admin or (own and own[0] not in ":： \n"):
            return None
        try:
            return self._plainly(lambda: self._proposed(admin, own.lstrip(":： \n")))
        except BadTip as error:
            return cards.note(words.BAD_TIP_TITLE, str(error))

    def confirm(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        admin, number = self._admin(incoming), _number(arguments)
        if not admin or not number:
            return None
        reach = arguments[1] if arguments[1:] and arguments[1] in REACHES else ""
        return self._plainly(lambda: self._confirmed(admin, number, reach))

    def cancel(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        admin, number = self._admin(incoming), _number(arguments)
        if not admin or not number:
            return None
        return self._plainly(lambda: self._cancelled(number))

    def _admin(self, incoming: Incoming) -> str:
        """Who it is, when an admin speaks in a chat of two; else ""."""
        name = f"{incoming.channel} {incoming.address}"
        return name if name in self._admins and not incoming.group else ""

    def _proposed(self, admin: str, own: str) -> Reply:
        waiting = self._broadcasts.waiting_for(admin)
        if waiting and not own:
            return self._preview(waiting)
        number = self._broadcasts.draft(Tip.own(own) if own else self._todays(), admin)
        row = self._broadcasts.get(number)
        assert row is not None
        return self._preview(row)

    def _preview(self, row: Row) -> Reply:
        card = tips.card(Tip.read(row.tip), self._office).card
        people = self._people.audience()
        lines = preview_lines(self._broadcasts, people)
        if self._broadcasts.approvals > 1:
            lines.append(words.PREVIEW_APPROVALS.format(count=self._broadcasts.approvals))
        buttons = (*_choices(row.id, self._broadcasts, people), Button(words.CANCEL, press=f"cancel:{row.id}"))
        shown = replace(
            card,
            label=words.PREVIEW_LABEL,
            notice=" ".join(lines),
            sections=(*card.sections, Section(words.ASK_TO_CONFIRM, buttons=buttons)),
        )
        return Reply(shown, buttons)

    def _confirmed(self, admin: str, number: int, reach: str) -> Reply:
        row = self._broadcasts.get(number)
        if row is None or row.status != "draft":
            return cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_LEAD)
        if reach:
            self._broadcasts.choose_reach(number, reach)
        missing = self._broadcasts.approve(number, admin)
        if missing:
            return cards.note(words.NEEDS_MORE_TITLE, words.NEEDS_MORE_LEAD.format(count=missing))
        return cards.note(words.CONFIRMED_TITLE.format(id=number), words.CONFIRMED_LEAD)

    def _cancelled(self, number: int) -> Reply:
        if not self._broadcasts.cancel(number):
            return cards.note(words.TOO_LATE_TITLE, words.TOO_LATE_LEAD)
        return cards.note(words.CANCELLED_TITLE.format(id=number), words.CANCELLED_LEAD)

    def _plainly(self, act: Callable[[], Reply]) -> Reply:
        """An admin is told when the store is down."""
        try:
            return act()
        except BadTip:
            raise
        except Exception as error:
            log.error("tip not handled: %s", faults.describe(error))
            return cards.note(words.BROADCAST_DOWN_TITLE, words.BROADCAST_DOWN_LEAD)


def preview_lines(broadcasts: Broadcasts, audience: Mapping[str, int]) -> list[str]:
    """Whom it would reach and what that costs of the quota."""
    people = {channel: audience.get(channel, 0) for channel in broadcasts.channels if audience.get(channel)}
    if not people:
        return [words.PREVIEW_NOBODY]
    named = "、".join(
        words.PEOPLE.format(channel=words.CHANNEL_NAMES[one], count=count) for one, count in people.items()
    )
    lines = [words.PREVIEW_PEOPLE.format(people=named)]
    cost = people.get(METERED, 0)
    return lines + ([_quota_line(cost, *broadcasts.allowance())] if cost else [])


def _quota_line(cost: int, known: bool, left: int | None) -> str:
    if not known:
        return words.PREVIEW_UNKNOWN.format(cost=cost)
    if left is None:
        return words.PREVIEW_UNLIMITED.format(cost=cost)
    line = words.PREVIEW_QUOTA.format(cost=cost, left=left)
    return line if cost <= left else line + words.PREVIEW_SHORT


def _choices(number: int, broadcasts: Broadcasts, audience: Mapping[str, int]) -> tuple[Button, ...]:
    """One 確認, or two where the quota does not reach everybody."""
    _, left = broadcasts.allowance() if METERED in broadcasts.channels else (True, None)
    if left is None or audience.get(METERED, 0) <= left:
        return (Button(words.CONFIRM, press=f"confirm:{number}:all"),)
    ride = Button(words.CONFIRM_RIDE, press=f"confirm:{number}:ride")
    some = Button(words.CONFIRM_SOME, press=f"confirm:{number}:some")
    return (ride, some) if left else (ride,)


def _number(arguments: list[str]) -> int:
    text = arguments[0] if arguments else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
