"""The tables. No table holds what a person asked."""

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


ACTIVE, STOPPED, GONE = "active", "stopped", "gone"


class Subscriber(Base):
    """Somebody who follows the bot (ACTIVE), said stop (STOPPED), or can no longer be reached (GONE).

    The row stays in every state, so that nobody who said stop is brought back unasked.
    """

    __tablename__ = "subscribers"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Event(Base):
    """A delivery seen on a webhook: claimed by whoever handles it, finished when its answer is out."""

    __tablename__ = "events"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished: Mapped[bool]
    __table_args__ = (Index("ix_events_claimed_at", "claimed_at"),)


class Vote(Base):
    """Whether a card helped: one row per card shown and answered, with nothing of the person."""

    __tablename__ = "votes"
    card: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[int]
    helped: Mapped[bool]
    voted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Account(Base):
    """Somebody of the ethics office who may use the console."""

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LibraryVersion(Base):
    """A case library somebody imported (CSV, UTF-8); the newest is live, none means the shipped one."""

    __tablename__ = "library_versions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    cases_csv: Mapped[bytes] = mapped_column(LargeBinary)
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
