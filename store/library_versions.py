"""Versions of the library; the newest is live."""

from sqlalchemy import func, insert, select, text

from retrieval.versions import Content, Counts, NewVersion, Version
from store.database import Repository
from store.tables import LibraryVersionRow as Row

SAVE_LOCK = 7402003  # any number that nobody else locks
LARGEST = 2**31 - 1  # beyond, PostgreSQL takes a number for a fault
_DESCRIBED = (
    *(Row.id, Row.imported_at, Row.cases, Row.questions, Row.laws, Row.guides),
    *(Row.author, Row.note, Row.shipped, Row.shipped_digest),
)


class LibraryVersions(Repository):
    """Implements retrieval.versions.LibraryVersions."""

    def newest_number(self) -> int:
        """The number of the live version; 0 while nothing was ever imported."""
        with self._transaction() as connection:
            return connection.execute(select(func.max(Row.id))).scalar() or 0

    def all(self) -> list[Version]:
        """Every version, the newest first."""
        with self._transaction() as connection:
            rows = connection.execute(select(*_DESCRIBED).order_by(Row.id.desc())).all()
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
            found = select(Row.cases_csv, Row.questions_csv, Row.laws_csv, Row.guides_csv).where(Row.id == number)
            row = connection.execute(found).first()
        return Content(*row) if row else None

    def save(self, version: NewVersion, after: int | None = None) -> int | None:
        """Keep a version as the live one; its number. With `after`, None where that is not the newest any more."""
        new = insert(Row).values(
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
            if after is not None and after != (connection.execute(select(func.max(Row.id))).scalar() or 0):
                return None
            return int(connection.execute(new.returning(Row.id)).scalar_one())
