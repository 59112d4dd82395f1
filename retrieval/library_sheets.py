"""The library as its owner holds it: a workbook with 案例, 問法 and 法規, or CSV; read whole or not at all."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from retrieval import library_rows
from retrieval.library import NO_CASE, Library, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS, TABLES, read_cases, read_laws, read_questions
from retrieval.sheets import reader
from retrieval.sheets.model import Problem, Sheet, SheetError, SheetRow, of_file
from retrieval.sheets.reader import Table, TableRows
from retrieval.sheets.writer import to_csv

Value = TypeVar("Value")


class Read(NamedTuple):
    """A library read from somebody's file, and what was read for it."""

    library: Library
    tables: dict[Table, TableRows]
    ignored: tuple[str, ...]
    """The names of visible sheets that hold something and were not read."""


class _Problems(list[Problem]):
    """Every problem of a file, told at once."""

    def collect(self, read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except SheetError as error:
            self += error.problems
            return otherwise


def load(cases: Path, questions: Path | None, laws: Path) -> Library:
    """The library in these files; raises SheetError with every problem found, OSError."""
    read = read_cases(reader.read(cases, CASES))
    known = {NO_CASE, *(case.id for case in read)}
    bank = read_questions(reader.read(questions, QUESTIONS), known) if questions else ()
    return assemble(read, bank, read_laws(reader.read(laws, LAWS)))


def read_file(data: bytes, name: str, base: Library, any_number: bool = False) -> Read:
    """The library that a file makes of `base`: what the file does not hold stays as it is there.

    A question may name a case that is there or was in `base`, with `any_number` any. Raises SheetError with every
    problem found.
    """
    with of_file(name):
        return _read_file(data, name, base, any_number)


def _read_file(data: bytes, name: str, base: Library, any_number: bool) -> Read:
    problems = _Problems()
    sheets = reader.open_sheets(data, name, TABLES)
    tables = _tables(sheets, name, problems)

    def part(table: Table, read: Callable[[list[SheetRow]], Value], stays: Value) -> Value:
        return problems.collect(lambda: read(tables[table].rows), stays) if table in tables else stays

    cases = part(CASES, read_cases, base.cases)
    known = {NO_CASE, *(case.id for case in (*cases, *base.cases)), *(question.case_id for question in base.questions)}
    questions = part(QUESTIONS, lambda rows: read_questions(rows, None if any_number else known), base.questions)
    laws = part(LAWS, read_laws, base.laws)
    library = assemble(cases, questions, laws)
    if not problems:
        problems.extend(problem for case in library.cases for problem in library_rows.card_problems(case))
    if problems:
        raise SheetError(*problems)
    read = [found.sheet.name for found in tables.values()]
    ignored = tuple(sheet.name for sheet in sheets if sheet.rows and not sheet.hidden and sheet.name not in read)
    return Read(library, tables, ignored)


def _tables(sheets: Sequence[Sheet], name: str, problems: _Problems) -> dict[Table, TableRows]:
    """Which sheet holds what: a text file the cases, a workbook any of TABLES."""
    found: dict[Table, TableRows] = {}
    for table in (CASES,) if sheets[0].ragged else TABLES:
        before = len(problems)
        rows = problems.collect(partial(reader.find, sheets, table), None)
        if rows:
            found[table] = rows
        elif reader.named(sheets, table) and len(problems) == before:
            problems.append(reader.missing_header(sheets, table, name))
    if not found and not problems:
        problems.append(reader.missing_header(sheets, CASES, name))
    return found


def as_csv(library: Library, table: Table) -> bytes:
    """One table of a library as CSV under the program's own headings."""
    return to_csv([column.name for column in table.columns], library_rows.table_rows(library)[table])
