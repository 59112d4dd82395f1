"""Browsers that are logged in to the console, and links by which somebody makes an account."""

from sqlalchemy import delete, or_, select, update

from office.model import Invitation, Role, Session
from store.database import Repository
from store.office_tables import InvitationRow, SessionRow


class Sessions(Repository):
    """Implements office.sessions.SessionRepository. A session is known by the digest of its token."""

    def start(self, digest: str, account: str, verified: bool) -> None:
        now = self._now()
        values = {"account": account, "started_at": now, "seen_at": now, "verified": verified}
        self._execute(self._insert(SessionRow).values(digest=digest, **values))

    def get(self, digest: str, started_after: float, seen_after: float) -> Session | None:
        """A session that has not ended."""
        columns = (SessionRow.account, SessionRow.started_at, SessionRow.seen_at, SessionRow.verified)
        found = select(*columns).where(SessionRow.digest == digest)
        with self._transaction() as connection:
            row = connection.execute(
                found.where(SessionRow.started_at >= started_after, SessionRow.seen_at >= seen_after)
            ).first()
        return Session(*row) if row else None

    def see(self, digest: str) -> None:
        """Its person is still there."""
        self._execute(update(SessionRow).filter_by(digest=digest).values(seen_at=self._now()))

    def verify(self, digest: str) -> None:
        """Its person gave the second factor."""
        self._execute(update(SessionRow).filter_by(digest=digest).values(verified=True, seen_at=self._now()))

    def end(self, digest: str) -> None:
        self._execute(delete(SessionRow).filter_by(digest=digest))

    def end_all(self, account: str) -> None:
        self._execute(delete(SessionRow).filter_by(account=account))

    def forget_old(self, started_before: float, seen_before: float) -> None:
        """Delete those that have ended."""
        self._execute(
            delete(SessionRow).where(or_(SessionRow.started_at < started_before, SessionRow.seen_at < seen_before))
        )


class Invitations(Repository):
    """Implements office.repositories.InvitationRepository. An invitation is known by the digest of its token."""

    def add(self, digest: str, invitation: Invitation) -> None:
        """Replaces what was open for the same name; those that have expired go too."""
        is_over = or_(InvitationRow.name == invitation.name, InvitationRow.expires_at < self._now())
        with self._transaction() as connection:
            connection.execute(delete(InvitationRow).where(is_over))
            connection.execute(self._insert(InvitationRow).values(digest=digest, **invitation._asdict()))

    def get(self, digest: str) -> Invitation | None:
        """One that is still open."""
        return next(iter(self._open(InvitationRow.digest == digest)), None)

    def all(self) -> list[Invitation]:
        """Those still open, by name."""
        return self._open()

    def take(self, digest: str) -> bool:
        """True for the one who uses it first."""
        taken = delete(InvitationRow).where(InvitationRow.digest == digest, InvitationRow.expires_at >= self._now())
        return bool(self._execute(taken).rowcount == 1)

    def withdraw(self, name: str) -> bool:
        """False where none was there."""
        return bool(self._execute(delete(InvitationRow).filter_by(name=name)).rowcount)

    def _open(self, *conditions: object) -> list[Invitation]:
        columns = (InvitationRow.name, InvitationRow.role, InvitationRow.invited_by, InvitationRow.expires_at)
        found = select(*columns).where(InvitationRow.expires_at >= self._now(), *conditions)  # type: ignore[arg-type]
        with self._transaction() as connection:
            rows = connection.execute(found.order_by(InvitationRow.name)).all()
        return [Invitation(row.name, Role(row.role), row.invited_by, row.expires_at) for row in rows]
