"""A change of the library row by row, so that what several people change at once can be told apart.

An edit knows the row as it was. Where the library has another row there by now, the edit is stale: nothing is
overwritten, and whoever wanted it decides again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from retrieval import library_rows
from retrieval.changes import keyed_rows, row_key, row_name
from retrieval.guide_rows import GUIDES, read_guides
from retrieval.library import NO_CASE, Label, Library, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS, TABLES, read_cases, read_laws, read_questions, table_rows
from retrieval.sheets.cells import cell_problems
from retrieval.sheets.model import Problem, SheetError, SheetRow
from retrieval.sheets.reader import Table

Key = tuple[str, ...]
Row = tuple[str, ...]


class Edit(NamedTuple):
    """One row before and after, as text in the order of the table's columns; None: there is no such row."""

    table: Table
    key: Key
    before: Row | None
    after: Row | None

    @property
    def name(self) -> str:
        """The row in words: 第 2 案「…」."""
        row = self.after or self.before
        assert row, "an edit has a row on one side at least"
        return row_name(self.table, row)


@dataclass(frozen=True)
class Edited:
    """A library with edits in it. `stale`: edits that were left out, with the row that is there now."""

    library: Library
    stale: tuple[tuple[Edit, Row | None], ...] = ()


class _EditedRow(SheetRow):
    """A row that somebody typed into a form: it has a name, but no number in a sheet."""

    def place(self, column: str) -> str:
        return (
            f"{self.title}「{self.headings.get(column, column)}」" if self.title else self.headings.get(column, column)
        )


def between(old: Library, new: Library) -> list[Edit]:
    """What has to be edited in `old` to have `new`."""
    before, now = table_rows(old), table_rows(new)
    return [edit for table in TABLES for edit in _between(table, before[table], now[table])]


def _between(table: Table, before: Sequence[list[str]], now: Sequence[list[str]]) -> Iterator[Edit]:
    old, new = keyed_rows(table, before), keyed_rows(table, now)
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            yield Edit(table, key, _row(old.get(key)), _row(new.get(key)))


class Base:
    """A library whose rows can be looked up and edited; made once for many edits."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._rows: dict[Table, dict[Key, Row]] = {}

    def rows(self, table: Table) -> dict[Key, Row]:
        """The rows of one table by their keys, in their order."""
        if not self._rows:
            written = table_rows(self.library)
            self._rows = {
                each: {key: tuple(row) for key, row in keyed_rows(each, written[each]).items()} for each in TABLES
            }
        return self._rows[table]

    def row_problems(self, table: Table, row: Row, library: Library | None = None) -> tuple[Problem, ...]:
        """What is wrong with one row, if it came into the library; a question may name what another `library` has."""
        try:
            _read(table, [_as_sheet_row(table, row, "")], _labels(library or self.library, ()))
        except SheetError as error:
            return error.problems
        return ()

    def apply(self, edits: Iterable[Edit]) -> Edited:
        """The library with these edits; raises SheetError with every problem of their rows."""
        wanted = [(edit, self.rows(edit.table).get(edit.key)) for edit in edits]
        fresh = [edit for edit, now in wanted if now == edit.before]
        stale = tuple((edit, now) for edit, now in wanted if now not in (edit.before, edit.after))
        return Edited(self._changed(fresh) if fresh else self.library, stale)

    def _changed(self, edits: Sequence[Edit]) -> Library:
        """Rows that are not edited stay the values they are."""
        problems: list[Problem] = []
        library, labels = self.library, _labels(self.library, edits)
        parts: dict[Table, tuple[Any, ...]] = {
            **{CASES: library.cases, QUESTIONS: library.questions, LAWS: library.laws, GUIDES: library.guides}
        }
        for table in dict.fromkeys(edit.table for edit in edits):
            own = [edit for edit in edits if edit.table == table]
            try:
                typed = [_as_sheet_row(table, edit.after, edit.name) for edit in own if edit.after is not None]
                values = iter(_read(table, typed, labels) if typed else ())
            except SheetError as error:
                problems += error.problems
                continue
            edited = {edit.key: next(values) if edit.after is not None else None for edit in own}
            parts[table] = tuple(self._joined(table, parts[table], edited))
        if problems:
            raise SheetError(*problems)
        return _checked(assemble(parts[CASES], parts[QUESTIONS], parts[LAWS], parts[GUIDES], library), edits)

    def _joined(self, table: Table, values: tuple[Any, ...], edited: dict[Key, Any | None]) -> Iterator[Any]:
        """The values of a table in their order, edited ones in their place, new ones behind."""
        left = dict(edited)
        for key, value in zip(self.rows(table), values, strict=True):
            now = left.pop(key) if key in left else value
            if now is not None:
                yield now
        yield from (value for value in left.values() if value is not None)


def _checked(library: Library, edits: Iterable[Edit]) -> Library:
    """The library, if the cards of what was edited can show it."""
    edited = {edit.key[0] for edit in edits if edit.table in (CASES, GUIDES)}
    entries = (each for label, each in library.entries.items() if str(label) in edited)
    if found := [problem for each in entries for problem in library_rows.card_problems(each)]:
        raise SheetError(*found)
    return library


def _labels(library: Library, edits: Iterable[Edit]) -> set[Label | None]:
    """What a question may belong to: what is there, what its old ones name, and what the edits bring."""
    known: set[Label | None] = {NO_CASE, *library.entries, *(question.label for question in library.questions)}
    for edit in edits:
        if edit.after and edit.table in (CASES, GUIDES):
            known.add(int(edit.key[0]) if edit.table == CASES and edit.key[0].isdecimal() else edit.key[0])
    return known


def _read(table: Table, typed: list[SheetRow], labels: set[Label | None]) -> tuple[Any, ...]:
    readers: dict[Table, Callable[[], tuple[Any, ...]]] = {
        CASES: lambda: read_cases(typed),
        QUESTIONS: lambda: read_questions(typed, labels),
        LAWS: lambda: read_laws(typed),
        GUIDES: lambda: read_guides(typed),
    }
    return readers[table]()


def _as_sheet_row(table: Table, row: Row, name: str) -> SheetRow:
    names = [column.name for column in table.columns]
    headings = {column.name: column.headings[0] for column in table.columns}
    typed = _EditedRow(0, dict(zip(names, row, strict=True)), headings, name)
    if found := [problem for column in names for problem in cell_problems(typed, column, None, True)]:
        raise SheetError(*found)
    return typed


def _row(row: Sequence[str] | None) -> Row | None:
    return None if row is None else tuple(row)


# as JSON, to be kept


def to_json(edits: Iterable[Edit]) -> str:
    listed = [[edit.table.names[-1], edit.key, edit.before, edit.after] for edit in edits]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> list[Edit]:
    """Edits as `to_json` wrote them. A row of an earlier release that had fewer columns is no row of this one."""
    tables = {table.names[-1]: table for table in TABLES}
    return [
        Edit(tables[name], tuple(key), _row(before), _row(after))
        for name, key, before, after in json.loads(text)
        if all(row is None or len(row) == len(tables[name].columns) for row in (before, after))
    ]


def edit_of(table: Table, before: Row | None, after: Row | None) -> Edit:
    """The edit that makes one row of the other. A case, guide or law under a new key is another row."""
    row = after or before
    assert row, "nothing to edit"
    return Edit(table, row_key(table, row), before, after)
