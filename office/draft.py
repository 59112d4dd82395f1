"""A draft: what one person is about to change in the library, held against the version that is live.

Values alone. What is done to a draft gives another one to be kept; office/drafts.py keeps it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count
from typing import Any, NamedTuple

from retrieval.changes import row_key
from retrieval.edits import Base, Edit, Edited, Key, Row, searched
from retrieval.library import Library
from retrieval.library_rows import CASES, QUESTIONS, TABLES
from retrieval.sheets.model import Problem
from retrieval.sheets.reader import Table


class Held(NamedTuple):
    """A draft as it is kept. `keep`: numbers whose case became another matter and whose questions stay."""

    edits: tuple[Edit, ...] = ()
    keep: tuple[int, ...] = ()

    def as_text(self) -> str:
        """For the store; "" for an empty one."""
        held = {"edits": as_lists(self.edits), "keep": self.keep}
        return json.dumps(held, ensure_ascii=False, separators=(",", ":")) if self.edits else ""


def as_lists(edits: Iterable[Edit]) -> list[list[Any]]:
    """Edits as lists of texts."""
    return [[edit.table.names[-1], edit.key, edit.before, edit.after] for edit in edits]


def from_lists(lists: Iterable[list[Any]]) -> list[Edit]:
    """Edits as `as_lists` wrote them. A row of an earlier release that had fewer columns is no row of this one."""
    tables = {table.names[-1]: table for table in TABLES}
    return [
        Edit(tables[name], tuple(key), *(None if row is None else tuple(row) for row in rows))
        for name, key, *rows in lists
        if all(row is None or len(row) == len(tables[name].columns) for row in rows)
    ]


@lru_cache(maxsize=20)
def held_in(text: str) -> Held:
    """A draft as the store has it; "" for none."""
    if not text:
        return Held()
    kept = json.loads(text)
    return Held(tuple(from_lists(kept["edits"])), tuple(kept["keep"]))


class DraftRow(NamedTuple):
    """A row as a draft has it. `state`: "new", "changed", "removed", or "" for a row that the draft leaves alone."""

    key: Key
    row: Row
    state: str

    @classmethod
    def of(cls, edit: Edit) -> "DraftRow":
        state = "removed" if edit.after is None else "changed" if edit.before else "new"
        row = edit.after or edit.before
        assert row, "an edit has a row on one side at least"
        return cls(edit.key, row, state)


@dataclass(frozen=True)
class Draft:
    """A person's draft against a version. `text` is how it is kept. With `problems` it cannot be taken as it is."""

    account: str
    text: str
    version: int
    base: Base
    edited: Edited

    @classmethod
    def against(cls, version: int, base: Base, account: str, text: str) -> "Draft":
        return cls(account, text, version, base, base.apply(held_in(text).edits))

    @property
    def library(self) -> Library:
        return self.edited.library

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.edited.problems

    @property
    def keep(self) -> tuple[int, ...]:
        return held_in(self.text).keep

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """What is still to be changed: what is live by now, whoever did it, is left out."""
        left = {edit.place for edit in (*self.edited.fresh, *(edit for edit, _ in self.edited.stale))}
        return tuple(edit for edit in held_in(self.text).edits if edit.place in left)

    @cached_property
    def digest(self) -> str:
        """Names what there is to check: the same for the same draft on the same version."""
        return hashlib.sha256(f"{self.version} {self.text}".encode("utf-8", "replace")).hexdigest()

    def edit(self, table: Table, key: Key) -> Edit | None:
        return self._by_place.get((table, key))

    def row(self, table: Table, key: Key) -> Row | None:
        """A row as the draft has it."""
        edit = self.edit(table, key)
        return edit.after if edit else self.base.rows(table).get(key)

    def rows(self, table: Table) -> tuple[DraftRow, ...]:
        """The rows of a table as the draft has them, those that it removes in their place, new ones last."""
        if table not in self._listed:
            self._listed[table] = tuple(self._rows(table))
        return self._listed[table]

    def found(self, table: Table, wanted: str) -> Iterator[DraftRow]:
        """The rows that have a text somewhere."""
        there, looked_for = self.base.searched(table), searched((wanted,))
        for row in self.rows(table):
            if looked_for in (searched(row.row) if row.state else there[row.key]):
                yield row

    # what is done to it

    def with_row(self, table: Table, key: Key | None, row: Row, seen: Base) -> Held:
        """A row new (no key), or instead of the one under the key; `seen`: the library that it was typed over."""
        new_key = row_key(table, row)
        moved = [self._edit(table, key, None, seen)] if key is not None and key != new_key else []
        return self._with([*moved, self._edit(table, new_key, row, seen)])

    def without_row(self, table: Table, key: Key, seen: Base) -> Held:
        """A row less."""
        return self._with([self._edit(table, key, None, seen)] if self.row(table, key) is not None else [])

    def reverted(self, table: Table, key: Key) -> Held:
        """Nothing done to a row: whatever is live stays."""
        return self._held(edit for edit in self.edits if edit.place != (table, key))

    def insisted(self, table: Table, key: Key) -> Held:
        """A row as the draft wants it, though somebody else has changed it since."""
        edit = self.edit(table, key)
        return self._with([edit._replace(before=self.base.rows(table).get(key))] if edit else [])

    def with_questions(self, rows: Iterable[Row]) -> Held:
        """Ways of asking more, each there once: what is there already becomes this row."""
        return self._with([edit for row in rows for edit in self._question(row)])

    def keeping(self, numbers: Iterable[int]) -> Held:
        """The questions of these numbers stay, though their cases have become another matter."""
        return Held(self.edits, tuple(sorted({*self.keep, *numbers})))

    def without_questions(self, numbers: Iterable[int]) -> Held:
        """The old questions of these numbers go; those that the draft itself brings stay."""
        gone = {str(number) for number in numbers}
        rows = self.base.rows(QUESTIONS).items()
        going = [(key, row) for key, row in rows if row[1] in gone and not self.edit(QUESTIONS, key)]
        return self._with([Edit(QUESTIONS, key, row, None) for key, row in going])

    # how

    @cached_property
    def _by_place(self) -> dict[tuple[Table, Key], Edit]:
        return {edit.place: edit for edit in self.edits}

    @cached_property
    def _listed(self) -> dict[Table, tuple[DraftRow, ...]]:
        return {}

    def _rows(self, table: Table) -> Iterator[DraftRow]:
        own = {edit.key: edit for edit in self.edits if edit.table == table}
        there = self.base.rows(table)
        yield from (DraftRow.of(own[key]) if key in own else DraftRow(key, row, "") for key, row in there.items())
        yield from (DraftRow.of(edit) for edit in own.values() if edit.key not in there and edit.after is not None)

    def _edit(self, table: Table, key: Key, row: Row | None, seen: Base) -> Edit:
        """An edit of a row; one that is edited again is still held against what it was first made on."""
        known = self.edit(table, key)
        return Edit(table, key, known.before if known else seen.rows(table).get(key), row)

    def _question(self, row: Row) -> Iterator[Edit]:
        key = row_key(QUESTIONS, row)
        yield self._edit(QUESTIONS, key, row, self.base)
        for number in count(2):
            again = (key[0], str(number))
            if self.row(QUESTIONS, again) is None:
                return
            yield self._edit(QUESTIONS, again, None, self.base)

    def _with(self, edits: Iterable[Edit]) -> Held:
        """These edits besides; what comes back to what it was is no edit."""
        return self._held({edit.place: edit for edit in (*self.edits, *edits)}.values())

    def _held(self, edits: Iterable[Edit]) -> Held:
        """Of a case that is edited otherwise by now, nobody has decided about its questions."""
        kept = {edit.place: edit for edit in edits if edit.before != edit.after}
        cases = {number: (CASES, (str(number),)) for number in self.keep}
        decided = (number for number, place in cases.items() if kept.get(place) == self._by_place.get(place))
        return Held(tuple(kept.values()), tuple(decided))
