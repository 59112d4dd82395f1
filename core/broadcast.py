"""A tip on its way to everybody: the only place that changes a broadcast's status.

draft -> approved -> sending -> done, with paused beside sending; lapsed and cancelled are other ends. Every step is a
conditional update in the store, so of all who try it at once, one does it.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core import cards, faults, words
from core.channel import Outlet
from core.tips import Tip

log = logging.getLogger(__name__)

APPROVAL_SECONDS = 3600  # how long a draft waits for its admins
LATEST_START = 3600  # a tip later than this lapses
ASKED = "asked"  # an admin paused it
DROPPED = "dropped"  # a draft that nobody said yes to
METERED = "line"  # the channel whose messages are counted


class Row(Protocol):
    """A broadcast as it stands (see store/broadcasts.py)."""

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
    def untold(self) -> Sequence[Row]: ...
    def tell(self, row: Any) -> bool: ...
    def tally(self, number: int) -> dict[str, int]: ...
    def held(self, number: int) -> dict[str, str]: ...
    def approve(self, number: int, admin: str) -> int: ...
    def approvers(self, number: int) -> Sequence[str]: ...
    def move(self, number: int, before: Iterable[str], after: str, reason: str = "") -> bool: ...
    def choose_reach(self, number: int, reach: str) -> bool: ...
    def start(self, number: int, plans: Sequence[tuple[str, int, int | None, float | None]]) -> bool: ...
    def resume(self, number: int) -> bool: ...
    def finish(self, number: int) -> bool: ...
    def resend_unknown(self, number: int, sizes: Mapping[str, int]) -> int: ...


class Broadcasts:
    """Made, approved, started, stopped, told. Every method may raise what the store raises."""

    def __init__(
        self,
        ledger: Ledger,
        sizes: Mapping[str, int],
        outlet: Callable[[str], Outlet],
        zone: ZoneInfo,
        approvals: int = 1,
        admins: Sequence[str] = (),
        nudge: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._sizes = sizes
        self._outlet = outlet
        self._zone = zone
        self.approvals = approvals
        self._admins = admins
        self._nudge = nudge

    # made

    def draft(self, tip: Tip, sender: str = "", reach: str = "all") -> int:
        """The number of a new draft, which lapses unless it is approved in time."""
        number = self._ledger.create(tip.stored(), reach, sender, "draft", time.time() + APPROVAL_SECONDS)
        assert number is not None, "only a day of the clock can be taken"
        return number

    def approve(self, number: int, admin: str) -> int:
        """One admin's yes; how many more it takes (0: it is on its way)."""
        missing = max(0, self.approvals - self._ledger.approve(number, admin))
        if not missing and self._ledger.move(number, ["draft"], "approved"):
            self.start(number)
        return missing

    def make_daily(self, tip: Tip, day: date, due: datetime, now: datetime) -> None:
        """The clock's tip of a day, once however many clocks there are; lapsed when its hour is long over."""
        deadline = due.timestamp() + LATEST_START
        status = "approved" if now.timestamp() <= deadline else "lapsed"
        number = self._ledger.create(tip.stored(), "all", "", status, deadline, day)
        if number is None:
            return
        if status == "lapsed":
            log.error("tip %d of %s missed its time by more than an hour and lapsed", number, day)
        else:
            self.start(number)

    def start(self, number: int) -> None:
        """An approved one goes on its way to everybody who is subscribed now."""
        row = self._ledger.get(number)
        if row and self._ledger.start(number, [self._plan(row, channel) for channel in self._sizes]):
            log.info("tip %d is on its way", number)
            self._ledger.finish(number)
            self._nudge()

    def _plan(self, row: Row, channel: str) -> tuple[str, int, int | None, float | None]:
        limit = rides_until = None
        if channel == METERED and row.reach == "ride":
            tomorrow = datetime.now(self._zone).date() + timedelta(days=1)
            rides_until = datetime.combine(tomorrow, datetime.min.time(), self._zone).timestamp()
        elif channel == METERED and row.reach == "some":
            limit = self._outlet(channel).allowance()
        return channel, self._sizes[channel], limit, rides_until

    # stopped

    def pause(self, number: int) -> bool:
        """Nobody is called any more; calls under way come to their end."""
        return self._ledger.move(number, ["sending"], "paused", ASKED)

    def resume(self, number: int) -> bool:
        """Go on with those who are left, on every channel."""
        return self._nudged(self._ledger.resume(number))

    def cancel(self, number: int) -> bool:
        """Given up; whoever has not got it will not."""
        return self._ledger.move(number, ["draft", "approved", "sending", "paused"], "cancelled")

    def resend_unknown(self, number: int) -> int:
        """Call those in doubt again, who may so get it twice; how many they are."""
        count = self._ledger.resend_unknown(number, self._sizes)
        self._nudged(count > 0)
        return count

    def finish(self, number: int) -> None:
        """Done, if nobody is left."""
        if self._ledger.finish(number):
            log.info("tip %d: %s", number, self._ledger.tally(number))

    def tick(self) -> None:
        """What time brings: late ones lapse, forgotten ones start and end, senders are told."""
        for row in self._ledger.in_status("draft", "approved"):
            if time.time() > row.deadline:
                seen = row.status == "approved" or self._ledger.approvers(row.id)
                self._ledger.move(row.id, [row.status], "lapsed", "" if seen else DROPPED)
            elif row.status == "approved":
                self.start(row.id)
        for row in self._ledger.in_status("sending"):
            self.finish(row.id)
        for row in self._ledger.untold():
            if self._ledger.tell(row):
                self._tell(row)

    def _nudged(self, happened: bool) -> bool:
        if happened:
            self._nudge()
        return happened

    # told

    def get(self, number: int) -> Row | None:
        return self._ledger.get(number)

    @property
    def channels(self) -> list[str]:
        return list(self._sizes)

    def allowance(self) -> tuple[bool, int | None]:
        """(whether it could be asked, what is left of the month's messages; None for no limit)."""
        try:
            return True, self._outlet(METERED).allowance()
        except Exception as error:
            log.warning("quota not known: %s", faults.describe(error))
            return False, None

    def waiting_for(self, admin: str) -> Row | None:
        """One that somebody has approved and that lacks this admin's yes."""
        return next((row for row in self._ledger.in_status("draft") if self._is_waiting(row, admin)), None)

    def _is_waiting(self, row: Row, admin: str) -> bool:
        approvers = self._ledger.approvers(row.id)
        return bool(approvers) and admin not in approvers

    def choose_reach(self, number: int, reach: str) -> bool:
        """What to do with a quota that is too small, decided before it is sent."""
        return self._ledger.choose_reach(number, reach)

    def report(self, row: Row) -> dict[str, Any]:
        """The JSON of the contract."""
        return {"id": row.id, "status": row.status, "recipients": self._ledger.tally(row.id)}

    def story(self, row: Row) -> list[str]:
        """How it stands, in lines for a person."""
        lines = [words.TALLY.format(**self._ledger.tally(row.id))]
        lines += [words.LEFT_OUT.format(count=row.left_out)] if row.left_out else []
        lines += [words.RIDING] if row.status == "sending" and row.reach == "ride" else []
        lines += [words.PAUSED_BY_ADMIN] if row.status == "paused" and row.reason == ASKED else []
        held = self._ledger.held(row.id).items() if row.status in ("sending", "paused") else ()
        return lines + [words.held(channel, reason) for channel, reason in held]

    def _tell(self, row: Row) -> None:
        """The admin who sent it; of trouble with one that nobody sent from a chat, every admin."""
        listeners = [row.sender] if row.sender else [] if row.status == "done" else self._admins
        if row.reason in (ASKED, DROPPED):
            return
        title = words.TOLD[row.status].format(id=row.id)
        told = cards.note(title, "\n".join(self.story(row)))
        log.info("%s %s", title, " ".join(self.story(row)))
        for listener in listeners:
            channel, _, address = listener.partition(" ")
            try:
                self._outlet(channel).courier(told)([address], str(uuid.uuid4()))
            except Exception as error:
                log.warning("an admin on %s was not told: %s", channel, faults.describe(error))
