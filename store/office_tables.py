"""The tables of what the ethics office does and sees. Times are epochs in seconds; counts and questions have a day."""

from datetime import date

from sqlalchemy import Date, Float, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base


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

    `taught`: the label that the office gave it, "" while it waits. `messages`: digests of the messages that it was
    typed in, where a platform tells when one is taken back; OTHERS besides where anybody else handed it over too.
    """

    __tablename__ = "missed_questions"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    text: Mapped[str] = mapped_column(Text)
    taught: Mapped[str] = mapped_column(String(40), default="")
    messages: Mapped[str] = mapped_column(Text, default="")


class LibraryDraftRow(Base):
    """What one person is about to change in the library: edits of rows, as JSON (retrieval/edits.py)."""

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
