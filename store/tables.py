"""The tables; those of the office are in office_tables.py. Times are epochs in seconds.

Only `missed_questions` holds what a person asked, by their own press.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import Column, Date, Float, ForeignKey, Index, LargeBinary, MetaData, Named, String, Table, Text

from store.columns import Columns

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class SubscriberState(StrEnum):
    """Whether a subscriber gets tips."""

    ACTIVE = "active"
    STOPPED = "stopped"  # asked to be left alone
    GONE = "gone"  # can no longer be reached


class SubscriberColumns(Columns):
    """Somebody who follows the bot or did; the row stays, so that nobody who said stop is brought back unasked.

    `asked_at`: when they last said themselves what they want, as their channel tells the time.
    """

    channel: Named[str] = Column(String(20), primary_key=True)
    address: Named[str] = Column(String(64), primary_key=True)
    state: Named[str] = Column(String(10))
    changed_at: Named[float] = Column(Float)
    asked_at: Named[float] = Column(Float, default=0)
    last_tip: Named[int] = Column(default=0)  # the last broadcast that arrived and has forgotten its recipients


subscribers = Table(
    "subscribers", metadata, SubscriberColumns, Index("ix_subscribers_state", "state", "channel", "address")
)


class EventColumns(Columns):
    """A delivery seen on a webhook: claimed by whoever handles it, finished when its answer is out.

    `event_id` and `lane` are keyed digests; the lane, "" for none, stands there while the event is being handled.
    """

    channel: Named[str] = Column(String(20), primary_key=True)
    event_id: Named[str] = Column(String(64), primary_key=True)
    claimed_at: Named[float] = Column(Float)
    finished: Named[bool]
    lane: Named[str] = Column(String(32), default="")


events = Table(
    "events",
    metadata,
    EventColumns,
    Index("ix_events_claimed_at", "claimed_at"),
    Index("ix_events_lane", "lane", "claimed_at"),
)


class VoteColumns(Columns):
    """Whether a card helped: one row per card shown and answered, with nothing of the person."""

    card: Named[str] = Column(String(16), primary_key=True)
    case_id: Named[int]
    helped: Named[bool]
    voted_at: Named[float] = Column(Float)


votes = Table("votes", metadata, VoteColumns)


class WorkerColumns(Columns):
    """A worker that was there at that time."""

    name: Named[str] = Column(String(80), primary_key=True)
    seen_at: Named[float] = Column(Float)


workers = Table("workers", metadata, WorkerColumns)


class LibraryVersionColumns(Columns):
    """A version of the library (CSV, UTF-8); the newest is live, none means the shipped one.

    An earlier release kept cases alone: questions_csv and laws_csv are NULL there, questions and laws -1.
    """

    id: Named[int] = Column(primary_key=True, autoincrement=True)
    cases_csv: Named[bytes] = Column(LargeBinary)
    imported_at: Named[float] = Column(Float)
    questions_csv: Named[bytes | None] = Column(LargeBinary)
    laws_csv: Named[bytes | None] = Column(LargeBinary)
    guides_csv: Named[bytes | None] = Column(LargeBinary)
    cases: Named[int]
    questions: Named[int]
    laws: Named[int]
    guides: Named[int]
    author: Named[str] = Column(Text)
    note: Named[str] = Column(Text)
    shipped: Named[bool]
    shipped_digest: Named[str] = Column(Text)


library_versions = Table("library_versions", metadata, LibraryVersionColumns)


class BroadcastColumns(Columns):
    """A tip on its way to everybody; broadcasts/model.py says which status may follow which."""

    id: Named[int] = Column(primary_key=True, autoincrement=True)
    status: Named[str] = Column(String(10), index=True)
    tip: Named[str] = Column(Text)
    quota_policy: Named[str] = Column(String(10))
    reason: Named[str] = Column(String(20), default="")
    admin: Named[str] = Column(String(90), default="")
    notified: Named[str] = Column(String(10), default="")
    left_out: Named[int] = Column(default=0)
    created_at: Named[float] = Column(Float)
    deadline: Named[float] = Column(Float)
    day: Named[date | None] = Column(Date, unique=True)
    start_at: Named[float] = Column(Float, default=0)  # not before this epoch; 0: at once
    approvals_needed: Named[int] = Column(default=0)  # more than the settings ask for
    ended_at: Named[float] = Column(Float, default=0)  # 0: it has not
    forgotten: Named[bool] = Column(default=False)  # its recipients are numbers alone


broadcasts = Table("broadcasts", metadata, BroadcastColumns)


class ApprovalColumns(Columns):
    """An admin who approved a broadcast; the same admin again makes no second row."""

    broadcast_id: Named[int] = Column(ForeignKey("broadcasts.id"), primary_key=True)
    admin: Named[str] = Column(String(90), primary_key=True)


approvals = Table("approvals", metadata, ApprovalColumns)


class ChannelColumns(Columns):
    """One channel of a broadcast: failures in a row, until when it rests, why it is held."""

    broadcast_id: Named[int] = Column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    failures: Named[int] = Column(default=0)
    rests_until: Named[float] = Column(Float, default=0)
    held: Named[str] = Column(String(20), default="")


broadcast_channels = Table("broadcast_channels", metadata, ChannelColumns)


class BatchColumns(Columns):
    """Recipients who are worked together, always the same ones under the same retry key.

    Whoever holds the `lease` works it; `due_at` is when it may be claimed: its next try, or the lease's end. The key of
    a GATHERING_BATCH (broadcasts/model.py) is the address up to which recipients are fixed.
    `doubted_at` is when a call under the key was first made that may have arrived.
    """

    broadcast_id: Named[int] = Column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    number: Named[int] = Column(primary_key=True, autoincrement=False)
    retry_key: Named[str] = Column(String(36))
    lease: Named[str | None] = Column(String(36))
    due_at: Named[float] = Column(Float)
    tries: Named[int] = Column(default=0)
    open: Named[bool]
    doubted_at: Named[float | None] = Column(Float)


batches = Table("batches", metadata, BatchColumns, Index("ix_batches_open", "open", "channel", "due_at"))


class RecipientColumns(Columns):
    """One recipient of a broadcast; its status is a RecipientStatus."""

    broadcast_id: Named[int] = Column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    address: Named[str] = Column(String(64), primary_key=True)
    batch: Named[int]
    status: Named[str] = Column(String(8))
    tries: Named[int] = Column(default=0)
    due_at: Named[float] = Column(Float, default=0)
    error: Named[str] = Column(String(80), default="")


recipients = Table(
    "recipients",
    metadata,
    RecipientColumns,
    Index("ix_recipients_batch", "broadcast_id", "channel", "batch"),
    Index("ix_recipients_address", "address", "broadcast_id"),
)


class ResultColumns(Columns):
    """How many recipients of a broadcast, who are no rows any more, have a status and an error on a channel."""

    broadcast_id: Named[int] = Column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    status: Named[str] = Column(String(8), primary_key=True)
    error: Named[str] = Column(String(80), primary_key=True)
    people: Named[int]


broadcast_results = Table("broadcast_results", metadata, ResultColumns)


class PaceColumns(Columns):
    """The next free moment of a channel that takes only so many calls a second, over all workers together."""

    channel: Named[str] = Column(String(20), primary_key=True)
    next_at: Named[float] = Column(Float)


paces = Table("paces", metadata, PaceColumns)


class TipDayColumns(Columns):
    """Which countermeasure is the tip of a day. `skipped`: it is not sent by itself."""

    day: Named[date] = Column(Date, primary_key=True)
    measure: Named[str] = Column(String(40))
    skipped: Named[bool] = Column(default=False)


tip_days = Table("tip_days", metadata, TipDayColumns)
