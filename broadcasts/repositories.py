"""What broadcasts ask of the store, which implements it. Every method may raise what the store raises."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from broadcasts.model import (
    Admin,
    Batch,
    Broadcast,
    HoldReason,
    Outcome,
    Plan,
    QuotaPolicy,
    Reason,
    RecipientStatus,
    Status,
    Tally,
    WaitingTip,
)


class BroadcastRepository(Protocol):
    """Broadcasts; whatever changes a status is one conditional update, so of all who try it at once one does it."""

    def create(
        self,
        tip: str,
        quota_policy: QuotaPolicy,
        admin: Admin | None,
        status: Status,
        deadline: float,
        day: date | None = None,
    ) -> int | None:
        """The id of a new broadcast; None when the day has one already."""

    def get(self, broadcast_id: int) -> Broadcast | None: ...

    def with_status(self, *statuses: Status) -> Sequence[Broadcast]: ...

    def was_sent(self, tip: str, since: float) -> bool:
        """Whether the very same tip has gone out, or is on its way, since that epoch."""

    def tally(self, broadcast_id: int) -> Tally: ...

    def held_channels(self, broadcast_id: int) -> Mapping[str, HoldReason]:
        """Channel -> why it is held."""

    def approve(self, broadcast_id: int, admin: Admin, needed: int) -> int | None:
        """Note an admin's approval of a draft; how many more it takes (0: approved). None: it is too late."""

    def approvers(self, broadcast_id: int) -> Sequence[Admin]: ...

    def choose_quota_policy(self, broadcast_id: int, policy: QuotaPolicy) -> bool: ...

    def start(self, broadcast_id: int, plans: Iterable[Plan]) -> bool:
        """Fix the recipients of an approved one, every active subscriber of the planned channels; True if it did."""

    def pause(self, broadcast_id: int) -> bool: ...

    def resume(self, broadcast_id: int) -> bool: ...

    def cancel(self, broadcast_id: int) -> bool: ...

    def lapse(self, broadcast: Broadcast, reason: Reason) -> bool: ...

    def finish(self, broadcast_id: int) -> bool:
        """Done when no batch is left, paused when all that are left are on held channels; True if it changed."""

    def resend_unknown(self, broadcast_id: int, batch_sizes: Mapping[str, int]) -> int:
        """Make recipients in doubt pending again, in new batches; how many they are."""

    def to_notify(self) -> Sequence[Broadcast]:
        """Those whose admins have not been told yet how they stand."""

    def mark_notified(self, broadcast: Broadcast) -> bool:
        """True for the one caller that is to tell the admins."""


class BatchRepository(Protocol):
    """Batches of recipients, each worked by one holder of its lease at a time."""

    def claim(self, channel: str, lease_seconds: float, repeatable: bool) -> Batch | None: ...

    def next_due(self, channel: str) -> float | None:
        """Seconds until a batch may be claimed; None when nothing is left to do."""

    def settle(self, batch: Batch, status: RecipientStatus, error: str = "") -> None: ...

    def try_later(self, batch: Batch, seconds: float, in_doubt: bool) -> None: ...

    def split(self, batch: Batch) -> None: ...

    def advance(
        self, batch: Batch, starting: Sequence[str], outcomes: Sequence[Outcome], lease_seconds: float
    ) -> bool: ...

    def release(self, batch: Batch) -> None: ...

    def end_piggybacks(self, batch: Batch) -> None: ...

    def reserve(self, channel: str, per_second: float) -> float:
        """The epoch at which the caller may make its next call."""

    def note_failure(self, batch: Batch, rest: float, reason: HoldReason, budget: int) -> None: ...


class PiggybackRepository(Protocol):
    """Tips that wait for somebody's next answer."""

    def take(self, channel: str, address: str) -> WaitingTip | None:
        """The tip that waits for this person, marked so that nobody else takes it; None where there is none."""

    def settle(self, broadcast_id: int, channel: str, address: str, status: RecipientStatus) -> None: ...


class TipDayRepository(Protocol):
    """Which tip each day has, by its key."""

    def get(self, day: date) -> str | None: ...

    def before(self, day: date) -> list[str]:
        """The keys of all days before, oldest first."""

    def fix(self, day: date, key: str, instead_of: str | None) -> None:
        """Set the day's tip unless somebody else was first; `instead_of` is one that the library no longer has."""
