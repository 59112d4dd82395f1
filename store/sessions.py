"""Browsers that are logged in to the console, and links by which somebody makes an account."""

from sqlalchemy import delete, or_, select, update

from office.model import Invitation, Role, Session
from store.database import Repository
from store.office_tables import invitations, sessions


class Sessions(Repository):
    """Implements office.sessions.SessionRepository. A session is known by the digest of its token."""

    def start(self, digest: str, account: str, verified: bool) -> None:
        now = self._now()
        values = {"account": account, "started_at": now, "seen_at": now, "verified": verified}
        self._execute(self._insert(sessions).values(digest=digest, **values))

    def get(self, digest: str, started_after: float, seen_after: float) -> Session | None:
        """A session that has not ended."""
        columns = (sessions.c.account, sessions.c.started_at, sessions.c.seen_at, sessions.c.verified)
        found = select(*columns).where(sessions.c.digest == digest)
        with self._transaction() as connection:
            row = connection.execute(
                found.where(sessions.c.started_at >= started_after, sessions.c.seen_at >= seen_after)
            ).first()
        return Session(*row) if row else None

    def see(self, digest: str) -> None:
        """Its person is still there."""
        self._execute(update(sessions).filter_by(digest=digest).values(seen_at=self._now()))

    def verify(self, digest: str) -> None:
        """Its person gave the second factor."""
        self._execute(update(sessions).filter_by(digest=digest).values(verified=True, seen_at=self._now()))

    def end(self, digest: str) -> None:
        self._execute(delete(sessions).filter_by(digest=digest))

    def end_all(self, account: str) -> None:
        self._execute(delete(sessions).filter_by(account=account))

    def forget_old(self, started_before: float, seen_before: float) -> None:
        """Delete those that have ended."""
        self._execute(
            delete(sessions).where(or_(sessions.c.started_at < started_before, sessions.c.seen_at < seen_before))
        )


class Invitations(Repository):
    """Implements office.repositories.InvitationRepository. An invitation is known by the digest of its token."""

    def add(self, digest: str, invitation: Invitation) -> None:
        """Replaces what was open for the same name; those that have expired go too."""
        is_over = or_(invitations.c.name == invitation.name, invitations.c.expires_at < self._now())
        with self._transaction() as connection:
            connection.execute(delete(invitations).where(is_over))
            connection.execute(self._insert(invitations).values(digest=digest, **invitation._asdict()))

    def get(self, digest: str) -> Invitation | None:
        """One that is still open."""
        return next(iter(self._open(invitations.c.digest == digest)), None)

    def all(self) -> list[Invitation]:
        """Those still open, by name."""
        return self._open()

    def take(self, digest: str) -> bool:
        """True for the one who uses it first."""
        taken = delete(invitations).where(invitations.c.digest == digest, invitations.c.expires_at >= self._now())
        return bool(self._execute(taken).rowcount == 1)

    def withdraw(self, name: str) -> bool:
        """False where none was there."""
        return bool(self._execute(delete(invitations).filter_by(name=name)).rowcount)

    def _open(self, *conditions: object) -> list[Invitation]:
        columns = (invitations.c.name, invitations.c.role, invitations.c.invited_by, invitations.c.expires_at)
        found = select(*columns).where(invitations.c.expires_at >= self._now(), *conditions)  # type: ignore[arg-type]
        with self._transaction() as connection:
            rows = connection.execute(found.order_by(invitations.c.name)).all()
        return [Invitation(row.name, Role(row.role), row.invited_by, row.expires_at) for row in rows]
