"""The tables; those of the office are in office_tables.py. Times are epochs in seconds.

Only `missed_questions` holds what a person asked, by their own press.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, Float, ForeignKey, Index, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class SubscriberState(StrEnum):
    """Whether a subscriber gets tips."""

    ACTIVE = "active"
    STOPPED = "stopped"  # asked to be left alone
    GONE = "gone"  # can no longer be reached


class SubscriberRow(Base):
    """Somebody who follows the bot or did; the row stays, so that nobody who said stop is brought back unasked.

    `asked_at`: when they last said themselves what they want, as their channel tells the time.
    """

    __tablename__ = "subscribers"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[float] = mapped_column(Float)
    asked_at: Mapped[float] = mapped_column(Float, default=0)
    last_tip: Mapped[int] = mapped_column(default=0)  # the last broadcast that arrived and has forgotten its recipients
    __table_args__ = (Index("ix_subscribers_state", "state", "channel", "address"),)


class EventRow(Base):
    """A delivery seen on a webhook: claimed by whoever handles it, finished when its answer is out.

    `event_id` and `lane` are keyed digests; the lane, "" for none, stands there while the event is being handled.
    """

    __tablename__ = "events"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    claimed_at: Mapped[float] = mapped_column(Float)
    finished: Mapped[bool]
    lane: Mapped[str] = mapped_column(String(32), default="")
    __table_args__ = (Index("ix_events_claimed_at", "claimed_at"), Index("ix_events_lane", "lane", "claimed_at"))


class VoteRow(Base):
    """Whether a card helped: one row per card shown and answered, with nothing of the person."""

    __tablename__ = "votes"
    card: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[int]
    helped: Mapped[bool]
    voted_at: Mapped[float] = mapped_column(Float)


class WorkerRow(Base):
    """A worker that was there at that time."""

    __tablename__ = "workers"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[float] = mapped_column(Float)


class LibraryVersionRow(Base):
    """A version of the library (CSV, UTF-8); the newest is live, none means the shipped one.

    An earlier release kept cases alone: questions_csv and laws_csv are NULL there, questions and laws -1.
    """

    __tablename__ = "library_versions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    cases_csv: Mapped[bytes] = mapped_column(LargeBinary)
    imported_at: Mapped[float] = mapped_column(Float)
    questions_csv: Mapped[bytes | None] = mapped_column(LargeBinary)
    laws_csv: Mapped[bytes | None] = mapped_column(LargeBinary)
    guides_csv: Mapped[bytes | None] = mapped_column(LargeBinary)
    cases: Mapped[int] = mapped_column()
    questions: Mapped[int] = mapped_column()
    laws: Mapped[int] = mapped_column()
    guides: Mapped[int] = mapped_column()
    author: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    shipped: Mapped[bool] = mapped_column()
    shipped_digest: Mapped[str] = mapped_column(Text)


class BroadcastRow(Base):
    """A tip on its way to everybody; broadcasts/model.py says which status may follow which."""

    __tablename__ = "broadcasts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    tip: Mapped[str] = mapped_column(Text)
    quota_policy: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20), default="")
    admin: Mapped[str] = mapped_column(String(90), default="")
    notified: Mapped[str] = mapped_column(String(10), default="")
    left_out: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float] = mapped_column(Float)
    deadline: Mapped[float] = mapped_column(Float)
    day: Mapped[date | None] = mapped_column(Date, unique=True)
    start_at: Mapped[float] = mapped_column(Float, default=0)  # not before this epoch; 0: at once
    approvals_needed: Mapped[int] = mapped_column(default=0)  # more than the settings ask for
    ended_at: Mapped[float] = mapped_column(Float, default=0)  # 0: it has not
    forgotten: Mapped[bool] = mapped_column(default=False)  # its recipients are numbers alone


class ApprovalRow(Base):
    """An admin who approved a broadcast; the same admin again makes no second row."""

    __tablename__ = "approvals"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True)
    admin: Mapped[str] = mapped_column(String(90), primary_key=True)


class ChannelRow(Base):
    """One channel of a broadcast: failures in a row, until when it rests, why it is held."""

    __tablename__ = "broadcast_channels"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[float] = mapped_column(Float, default=0)
    held: Mapped[str] = mapped_column(String(20), default="")


class BatchRow(Base):
    """Recipients who are worked together, always the same ones under the same retry key.

    Whoever holds the `lease` works it; `due_at` is when it may be claimed: its next try, or the lease's end. The key of
    a GATHERING_BATCH (broadcasts/model.py) is the address up to which recipients are fixed.
    `doubted_at` is when a call under the key was first made that may have arrived.
    """

    __tablename__ = "batches"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    retry_key: Mapped[str] = mapped_column(String(36))
    lease: Mapped[str | None] = mapped_column(String(36))
    due_at: Mapped[float] = mapped_column(Float)
    tries: Mapped[int] = mapped_column(default=0)
    open: Mapped[bool]
    doubted_at: Mapped[float | None] = mapped_column(Float)
    __table_args__ = (Index("ix_batches_open", "open", "channel", "due_at"),)


class RecipientRow(Base):
    """One recipient of a broadcast; its status is a RecipientStatus."""

    __tablename__ = "recipients"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch: Mapped[int]
    status: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[float] = mapped_column(Float, default=0)
    error: Mapped[str] = mapped_column(String(80), default="")
    __table_args__ = (
        Index("ix_recipients_batch", "broadcast_id", "channel", "batch"),
        Index("ix_recipients_address", "address", "broadcast_id"),
    )


class ResultRow(Base):
    """How many recipients of a broadcast, who are no rows any more, have a status and an error on a channel."""

    __tablename__ = "broadcast_results"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    status: Mapped[str] = mapped_column(String(8), primary_key=True)
    error: Mapped[str] = mapped_column(String(80), primary_key=True)
    people: Mapped[int]


class PaceRow(Base):
    """The next free moment of a channel that takes only so many calls a second, over all workers together."""

    __tablename__ = "paces"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_at: Mapped[float] = mapped_column(Float)


class TipDayRow(Base):
    """Which countermeasure is the tip of a day. `skipped`: it is not sent by itself."""

    __tablename__ = "tip_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(String(40))
    skipped: Mapped[bool] = mapped_column(default=False)
