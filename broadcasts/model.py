"""What workers and the store say to each other about batches of recipients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

LEASE = 15.0  # seconds a batch is its holder's alone, and longer than a call may take
BUDGET = 20  # failures in a row that hold a channel


class Claim(Protocol):
    """A batch under a lease (see store/batches.py)."""

    @property
    def broadcast_id(self) -> int: ...
    @property
    def retry_key(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def tip(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def rides(self) -> bool: ...


@dataclass(frozen=True)
class Outcome:
    """What became of one call. `fault`: None where nothing is wrong with the channel, else why to hold it, or ""."""

    address: str
    status: str
    error: str = ""
    wait: float = 0
    fault: str | None = None
    gone: bool = False
    moved_to: str | None = None


class Batches(Protocol):
    """What a dispatcher asks of the store (store/batches.py), handing back its own claims. Every method may raise."""

    def claim(self, channel: str, seconds: float, repeatable: bool) -> Claim | None: ...
    def next_due(self, channel: str) -> float | None: ...
    def settle(self, claim: Any, status: str, error: str = "") -> None: ...
    def end_ride(self, claim: Any) -> None: ...
    def try_later(self, claim: Any, seconds: float, in_doubt: bool) -> None: ...
    def split(self, claim: Any) -> None: ...
    def advance(self, claim: Any, starting: Sequence[str], outcomes: Sequence[Outcome], seconds: float) -> bool: ...
    def release(self, claim: Any) -> None: ...
    def reserve(self, channel: str, per_second: float) -> float: ...
    def fault(self, claim: Any, seconds: float, reason: str, budget: int) -> None: ...


def backoff(tries: int) -> float:
    """1, 2, 4 … seconds, at most a minute."""
    return float(min(60, 2 ** (min(tries, 7) - 1)))
