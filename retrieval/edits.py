"""A change of the library row by row, so that what several people change at once can be told apart.

An edit knows the row as it was. Where the library has another row there by now, the edit is stale: nothing is
overwritten, and whoever wanted it decides again.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from retrieval import library_rows
from retrieval.changes import keyed_rows, row_name
from retrieval.guide_rows import GUIDES, read_guides
from retrieval.library import NO_CASE, Entry, Label, Library, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS, TABLES, read_cases, read_laws, read_questions, table_rows
from retrieval.sheets.cells import cell_problems
from retrieval.sheets.model import Problem, SheetError, SheetRow
from retrieval.sheets.reader import Table

Key = tuple[str, ...]
Row = tuple[str, ...]
Values = tuple[Any, ...]

_PARTS = {CASES: "cases", QUESTIONS: "questions", LAWS: "laws", GUIDES: "guides"}
"""What a library calls the values of each table."""
_NO_CASES_LEFT = Problem(CASES.names[0], "全部移除了，機器人會什麼都找不到；請至少留一個案例")


class Edit(NamedTuple):
    """One row before and after, as text in the order of the table's columns; None: there is no such row."""

    table: Table
    key: Key
    before: Row | None
    after: Row | None

    @property
    def place(self) -> tuple[Table, Key]:
        """Which row it is about."""
        return self.table, self.key

    @property
    def name(self) -> str:
        """The row in words: 第 2 案「…」."""
        row = self.after or self.before
        assert row, "an edit has a row on one side at least"
        return row_name(self.table, row)


@dataclass(frozen=True)
class Edited:
    """A library with edits in it.

    `fresh`: those that are in it; `stale`: those that were left out, with the row that is there now. What the library
    had already is neither. With `problems` of the fresh ones, the library is the one before.
    """

    library: Library
    fresh: tuple[Edit, ...] = ()
    stale: tuple[tuple[Edit, Row | None], ...] = ()
    problems: tuple[Problem, ...] = ()


class _EditedRow(SheetRow):
    """A row that somebody typed into a form: it has a name, but no number in a sheet."""

    def place(self, column: str) -> str:
        heading = self.headings.get(column, column)
        return f"{self.title}「{heading}」" if self.title else heading


def between(old: Library, new: Library) -> list[Edit]:
    """What has to be edited in `old` to have `new`, in the order of its rows; what is removed comes first."""
    before, now = table_rows(old), table_rows(new)
    return [edit for table in TABLES for edit in _between(table, before[table], now[table])]


def _between(table: Table, before: Sequence[list[str]], now: Sequence[list[str]]) -> Iterator[Edit]:
    old, new = keyed_rows(table, before), keyed_rows(table, now)
    yield from (Edit(table, key, tuple(old[key]), None) for key in old if key not in new)
    for key, row in new.items():
        if row != old.get(key):
            yield Edit(table, key, tuple(old[key]) if key in old else None, tuple(row))


def typed(table: Table, rows: Sequence[Row], library: Library, edits: Iterable[Edit] = ()) -> list[Row]:
    """Rows as the library would write them, from what somebody typed. Raises SheetError with every problem of them.

    `edits`: what comes into the library together with them, which a question may name.
    """
    values = _read(table, [_as_sheet_row(table, row, "") for row in rows], _labels(library, edits))
    if table in (CASES, GUIDES):
        _check_cards(_with_laws(table, values, library).entries.values())
    written = table_rows(Library(**{"cases": (), _PARTS[table]: values}))[table]
    return list(map(tuple, written))


def entry(table: Table, row: Row, library: Library) -> Entry:
    """The case or guide that a typed row would be in a library. Raises SheetError."""
    values = _read(table, [_as_sheet_row(table, row, "")], set())
    (found,) = _with_laws(table, values, library).entries.values()
    return found


def _with_laws(table: Table, values: Values, library: Library) -> Library:
    """These cases or guides alone, their citations read."""
    return assemble(values if table == CASES else (), (), library.laws, values if table == GUIDES else ())


def searched(row: Row) -> str:
    """A row, or what is looked for in it, whatever its width and case."""
    return unicodedata.normalize("NFKC", "\n".join(row)).casefold()


