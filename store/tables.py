"""The tables. Only `missed_questions` holds what a person asked, by their own press. Times are epochs in seconds."""

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
    """Somebody who follows the bot or did; the row stays, so that nobody who said stop is brought back unasked."""

    __tablename__ = "subscribers"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[float] = mapped_column(Float)


class EventRow(Base):
    """A delivery seen on a webhook: claimed by whoever handles it, finished when its answer is out."""

    __tablename__ = "events"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    claimed_at: Mapped[float] = mapped_column(Float)
    finished: Mapped[bool]
    __table_args__ = (Index("ix_events_claimed_at", "claimed_at"),)


class VoteRow(Base):
    """Whether a card helped: one row per card shown and answered, with nothing of the person."""

    __tablename__ = "votes"
    card: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[int]
    helped: Mapped[bool]
    voted_at: Mapped[float] = mapped_column(Float)


class AccountRow(Base):
    """Somebody of the ethics office who may use the console.

    `must_change`: the password was given by somebody else. `totp_secret` is set from the moment the second factor is
    on; `totp_used` is the last time step that was taken, so that no code works twice; `recovery_codes` are digests,
    one a line. `addresses`: where the person gets test messages, `channel address`, one a line.
    """

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[float] = mapped_column(Float)
    role: Mapped[str] = mapped_column(String(10), default="owner")
    disabled: Mapped[bool] = mapped_column(default=False)
    must_change: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[float] = mapped_column(Float, default=0)
    totp_secret: Mapped[str] = mapped_column(String(64), default="")
    totp_used: Mapped[int] = mapped_column(default=0)
    recovery_codes: Mapped[str] = mapped_column(Text, default="")
    addresses: Mapped[str] = mapped_column(Text, default="")


class SessionRow(Base):
    """A browser that is logged in; `digest` is of the token that it holds. `verified`: the second factor was given."""

    __tablename__ = "sessions"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(40), index=True)
    started_at: Mapped[float] = mapped_column(Float)
    seen_at: Mapped[float] = mapped_column(Float)
    verified: Mapped[bool] = mapped_column(default=False)


class InvitationRow(Base):
    """A link by which somebody makes an account, once; `digest` is of its token."""

    __tablename__ = "invitations"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(10))
    invited_by: Mapped[str] = mapped_column(String(90))
    expires_at: Mapped[float] = mapped_column(Float)


class ActionRow(Base):
    """Something that was done, and by whom; `digest` is over the row and the digest of the one before."""

    __tablename__ = "actions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float] = mapped_column(Float)
    actor: Mapped[str] = mapped_column(String(90))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class DailyCountRow(Base):
    """How often a day saw a verdict on a channel, and which case or guide (`entry`, "" for none) was shown."""

    __tablename__ = "daily_counts"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10), primary_key=True)
    entry: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


class DailySubscribersRow(Base):
    """How many wanted tips on a channel when the day was last counted."""

    __tablename__ = "daily_subscribers"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]


class MissedQuestionRow(Base):
    """A question that its asker handed over, masked, with nothing of the person.

    `taught`: the label that the office gave it, "" while it waits.
    """

    __tablename__ = "missed_questions"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    text: Mapped[str] = mapped_column(Text)
    taught: Mapped[str] = mapped_column(String(40), default="")


class LibraryDraftRow(Base):
    """What one person is about to change in the library: edits of rows, as JSON (office/edits.py)."""

    __tablename__ = "library_drafts"
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    edits: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[float] = mapped_column(Float)


class DraftCheckRow(Base):
    """What a draft would change, as far as it is known: a step that is under way, then the result as JSON.

    `digest` names the draft and the version it was held against; `seen_at`: when whoever works it last said so.
    """

    __tablename__ = "draft_checks"
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[float] = mapped_column(Float)


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

    Whoever holds the `lease` works it; `due_at` is when it may be claimed: its next try, or the lease's end.
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
