"""A tip on its way to everybody: what may follow what.

draft -> approved -> sending -> done, with paused beside sending; lapsed and cancelled are other ends. Every step is
one conditional update of the ledger, so of all who try it at once, one does it.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import logs
from broadcasts.sender import Sender, SendError
from broadcasts.tips import Tip
from core.channels import ChannelSpec

log = logging.getLogger(__name__)

APPROVAL_SECONDS = 3600  # how long a draft waits for its admins
LATEST_START = 3600  # a tip later than this lapses
ASKED = "asked"  # an admin paused it
DROPPED = "dropped"  # a draft that nobody said yes to
REACHES = ("all", "some", "ride")  # what is done with a quota: until refused, as far as it goes, or free with answers


class Row(Protocol):
    """A broadcast as it stands (see store/ledger.py)."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def tip(self) -> str: ...
    @property
    def reach(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def left_out(self) -> int: ...
    @property
    def deadline(self) -> float: ...


class Ledger(Protocol):
    """Where broadcasts are kept (the store). Every method may raise."""

    def create(
        self, tip: str, reach: str, sender: str, status: str, deadline: float, day: date | None = None
    ) -> int | None: ...
    def get(self, number: int) -> Row | None: ...
    def in_status(self, *statuses: str) -> Sequence[Row]: ...
    def was_sent(self, tip: str, since: float) -> bool: ...
    def tally(self, number: int) -> dict[str, int]: ...
    def held(self, number: int) -> dict[str, str]: ...
    def approve(self, number: int, admin: str, needed: int) -> int | None: ...
    def approvers(self, number: int) -> Sequence[str]: ...
    def move(self, number: int, before: Iterable[str], after: str, reason: str = "") -> bool: ...
    def choose_reach(self, number: int, reach: str) -> bool: ...
    def start(self, number: int, plans: Sequence[tuple[str, int, int | None, float | None]]) -> bool: ...
    def resume(self, number: int) -> bool: ...
    def cancel(self, number: int) -> bool: ...
    def finish(self, number: int) -> bool: ...
    def resend_unknown(self, number: int, sizes: Mapping[str, int]) -> int: ...


@dataclass(frozen=True)
class Outlook:
    """Whom a tip would reach now, by channel, and what is `left` of the month's counted messages.

    `cost`: how many counted messages it takes. `left` is None for no limit, or where `known` is False: the platform
    could not be asked.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    cost: int = 0
    left: int | None = None
    known: bool = True

    @property
    def is_short(self) -> bool:
        return self.left is not None and self.cost > self.left


class Broadcasts:
    """Made, approved, started, stopped. Every method may raise what the store raises."""

    def __init__(
        self,
        ledger: Ledger,
        senders: Mapping[str, Sender],
        specs: Mapping[str, ChannelSpec],
        audience: Callable[[], Mapping[str, int]],
        zone: ZoneInfo,
        approvals: int = 1,
        nudge: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._senders = senders
        self._metered = next((sender for sender in senders.values() if sender.spec.is_metered), None)
        self.specs = specs
        self._audience = audience
        self._zone = zone
        self.approvals = approvals
        self._nudge = nudge

    # made

    def draft(self, tip: Tip, sender: str = "", reach: str = "all") -> int:
        """The number of a new draft, which lapses unless it is approved in time."""
        number = self._ledger.create(tip.stored(), reach, sender, "draft", time.time() + APPROVAL_SECONDS)
        assert number is not None, "only a day of the clock can be taken"
        return number

    def approve(self, number: int, admin: str) -> int | None:
        """One admin's yes; how many more it takes (0: it is on its way, None: it is too late)."""
        missing = self._ledger.approve(number, admin, self.approvals)
        if missing == 0:
            self.start(number)
        return missing

    def make_daily(self, tip: Tip, day: date, due: datetime, now: datetime) -> None:
        """The clock's tip of a day, once however many clocks there are; lapsed when its hour is long over.

        Not a second time for one that an admin has sent already; with too small a quota it rides on answers.
        """
        if self._ledger.was_sent(tip.stored(), due.replace(hour=0, minute=0).timestamp()):
            log.info("the tip of %s is on its way already", day)
            return
        deadline = due.timestamp() + LATEST_START
        status = "approved" if now.timestamp() <= deadline else "lapsed"
        reach = "ride" if status == "approved" and self.outlook().is_short else "all"
        number = self._ledger.create(tip.stored(), reach, "", status, deadline, day)
        if number is None:
            return
        if status == "lapsed":
            log.error("tip %d of %s missed its time by more than an hour and lapsed", number, day)
        else:
            self.start(number)

    def choose_reach(self, number: int, reach: str) -> bool:
        """What to do with a quota that is too small, decided before it is sent."""
        return self._ledger.choose_reach(number, reach)

    def start(self, number: int) -> None:
        """An approved one goes on its way to everybody who is subscribed now; later, while the quota is not known."""
        row = self._ledger.get(number)
        try:
            plans = [self._plan(row, channel) for channel in self._senders] if row else []
        except SendError as error:
            log.warning("tip %d has to wait: %s", number, error)
            return
        if row and self._ledger.start(number, plans):
            log.info("tip %d is on its way", number)
            self._ledger.finish(number)
            self._nudge()

    def _plan(self, row: Row, channel: str) -> tuple[str, int, int | None, float | None]:
        limit = rides_until = None
        sender = self._senders[channel]
        if sender.spec.is_metered and row.reach == "ride":
            tomorrow = datetime.now(self._zone).date() + timedelta(days=1)
            rides_until = datetime.combine(tomorrow, datetime.min.time(), self._zone).timestamp()
        elif sender.spec.is_metered and row.reach == "some":
            limit = sender.remaining_quota()
        return channel, sender.spec.batch_size, limit, rides_until

    # stopped

    def pause(self, number: int) -> bool:
        """Nobody is called any more; calls under way come to their end."""
        return self._ledger.move(number, ["sending"], "paused", ASKED)

    def resume(self, number: int) -> bool:
        """Go on with those who are left, on every channel."""
        return self._nudged(self._ledger.resume(number))

    def cancel(self, number: int) -> bool:
        """Given up; whoever has not got it will not."""
        return self._ledger.cancel(number)

    def resend_unknown(self, number: int) -> int:
        """Call those in doubt again, who may so get it twice; how many they are."""
        sizes = {channel: sender.spec.batch_size for channel, sender in self._senders.items()}
        count = self._ledger.resend_unknown(number, sizes)
        self._nudged(count > 0)
        return count

    def finish(self, number: int) -> None:
        """Done, if nobody is left."""
        if self._ledger.finish(number):
            log.info("tip %d: %s", number, self._ledger.tally(number))

    def tick(self) -> None:
        """What time brings: late ones lapse, forgotten ones start and end."""
        for row in self._ledger.in_status("draft", "approved"):
            if time.time() > row.deadline:
                seen = row.status == "approved" or self._ledger.approvers(row.id)
                self._ledger.move(row.id, [row.status], "lapsed", "" if seen else DROPPED)
            elif row.status == "approved":
                self.start(row.id)
        for row in self._ledger.in_status("sending"):
            self.finish(row.id)

    def _nudged(self, happened: bool) -> bool:
        if happened:
            self._nudge()
        return happened

    # seen

    def get(self, number: int) -> Row | None:
        return self._ledger.get(number)

    def under_way(self) -> Sequence[Row]:
        """Those that are being sent or have been stopped on the way."""
        return self._ledger.in_status("sending", "paused")

    def waiting_for(self, admin: str) -> Row | None:
        """One that somebody has approved and that lacks this admin's yes."""
        for row in self._ledger.in_status("draft"):
            said_yes = self.approvers(row) if row.deadline >= time.time() else ()
            if said_yes and admin not in said_yes:
                return row
        return None

    def approvers(self, row: Row) -> Sequence[str]:
        """The admins who have said yes."""
        return self._ledger.approvers(row.id)

    def was_sent_today(self, tip: str) -> bool:
        """Whether everybody has got the very same words today."""
        midnight = datetime.now(self._zone).replace(hour=0, minute=0, second=0)
        return self._ledger.was_sent(tip, midnight.timestamp())

    def outlook(self) -> Outlook:
        """Asks the platform what is left of its quota."""
        wanted = self._audience()
        people = {channel: wanted[channel] for channel in self._senders if wanted.get(channel)}
        cost = people.get(self._metered.spec.name, 0) if self._metered else 0
        if not self._metered or not cost:
            return Outlook(people)
        try:
            return Outlook(people, cost, self._metered.remaining_quota())
        except Exception as error:
            log.warning("quota not known: %s", logs.describe(error))
            return Outlook(people, cost, known=False)

    def is_metered(self, channel: str) -> bool:
        return bool(self._metered and self._metered.spec.name == channel)

    def held(self, row: Row) -> Mapping[str, str]:
        """The channels of it that have stopped, the others going on or not, each with its reason."""
        return self._ledger.held(row.id) if row.status in ("sending", "paused") else {}

    def report(self, row: Row) -> dict[str, Any]:
        """The JSON of the contract."""
        return {"id": row.id, "status": row.status, "recipients": self._ledger.tally(row.id)}
