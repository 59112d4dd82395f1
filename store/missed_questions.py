"""Questions that their askers handed over to the office: a masked text and its day.

Where a platform tells when a message is taken back, also a keyed digest of the message, by which the text is found.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from digests import Digest
from office.model import MissedQuestion
from store.database import Database, Repository
from store.office_tables import missed_questions as table

LOCK = 7402004  # any number that nobody else locks
WAITS = ""  # what `taught` holds until the office has taught it
OTHERS = "others"  # among the digests: somebody handed it over whose message cannot be taken back
MOST_MESSAGES = 50  # digests of one text; who comes after counts as OTHERS


class MissedQuestions(Repository):
    """Implements core.safe_store.MissedQuestions and office.missed.Questions."""

    def __init__(self, database: Database, now: Callable[[], float], digest: Digest) -> None:
        super().__init__(database, now)
        self._digest = digest

    def keep(self, text: str, day: date, at_most: int, message: str = "") -> bool:
        """Keep a text, typed in that message; the same on the same day makes no second row.

        False where the day already has `at_most`.
        """
        of_day, typed_in = select(func.count()).where(table.c.day == day), self._digest(message) if message else OTHERS
        same = select(table.c.key, table.c.messages).where(table.c.day == day, table.c.text == text)
        with self._transaction() as connection:
            _alone(connection)
            if known := connection.execute(same).first():
                messages = _and(known.messages.split(), typed_in)
                connection.execute(update(table).where(table.c.key == known.key).values(messages=messages))
                return True
            if (connection.execute(of_day).scalar() or 0) >= at_most:
                return False
            values = {"key": secrets.token_hex(16), "day": day, "text": text, "taught": WAITS, "messages": typed_in}
            connection.execute(self._insert(table).values(values))
            return True

    def take_back(self, message: str, at: float | None = None) -> None:
        """Delete what was typed in that message; where others handed the same over, only that it was typed there.

        Whenever that was asked (`at`): a message that was taken back stays so.
        """
        digest = self._digest(message)
        typed_there = select(table.c.key, table.c.messages).where(table.c.messages.contains(digest))
        with self._transaction() as connection:
            _alone(connection)
            found = connection.execute(typed_there).all()
            for key, messages in found:
                if left := " ".join(each for each in messages.split() if each != digest):
                    connection.execute(update(table).where(table.c.key == key).values(messages=left))
                else:
                    connection.execute(delete(table).where(table.c.key == key))
        if found:
            self._scrub()

    def waiting(self, at_most: int) -> list[MissedQuestion]:
        """Those that nobody has taught yet, the newest first."""
        return self._read(select(table).where(table.c.taught == WAITS).limit(at_most))

    def taught(self, at_most: int) -> list[MissedQuestion]:
        """Those that were taught, the newest first."""
        return self._read(select(table).where(table.c.taught != WAITS).limit(at_most))

    def count_waiting(self) -> int:
        with self._transaction() as connection:
            return connection.execute(select(func.count()).where(table.c.taught == WAITS)).scalar() or 0

    def get(self, keys: Sequence[str]) -> list[MissedQuestion]:
        """Those of the keys that are still there, the newest first."""
        return self._read(select(table).where(table.c.key.in_(keys)))

    def mark(self, keys: Sequence[str], taught: str) -> int:
        """Taught with a label, or waiting again (""); how many were there."""
        return self._execute(update(table).where(table.c.key.in_(keys)).values(taught=taught)).rowcount

    def delete(self, keys: Sequence[str]) -> int:
        """How many were there."""
        count = self._execute(delete(table).where(table.c.key.in_(keys))).rowcount
        self._scrub()
        return count

    def forget_before(self, day: date) -> None:
        """Delete what is older, taught or not."""
        self._execute(delete(table).where(table.c.day < day))

    def _read(self, wanted: Select[Any]) -> list[MissedQuestion]:
        """The newest first."""
        columns = wanted.with_only_columns(table.c.key, table.c.day, table.c.text, table.c.taught)
        with self._transaction() as connection:
            ordered = connection.execute(columns.order_by(table.c.day.desc(), table.c.key))
            return [MissedQuestion(*row) for row in ordered]


def _and(messages: list[str], one_more: str) -> str:
    """Each once, and not without end."""
    if len(messages) >= MOST_MESSAGES:
        one_more = OTHERS
    return " ".join(dict.fromkeys([*messages, one_more]))


def _alone(connection: Connection) -> None:
    """One at a time counts and adds, so that a double tap makes one row; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
