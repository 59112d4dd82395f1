"""The vocabulary of a broadcast: statuses, which may follow which, and the values that workers and store exchange."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import NamedTuple

LEASE_SECONDS = 15.0  # how long a batch is its holder's alone; longer than a call may take
FAILURE_BUDGET = 20  # failures in a row after which a channel is held
LATEST_START = 3600.0  # seconds after its hour, when a tip that has not started lapses


class Status(StrEnum):
    """How a broadcast stands."""

    DRAFT = "draft"  # waits for its admins
    APPROVED = "approved"  # starts at its hour, else at once, or as soon as the quota is known
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    LAPSED = "lapsed"  # too late for its admins, or for its hour
    CANCELLED = "cancelled"


UNDER_WAY = (Status.SENDING, Status.PAUSED)
ENDED = (Status.DONE, Status.LAPSED, Status.CANCELLED)


class Step(Enum):
    """What can happen to a broadcast, and the only table of which status may follow which: (these, that one).

    A new one is a DRAFT of an admin, or APPROVED or LAPSED by the schedule.
    """

    APPROVE = (Status.DRAFT,), Status.APPROVED
    START = (Status.APPROVED,), Status.SENDING
    PAUSE = (Status.SENDING,), Status.PAUSED  # by an admin, or because every channel that is left is held
    RESUME = (Status.PAUSED,), Status.SENDING
    FINISH = (Status.SENDING,), Status.DONE
    RESEND = (Status.DONE,), Status.SENDING
    LAPSE = (Status.DRAFT, Status.APPROVED), Status.LAPSED
    CANCEL = (Status.DRAFT, Status.APPROVED, *UNDER_WAY), Status.CANCELLED

    def __init__(self, before: tuple[Status, ...], after: Status) -> None:
        self.before = before
        self.after = after


class Reason(StrEnum):
    """Why a broadcast has its status, where the status does not say it."""

    NONE = ""
    PAUSED_BY_ADMIN = "asked"
    NOBODY_APPROVED = "dropped"  # a draft that nobody wanted; no one is told
    TOO_FEW_APPROVED = "unapproved"
    MISSED = "missed"  # approved, and could not start in time
    HELD = "held"  # every channel that has recipients left is held
    RESTORED = "restored"  # of a store that came back from a backup: it may have gone out since


class HoldReason(StrEnum):
    """Why a channel of a broadcast is held until an admin resumes it."""

    NONE = ""
    QUOTA = "quota"
    TOKEN = "token"  # noqa: S105 - the word, not one
    PLAN = "plan"
    FAILURES = "faults"


class QuotaPolicy(StrEnum):
    """What is done on a metered channel when its quota may not reach everybody."""

    ALL = "all"  # send until the platform refuses
    SOME = "some"  # send to as many as the quota allows, whoever has waited longest first
    PIGGYBACK = "ride"  # send free of charge, along with each subscriber's next answer


class RecipientStatus(StrEnum):
    """What became of the message to one recipient."""

    PENDING = "pending"
    CALLING = "calling"  # a call may be under way
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it may have arrived


class Recipient(NamedTuple):
    """Where one subscriber gets messages: an address on a channel."""

    channel: str
    address: str


class Admin(NamedTuple):
    """Somebody who may send tips: an address on a channel, or CONSOLE."""

    channel: str
    address: str = ""

    @classmethod
    def read(cls, stored: str) -> "Admin":
        channel, _, address = stored.partition(" ")
        return cls(channel, address)

    def __str__(self) -> str:
        return f"{self.channel} {self.address}".strip()


OWN_WORDS = '{"text":'  # how a tip of an admin's own words begins, as it is kept
ERASED_TIP = '{"erased": true}'  # what is kept of one that was given up
CONSOLE = Admin("console")  # whoever may type commands on the server; an account is Admin("console", its name)
HELD = "held"  # a standing beside the statuses, see Broadcast


class Broadcast(NamedTuple):
    """A broadcast as it stands. `tip` is JSON (broadcasts/tips.py); times are epochs in seconds.

    `admin`: who asked for it, None for the schedule. `deadline`: when it lapses unless it is approved, or started.
    `day`: whose daily tip it is. `start_at`: its hour, 0 for at once. `approvals_needed`: where that is more than the
    settings ask for. `forgotten`: of its recipients there are numbers alone.
    `standing`: the status, or HELD while it is sending with a channel that is held. `notified`: the standing that
    admins were told last.
    """

    id: int
    status: Status
    tip: str
    quota_policy: QuotaPolicy
    reason: Reason
    admin: Admin | None
    notified: str
    left_out: int
    deadline: float
    created_at: float
    day: date | None
    start_at: float
    approvals_needed: int
    forgotten: bool
    standing: str

    @property
    def when(self) -> float:
        """Its hour, or when it was made."""
        return self.start_at or self.created_at


class Tally(NamedTuple):
    """How many recipients of a broadcast have which status; PENDING counts CALLING too."""

    pending: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0


class Result(NamedTuple):
    """How many people on a channel have a status, and what the platform said of them (`error`, "" for nothing)."""

    channel: str
    status: RecipientStatus
    error: str
    people: int


class TipDay(NamedTuple):
    """The tip of a day by its key (broadcasts/tips.py); `skipped`: the schedule does not send it."""

    day: date
    key: str
    skipped: bool = False


class SentTip(NamedTuple):
    """A broadcast that somebody may have got: its tip, as JSON, and its hour, an epoch in seconds."""

    id: int
    status: Status
    tip: str
    at: float


class Plan(NamedTuple):
    """How the recipients on one channel are chosen when a broadcast starts.

    In batches of `batch_size`; at most `limit` of them; or, until the epoch `piggyback_until`, along with answers.
    """

    channel: str
    batch_size: int
    limit: int | None = None
    piggyback_until: float | None = None


PIGGYBACK_BATCH = -1  # the number of the batch whose tips go along with answers
GATHERING_BATCH = -2  # the number of the batch that stands for subscribers who are still to become recipients


class Batch(NamedTuple):
    """Recipients that the holder of the lease alone may call until it ends; `tip` is the broadcast's, as JSON.

    `doubted_at`: the epoch of an earlier call that may have arrived, None for none.
    """

    broadcast_id: int
    channel: str
    number: int
    retry_key: str
    lease: str
    tries: int
    tip: str
    doubted_at: float | None
    addresses: tuple[str, ...]

    @property
    def is_piggyback(self) -> bool:
        """Its tips go along with answers, which is over when the batch falls due."""
        return self.number == PIGGYBACK_BATCH

    @property
    def is_gathering(self) -> bool:
        """Its work is to fix more recipients."""
        return self.number == GATHERING_BATCH


class WaitingTip(NamedTuple):
    """A tip, as JSON, that goes along with somebody's next answer."""

    broadcast_id: int
    tip: str


Going = Enum("Going", "ON PASS STOP")
"""Whether who was about to be called may be: yes, not this one (no recipient any more, or said stop), or nobody."""


@dataclass(frozen=True)
class Outcome:
    """What became of one call.

    `wait`: seconds until a PENDING recipient may be called again. `failure`: None where nothing is wrong with the
    channel; else it counts as one more failure in a row, and a reason other than NONE holds the channel at once.
    """

    address: str
    status: RecipientStatus
    error: str = ""
    wait: float = 0
    failure: HoldReason | None = None
    gone: bool = False
    moved_to: str | None = None


def backoff(tries: int) -> float:
    """1, 2, 4 … seconds, at most a minute."""
    return float(min(60, 2 ** (min(tries, 7) - 1)))
