"""Questions that their askers handed over to the office: a masked text and its day, nothing else."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from office.model import MissedQuestion
from store.database import Repository
from store.office_tables import MissedQuestionRow as Row

LOCK = 7402002  # any number that nobody else locks
WAITS = ""  # what `taught` holds until the office has taught it


class MissedQuestions(Repository):
    """Implements core.safe_store.MissedQuestions and office.missed.Questions."""

    def keep(self, text: str, day: date, at_most: int) -> bool:
        """Keep a text; the same on the same day makes no second row. False where the day already has `at_most`."""
        of_day = select(func.count()).where(Row.day == day)
        with self._transaction() as connection:
            _alone(connection)
            if connection.execute(of_day.where(Row.text == text)).scalar():
                return True
            if (connection.execute(of_day).scalar() or 0) >= at_most:
                return False
            values = {"key": secrets.token_hex(16), "day": day, "text": text, "taught": WAITS}
            connection.execute(self._insert(Row).values(values))
            return True

    def waiting(self, at_most: int) -> list[MissedQuestion]:
        """Those that nobody has taught yet, the newest first."""
        return self._read(select(Row).where(Row.taught == WAITS).order_by(Row.day.desc(), Row.key).limit(at_most))

    def taught(self, at_most: int) -> list[MissedQuestion]:
        """Those that were taught, the newest first."""
        return self._read(select(Row).where(Row.taught != WAITS).order_by(Row.day.desc(), Row.key).limit(at_most))

    def count_waiting(self) -> int:
        with self._transaction() as connection:
            return connection.execute(select(func.count()).where(Row.taught == WAITS)).scalar() or 0

    def get(self, keys: Sequence[str]) -> list[MissedQuestion]:
        """Those of the keys that are still there, the newest first."""
        return self._read(select(Row).where(Row.key.in_(keys)).order_by(Row.day.desc(), Row.key))

    def mark(self, keys: Sequence[str], taught: str) -> int:
        """Taught with a label, or waiting again (""); how many were there."""
        return self._execute(update(Row).where(Row.key.in_(keys)).values(taught=taught)).rowcount

    def delete(self, keys: Sequence[str]) -> int:
        """How many were there."""
        return self._execute(delete(Row).where(Row.key.in_(keys))).rowcount

    def forget_before(self, day: date) -> None:
        """Delete what is older, taught or not."""
        self._execute(delete(Row).where(Row.day < day))

    def _read(self, wanted: Select[Any]) -> list[MissedQuestion]:
        columns = wanted.with_only_columns(Row.key, Row.day, Row.text, Row.taught)
        with self._transaction() as connection:
            return [MissedQuestion(*row) for row in connection.execute(columns)]


def _alone(connection: Connection) -> None:
    """One at a time counts and adds, so that a double tap makes one row; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