class Base:
    """A library whose rows can be looked up and edited; made once for many edits."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._rows: dict[Table, dict[Key, Row]] = {}
        self._searched: dict[Table, dict[Key, str]] = {}

    def rows(self, table: Table) -> dict[Key, Row]:
        """The rows of one table by their keys, in their order."""
        if not self._rows:
            written = table_rows(self.library)
            self._rows = {
                each: {key: tuple(row) for key, row in keyed_rows(each, written[each]).items()} for each in TABLES
            }
        return self._rows[table]

    def searched(self, table: Table) -> dict[Key, str]:
        """What a search for a text looks at, row by row, as `searched` makes it."""
        if table not in self._searched:
            self._searched[table] = {key: searched(row) for key, row in self.rows(table).items()}
        return self._searched[table]

    def apply(self, edits: Iterable[Edit]) -> Edited:
        """The library with these edits."""
        wanted = [(edit, self.rows(edit.table).get(edit.key)) for edit in edits]
        fresh = tuple(edit for edit, now in wanted if now == edit.before != edit.after)
        stale = tuple((edit, now) for edit, now in wanted if now not in (edit.before, edit.after))
        labels = _labels(self.library, (edit for edit, _ in wanted))
        try:
            return Edited(self._changed(fresh, labels) if fresh else self.library, fresh, stale)
        except SheetError as error:
            return Edited(self.library, fresh, stale, error.problems)

    def _changed(self, edits: Sequence[Edit], labels: set[Label | None]) -> Library:
        """Rows that are not edited stay the values they are. Raises SheetError with every problem."""
        problems: list[Problem] = []
        parts: dict[Table, Values] = {table: getattr(self.library, name) for table, name in _PARTS.items()}
        for table in dict.fromkeys(edit.table for edit in edits):
            try:
                edited = _values([edit for edit in edits if edit.table == table], labels)
            except SheetError as error:
                problems += error.problems
            else:
                parts[table] = tuple(self._joined(table, parts[table], edited))
        if self.library.cases and not parts[CASES]:
            problems.append(_NO_CASES_LEFT)
        if problems:
            raise SheetError(*problems)
        library = assemble(parts[CASES], parts[QUESTIONS], parts[LAWS], parts[GUIDES], self.library)
        _check_cards(_concerned(library, edits))
        return library

    def _joined(self, table: Table, values: Values, edited: dict[Key, Any | None]) -> Iterator[Any]:
        """The values of a table in their order, edited ones in their place, new ones behind."""
        left = dict(edited)
        for key, value in zip(self.rows(table), values, strict=True):
            now = left.pop(key) if key in left else value
            if now is not None:
                yield now
        yield from (value for value in left.values() if value is not None)


def _values(edits: Sequence[Edit], labels: set[Label | None]) -> dict[Key, Any | None]:
    """What the edits of one table make of their rows; None: the row goes. Raises SheetError."""
    rows = [_as_sheet_row(edit.table, edit.after, edit.name) for edit in edits if edit.after is not None]
    values = iter(_read(edits[0].table, rows, labels) if rows else ())
    return {edit.key: None if edit.after is None else next(values) for edit in edits}


def _concerned(library: Library, edits: Sequence[Edit]) -> Iterator[Entry]:
    """The entries whose cards the edits change: those that are edited, and all where a law is."""
    if any(edit.table == LAWS for edit in edits):
        yield from library.entries.values()
        return
    edited = {(edit.table, edit.key[0]) for edit in edits}
    yield from (each for each in library.cases if (CASES, str(each.id)) in edited)
    yield from (each for each in library.guides if (GUIDES, each.id) in edited)


def _check_cards(entries: Iterable[Entry]) -> None:
    """Raises SheetError where a card cannot show all of its laws."""
    if found := [problem for each in entries for problem in library_rows.card_problems(each)]:
        raise SheetError(*found)


def _labels(library: Library, edits: Iterable[Edit]) -> set[Label | None]:
    """What a question may belong to: what is there, what its old ones name, and what the edits bring."""
    known: set[Label | None] = {NO_CASE, *library.entries, *(question.label for question in library.questions)}
    for edit in edits:
        if edit.after and edit.table in (CASES, GUIDES):
            known.add(int(edit.key[0]) if edit.table == CASES and edit.key[0].isdecimal() else edit.key[0])
    return known


def _read(table: Table, rows: list[SheetRow], labels: set[Label | None]) -> Values:
    readers: dict[Table, Callable[[], Values]] = {
        CASES: lambda: read_cases(rows),
        QUESTIONS: lambda: read_questions(rows, labels),
        LAWS: lambda: read_laws(rows),
        GUIDES: lambda: read_guides(rows),
    }
    return readers[table]()


def _as_sheet_row(table: Table, row: Row, name: str) -> SheetRow:
    names = [column.name for column in table.columns]
    headings = {column.name: column.headings[0] for column in table.columns}
    sheet_row = _EditedRow(0, dict(zip(names, row, strict=True)), headings, name)
    if found := [problem for column in names for problem in cell_problems(sheet_row, column, None, True)]:
        raise SheetError(*found)
    return sheet_row
