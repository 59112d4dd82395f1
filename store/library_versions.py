"""Imported case libraries, each a version; the newest is live."""

from sqlalchemy import func, insert, select

from retrieval.versions import LibraryVersion
from store.database import Repository
from store.tables import LibraryVersionRow


class LibraryVersions(Repository):
    """Implements retrieval.versions.LibraryVersions."""

    def newest_number(self) -> int:
        """The number of the live library; 0 for the bundled one."""
        with self._transaction() as connection:
            return connection.execute(select(func.max(LibraryVersionRow.id))).scalar() or 0

    def newest(self) -> LibraryVersion | None:
        """The live library; None for the bundled one."""
        newest = select(LibraryVersionRow.id, LibraryVersionRow.cases_csv).order_by(LibraryVersionRow.id.desc())
        with self._transaction() as connection:
            row = connection.execute(newest.limit(1)).first()
        return LibraryVersion(row[0], bytes(row[1])) if row else None

    def save(self, cases_csv: bytes) -> int:
        """Keep a library as the live one; its number."""
        new = insert(LibraryVersionRow).values(cases_csv=cases_csv, imported_at=self._now())
        with self._transaction() as connection:
            return int(connection.execute(new.returning(LibraryVersionRow.id)).scalar_one())
