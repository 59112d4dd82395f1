"""Versions of the library; the newest is live."""

from sqlalchemy import func, insert, select, text

from retrieval.versions import Content, Counts, NewVersion, Version
from store.database import Repository
from store.tables import library_versions as table

SAVE_LOCK = 7402003  # any number that nobody else locks
LARGEST = 2**31 - 1  # beyond, PostgreSQL takes a number for a fault
_DESCRIBED = (
    *(table.c.id, table.c.imported_at, table.c.cases, table.c.questions, table.c.laws, table.c.guides),
    *(table.c.author, table.c.note, table.c.shipped, table.c.shipped_digest),
)
_CONTENT = (table.c.cases_csv, table.c.questions_csv, table.c.laws_csv, table.c.guides_csv)


class LibraryVersions(Repository):
    """Implements retrieval.versions.LibraryVersions."""

    def newest_number(self) -> int:
        """The number of the live version; 0 while nothing was ever imported."""
        with self._transaction() as connection:
            return connection.execute(select(func.max(table.c.id))).scalar() or 0

    def all(self) -> list[Version]:
        """Every version, the newest first."""
        with self._transaction() as connection:
            rows = connection.execute(select(*_DESCRIBED).order_by(table.c.id.desc())).all()
        return [
            Version(
                number=row.id,
                saved_at=row.imported_at,
                counts=Counts(row.cases, row.questions, row.laws, row.guides),
                author=row.author,
                note=row.note,
                shipped=row.shipped,
                shipped_digest=row.shipped_digest,
            )
            for row in rows
        ]

    def content(self, number: int) -> Content | None:
        """What a version holds; None: there is no such version."""
        if number > LARGEST:
            return None
        with self._transaction() as connection:
            row = connection.execute(select(*_CONTENT).where(table.c.id == number)).first()
        return Content(*row) if row else None

    def save(self, version: NewVersion, after: int | None = None) -> int | None:
        """Keep a version as the live one; its number. With `after`, None where that is not the newest any more."""
        new = insert(table).values(
            cases_csv=version.content.cases,
            questions_csv=version.content.questions,
            laws_csv=version.content.laws,
            guides_csv=version.content.guides,
            **version.counts._asdict(),
            author=version.author,
            note=version.note,
            shipped=version.shipped,
            shipped_digest=version.shipped_digest,
            imported_at=self._now(),
        )
        with self._transaction() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyhow
                connection.execute(text(f"SELECT pg_advisory_xact_lock({SAVE_LOCK})"))
            if after is not None and after != (connection.execute(select(func.max(table.c.id))).scalar() or 0):
                return None
            return int(connection.execute(new.returning(table.c.id)).scalar_one())
