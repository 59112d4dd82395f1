"""The library as its owner holds it: a workbook with 案例, 問法, 法規, 一般提醒, or CSV; read whole or not at all."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from retrieval import library_rows
from retrieval.guide_rows import GUIDES, read_guides
from retrieval.library import NO_CASE, Case, Label, Library, Question, assemble
from retrieval.library_rows import (
    CASES,
    DETAILS,
    LAWS,
    QUESTIONS,
    TABLES,
    read_cases,
    read_laws,
    read_questions,
)
from retrieval.lists import items_of, numbers_of
from retrieval.sheets import cells, reader
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


def load(
    cases: Path, questions: Path | None, laws: Path, guides: Path | None = None, details: Path | None = None
) -> Library:
    """The library in these files; raises SheetError with every problem found, OSError."""
    known_cases = read_cases(reader.read(cases, CASES))
    if details:
        known_cases = with_details(known_cases, reader.read(details, DETAILS))
    entries = assemble(
        known_cases,
        (),
        read_laws(reader.read(laws, LAWS)),
        read_guides(reader.read(guides, GUIDES)) if guides else (),
    )
    if not questions:
        return entries
    return replace(entries, questions=read_questions(reader.read(questions, QUESTIONS), {NO_CASE, *entries.entries}))


def load_folder(folder: Path) -> Library:
    """As `load`, from the files as they are called in data/."""
    return load(*(folder / f"{name}.csv" for name in ("cases", "questions", "laws", "guides", "case_details")))


def read_file(data: bytes, name: str, base: Library, any_number: bool = False) -> Read:
    """The library that a file makes of `base`: what the file does not hold stays as it is there.

    A question may name a case that is there or was in `base`, with `any_number` any. Raises SheetError with every
    problem found.
    """
    return read_sheets(open_file(data, name), name, base, any_number)


def open_file(data: bytes, name: str) -> list[Sheet]:
    """Every sheet of somebody's file. Raises SheetError."""
    with of_file(name):
        return reader.open_sheets(data, name, TABLES)


def read_sheets(sheets: Sequence[Sheet], name: str, base: Library, any_number: bool = False) -> Read:
    """As `read_file`, from the sheets of a file that is open already."""
    with of_file(name):
        return _read_sheets(sheets, name, base, any_number)


def _read_sheets(sheets: Sequence[Sheet], name: str, base: Library, any_number: bool) -> Read:
    problems = _Problems()
    tables = _tables(sheets, name, problems)

    def part(table: Table, read: Callable[[list[SheetRow]], Value], stays: Value) -> Value:
        return problems.collect(lambda: read(tables[table].rows), stays) if table in tables else stays

    cases, guides = part(CASES, read_cases, base.cases), part(GUIDES, read_guides, base.guides)
    # Whatever else is wrong with a row of a case or guide, its questions are not to be complained of.
    known: set[Label | None] = {NO_CASE, *base.entries, *(question.label for question in base.questions)}
    known |= {cells.number(row.cells["id"]) for row in _rows(tables, CASES)}
    known |= {cells.text(row, "id") for row in _rows(tables, GUIDES)}
    questions = part(QUESTIONS, lambda rows: read_questions(rows, None if any_number else known), base.questions)
    laws = part(LAWS, read_laws, base.laws)
    if CASES in tables:
        cases = keeping_details(cases, base.cases, lacking_details(tables[CASES].rows))
    if _lacks(tables, QUESTIONS, "guide"):
        questions = keeping_guides(questions, base.questions)
    library = assemble(cases, questions, laws, guides)
    if not problems:
        problems.extend(problem for each in library.entries.values() for problem in library_rows.card_problems(each))
    if problems:
        raise SheetError(*problems)
    read = [found.sheet.name for found in tables.values()]
    ignored = tuple(sheet.name for sheet in sheets if sheet.rows and not sheet.hidden and sheet.name not in read)
    return Read(library, tables, ignored)


def with_details(cases: Sequence[Case], rows: Sequence[SheetRow]) -> tuple[Case, ...]:
    """Cases with what is listed for their number and title, where they have none of their own."""
    listed = {(row.cells["id"].strip(), cells.text(row, "title")): row for row in rows}
    return tuple(_detailed(case, listed.get((str(case.id), case.title))) for case in cases)


def _detailed(case: Case, row: SheetRow | None) -> Case:
    if row is None:
        return case
    numbers = numbers_of(row.cells["agency"]) or ()
    return replace(
        case,
        first_aid=case.first_aid or items_of(row.cells["first_aid"]),
        agency=case.agency or tuple(number for number in numbers if number <= len(case.countermeasures)),
        advice=case.advice or items_of(row.cells["advice"]),
    )


def keeping_guides(questions: Sequence[Question], base: Sequence[Question]) -> tuple[Question, ...]:
    """Questions of a table that knows no guides, and those that `base` has for its guides."""
    kept = [question for question in base if question.guide]
    texts = {question.text for question in kept}
    own = (question for question in questions if question.case_id != NO_CASE or question.text not in texts)
    return (*own, *kept)


def lacking_details(rows: Sequence[SheetRow]) -> tuple[str, ...]:
    """The columns of cases that are not in cases.csv, and not in this table either."""
    names = [column.name for column in CASES.columns if not column.required]
    return tuple(name for name in names if not any(name in row.cells for row in rows))


def keeping_details(cases: Sequence[Case], base: Sequence[Case], lacking: Collection[str]) -> tuple[Case, ...]:
    """Cases of a table that lacks these columns, with what `base` has in them for the same matter.

    Which measures are the agency's is told by their words, the rest by those of the whole case.
    """
    before = {case.id: case for case in base}
    known = ((case, before.get(case.id)) for case in cases)
    return tuple(_keeping(case, same, lacking) if same and lacking else case for case, same in known)


def _keeping(case: Case, before: Case, lacking: Collection[str]) -> Case:
    from retrieval import identity  # it compares texts, which waits for OpenCC

    agency = dict.fromkeys(before.agency_measures, "agency" in lacking)
    numbers = tuple(number for number, text in enumerate(case.countermeasures, 1) if agency.get(text))
    case = replace(case, agency=case.agency or numbers)
    if not identity.same_words(before, case):
        return case
    return replace(
        case,
        first_aid=before.first_aid if "first_aid" in lacking else case.first_aid,
        advice=before.advice if "advice" in lacking else case.advice,
    )


def _rows(tables: dict[Table, TableRows], table: Table) -> list[SheetRow]:
    return tables[table].rows if table in tables else []


def _lacks(tables: dict[Table, TableRows], table: Table, column: str) -> bool:
    """Whether a table was read, without this column."""
    return table in tables and not any(column in row.cells for row in _rows(tables, table))


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


def as_csv(library: Library, table: Table, whole: bool = True) -> bytes:
    """One table of a library as CSV under the program's own headings; not `whole`, the required columns alone."""
    kept = [at for at, column in enumerate(table.columns) if whole or column.required]
    rows = library_rows.table_rows(library)[table]
    return to_csv([table.columns[at].name for at in kept], ([row[at] for at in kept] for row in rows))
