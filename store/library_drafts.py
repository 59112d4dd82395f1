"""What each person is about to change in the library, and what is known of what that would do."""

from sqlalchemy import delete, select, update

from office.model import CheckRow
from store.database import Repository
from store.office_tables import draft_checks, library_drafts


class LibraryDrafts(Repository):
    """Implements office.drafts.DraftRepository."""

    def get(self, account: str) -> str:
        """The draft as it was put, "" for none."""
        with self._transaction() as connection:
            found = select(library_drafts.c.edits).filter_by(account=account)
            return connection.execute(found).scalar() or ""

    def swap(self, account: str, before: str, after: str) -> bool:
        """Put a draft in place of the one that was read, "" being none; False where that is not there any more."""
        own = (library_drafts.c.account == account, library_drafts.c.edits == before)
        values = {"edits": after, "changed_at": self._now()}
        with self._transaction() as connection:
            if not before:
                none = self._insert(library_drafts).values({"account": account, **values, "edits": ""})
                connection.execute(none.on_conflict_do_nothing())
            is_swapped = connection.execute(update(library_drafts).where(*own).values(**values)).rowcount == 1
            if is_swapped and not after:
                for table in (library_drafts, draft_checks):
                    connection.execute(delete(table).filter_by(account=account))
            return is_swapped

    def of_others(self, account: str) -> list[tuple[str, str]]:
        """Everybody else's drafts by their names."""
        found = select(library_drafts.c.account, library_drafts.c.edits).where(library_drafts.c.account != account)
        with self._transaction() as connection:
            return [(row.account, row.edits) for row in connection.execute(found.order_by(library_drafts.c.account))]


class DraftChecks(Repository):
    """Implements office.draft_checks.CheckRepository: one check for each person, the newest."""

    def get(self, account: str) -> CheckRow | None:
        columns = (draft_checks.c.digest, draft_checks.c.step, draft_checks.c.result, draft_checks.c.seen_at)
        with self._transaction() as connection:
            row = connection.execute(select(*columns).filter_by(account=account)).first()
        return CheckRow(*row) if row else None

    def begin(self, account: str, digest: str, step: str, abandoned_before: float) -> bool:
        """True for the one who is to work it; False where it is known, or somebody works it."""
        now = self._now()
        values = {"digest": digest, "step": step, "result": "", "seen_at": now}
        new = self._insert(draft_checks).values(account=account, **values).on_conflict_do_nothing()
        old = update(draft_checks).filter_by(account=account)
        with self._transaction() as connection:
            if connection.execute(new.returning(draft_checks.c.account)).first():
                return True
            other = connection.execute(old.where(draft_checks.c.digest != digest).values(**values)).rowcount
            abandoned = old.where(draft_checks.c.result == "", draft_checks.c.seen_at < abandoned_before)
            return bool(other or connection.execute(abandoned.values(**values)).rowcount)

    def note(self, account: str, digest: str, step: str | None = None) -> bool:
        """Whoever works it is still there, perhaps at another step; False where it is not wanted any more."""
        values = {"seen_at": self._now()} | ({} if step is None else {"step": step})
        wanted = update(draft_checks).filter_by(account=account, digest=digest)
        return bool(self._execute(wanted.values(**values)).rowcount == 1)

    def finish(self, account: str, digest: str, result: str) -> None:
        wanted = update(draft_checks).filter_by(account=account, digest=digest)
        self._execute(wanted.values(result=result, seen_at=self._now()))
