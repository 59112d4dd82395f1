"""The tables of what the ethics office does and sees. Times are epochs in seconds; counts and questions have a day."""

from datetime import date

from sqlalchemy import Column, Date, Float, Named, String, Table, Text

from store.columns import Columns
from store.tables import metadata


class AccountColumns(Columns):
    """Somebody of the ethics office who may use the console.

    `must_change`: the password was given by somebody else. `totp_secret` is set from the moment the second factor is
    on; `totp_used` is the last time step that was taken, so that no code works twice; `recovery_codes` are digests,
    one a line. `addresses`: where the person gets test messages, `channel address`, one a line.
    """

    name: Named[str] = Column(String(40), primary_key=True)
    password_hash: Named[str] = Column(String(255))
    changed_at: Named[float] = Column(Float)
    role: Named[str] = Column(String(10), default="owner")
    disabled: Named[bool] = Column(default=False)
    must_change: Named[bool] = Column(default=False)
    failures: Named[int] = Column(default=0)
    locked_until: Named[float] = Column(Float, default=0)
    totp_secret: Named[str] = Column(String(64), default="")
    totp_used: Named[int] = Column(default=0)
    recovery_codes: Named[str] = Column(Text, default="")
    addresses: Named[str] = Column(Text, default="")


accounts = Table("accounts", metadata, AccountColumns)


class SessionColumns(Columns):
    """A browser that is logged in; `digest` is of the token that it holds. `verified`: the second factor was given."""

    digest: Named[str] = Column(String(64), primary_key=True)
    account: Named[str] = Column(String(40), index=True)
    started_at: Named[float] = Column(Float)
    seen_at: Named[float] = Column(Float)
    verified: Named[bool] = Column(default=False)


sessions = Table("sessions", metadata, SessionColumns)


class InvitationColumns(Columns):
    """A link by which somebody makes an account, once; `digest` is of its token."""

    digest: Named[str] = Column(String(64), primary_key=True)
    name: Named[str] = Column(String(40))
    role: Named[str] = Column(String(10))
    invited_by: Named[str] = Column(String(90))
    expires_at: Named[float] = Column(Float)


invitations = Table("invitations", metadata, InvitationColumns)


class ActionColumns(Columns):
    """Something that was done, and by whom; `digest` is over the row and the digest of the one before."""

    id: Named[int] = Column(primary_key=True, autoincrement=False)
    at: Named[float] = Column(Float)
    actor: Named[str] = Column(String(90))
    action: Named[str] = Column(String(40))
    subject: Named[str] = Column(Text)
    detail: Named[str] = Column(Text)
    digest: Named[str] = Column(String(64))


actions = Table("actions", metadata, ActionColumns)


class DailyCountColumns(Columns):
    """How often a day saw a verdict on a channel, and which case or guide (`entry`, "" for none) was shown."""

    day: Named[date] = Column(Date, primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    verdict: Named[str] = Column(String(10), primary_key=True)
    entry: Named[str] = Column(String(40), primary_key=True)
    count: Named[int]


daily_counts = Table("daily_counts", metadata, DailyCountColumns)


class DailySubscribersColumns(Columns):
    """How many wanted tips on a channel when the day was last counted."""

    day: Named[date] = Column(Date, primary_key=True)
    channel: Named[str] = Column(String(20), primary_key=True)
    count: Named[int]


daily_subscribers = Table("daily_subscribers", metadata, DailySubscribersColumns)


class MissedQuestionColumns(Columns):
    """A question that its asker handed over, masked, with nothing of the person.

    `taught`: the label that the office gave it, "" while it waits. `messages`: digests of the messages that it was
    typed in, where a platform tells when one is taken back; OTHERS besides where anybody else handed it over too.
    """

    key: Named[str] = Column(String(32), primary_key=True)
    day: Named[date] = Column(Date, index=True)
    text: Named[str] = Column(Text)
    taught: Named[str] = Column(String(40), default="")
    messages: Named[str] = Column(Text, default="")


missed_questions = Table("missed_questions", metadata, MissedQuestionColumns)


class LibraryDraftColumns(Columns):
    """What one person is about to change in the library: edits of rows, as JSON (retrieval/edits.py)."""

    account: Named[str] = Column(String(40), primary_key=True)
    edits: Named[str] = Column(Text)
    changed_at: Named[float] = Column(Float)


library_drafts = Table("library_drafts", metadata, LibraryDraftColumns)


class DraftCheckColumns(Columns):
    """What a draft would change, as far as it is known: a step that is under way, then the result as JSON.

    `digest` names the draft and the version it was held against; `seen_at`: when whoever works it last said so.
    """

    account: Named[str] = Column(String(40), primary_key=True)
    digest: Named[str] = Column(String(64))
    step: Named[str] = Column(Text, default="")
    result: Named[str] = Column(Text, default="")
    seen_at: Named[float] = Column(Float)


draft_checks = Table("draft_checks", metadata, DraftCheckColumns)
