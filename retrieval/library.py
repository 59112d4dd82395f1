"""The library: cases, question bank, laws. Loaded whole or not at all, every complaint with its row.

And what a search of it gives, as plain values: importing them loads none of the search's libraries.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval import sheets
from retrieval.laws import Law, LawBook
from retrieval.sheets import Problem, SheetError, SheetRow

Verdict = Literal["answer", "choose", "none"]
CASE_COLUMNS = ("id", "title", "situation", "laws", "countermeasures")
QUESTION_COLUMNS = ("question", "case_id")
NO_CASE = 0

# A case of this size still fits whole into one Telegram message (4,096) and one LINE bubble (30 KB),
# so no channel ever has to cut a law or a countermeasure.
MAX_TITLE = 100
MAX_SITUATION = 5000  # cards show its beginning
MAX_ITEMS = 20
MAX_ITEMS_TEXT = 2400
MAX_ID = 999_999

_LIST_NUMBER = re.compile(r"^\s*\d{1,2}\s*[.．、)）]\s*")


@dataclass(frozen=True)
class Case:
    """One known leak: what happened, the laws it touches, what to do against it."""

    id: int
    title: str
    situation: str
    laws: tuple[Law, ...]
    countermeasures: tuple[str, ...]
    raw_laws: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All its words, for the search."""
        return "\n".join([self.title, self.situation, *self.raw_laws, *self.countermeasures])


@dataclass(frozen=True)
class Question:
    """A question of the bank and the case it belongs to; NO_CASE where none fits. `row` is its sheet row."""

    text: str
    case_id: int
    row: int = 0


@dataclass(frozen=True)
class Library:
    """Cases in order of their ids, and the bank of questions that belong to them."""

    cases: tuple[Case, ...]
    questions: tuple[Question, ...] = ()

    def case(self, number: int) -> Case | None:
        return next((case for case in self.cases if case.id == number), None)


@dataclass(frozen=True)
class Candidate:
    """A case with the chance (0..1) that it is the right one."""

    case: Case
    score: float


@dataclass(frozen=True)
class SearchResult:
    """The verdict, and the best cases, best first, whatever the verdict."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Word:
    """A term of the question and how much it spoke for the decision; below 0, against it."""

    text: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """What decided: the weightiest words, the bank's nearest question, and its case (None: no case fits it)."""

    words: tuple[Word, ...]
    question: Question | None
    case: Case | None


def load(cases_path: Path, questions_path: Path | None, laws_path: Path) -> Library:
    """The library in these files; raises SheetError with every problem found, OSError."""
    cases = read_cases(sheets.read(cases_path, CASE_COLUMNS), LawBook.load(laws_path))
    if questions_path is None:
        return Library(cases)
    return Library(cases, read_questions(questions_path, {case.id for case in cases}))


def read_cases(rows: Sequence[SheetRow], book: LawBook) -> tuple[Case, ...]:
    """Cases from sheet rows; raises SheetError with every problem found."""
    problems = [problem for row in rows for problem in _row_problems(row)]
    problems += _doubled_ids(rows)
    if not rows:
        problems.append(Problem("檔案", "只有欄名，沒有任何案例；請至少放一列案例"))
    if problems:
        raise SheetError(*problems)
    return tuple(sorted((_case(row, book) for row in rows), key=lambda case: case.id))


def read_questions(path: Path, ids: Iterable[int]) -> tuple[Question, ...]:
    """The question bank; every case_id is one of `ids` or NO_CASE. Raises SheetError."""
    known = {NO_CASE, *ids}
    questions, problems = [], []
    for row in sheets.read(path, QUESTION_COLUMNS):
        text, number = row.cells["question"].strip(), _number(row.cells["case_id"])
        if not text:
            problems.append(Problem(row.place("question"), "空白，請填問題或刪除這一列"))
        elif number not in known:
            problems.append(Problem(row.place("case_id"), f"「{row.cells['case_id']}」不是案例編號，請填現有編號或 0"))
        else:
            questions.append(Question(text, number, row.number))
    if problems:
        raise SheetError(*problems)
    return tuple(questions)


def to_csv(library: Library) -> bytes:
    """The cases as a spreadsheet that `load` takes again."""
    rows = [
        [str(case.id), case.title, case.situation, "\n".join(case.raw_laws), "\n".join(case.countermeasures)]
        for case in library.cases
    ]
    return sheets.to_csv(CASE_COLUMNS, rows)


def items_of(cell: str) -> tuple[str, ...]:
    """The items of a cell, one a line, their list numbers removed."""
    lines = (_LIST_NUMBER.sub("", line).strip() for line in cell.splitlines())
    return tuple(line for line in lines if line)


def _case(row: SheetRow, book: LawBook) -> Case:
    cells = {name: unicodedata.normalize("NFC", text).strip() for name, text in row.cells.items()}
    laws = items_of(cells["laws"])
    return Case(
        id=_number(cells["id"]) or 0,
        title=" ".join(cells["title"].split()),
        situation=cells["situation"],
        laws=tuple(book.read(citation) for citation in laws),
        countermeasures=items_of(cells["countermeasures"]),
        raw_laws=laws,
    )


def _number(cell: str) -> int | None:
    text = cell.strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _doubled_ids(rows: Sequence[SheetRow]) -> Iterable[Problem]:
    seen: dict[int, int] = {}
    for row in rows:
        number = _number(row.cells["id"])
        if number is not None and number in seen:
            yield Problem(row.place("id"), f"編號 {number} 和第 {seen[number]} 列重複，請改成沒用過的編號")
        elif number is not None:
            seen[number] = row.number


def _row_problems(row: SheetRow) -> Iterable[Problem]:
    yield from sheets.formula_problems(row)
    number = _number(row.cells["id"])
    if number is None or not 1 <= number <= MAX_ID:
        yield Problem(row.place("id"), f"「{row.cells['id'].strip()}」不是編號，請填 1 以上的整數")
    for column, limit in (("title", MAX_TITLE), ("situation", MAX_SITUATION)):
        text = row.cells[column].strip()
        if not text:
            yield Problem(row.place(column), "空白，請填寫")
        elif len(text) > limit:
            yield Problem(row.place(column), f"有 {len(text)} 個字，最多 {limit} 個字，請精簡")
    for column in ("laws", "countermeasures"):
        items = items_of(row.cells[column])
        if not items:
            yield Problem(row.place(column), "空白，請至少填一項（每項一行）")
        elif len(items) > MAX_ITEMS:
            yield Problem(row.place(column), f"有 {len(items)} 項，最多 {MAX_ITEMS} 項，請合併或分成兩個案例")
    total = len(row.cells["laws"]) + len(row.cells["countermeasures"])
    if total > MAX_ITEMS_TEXT:
        yield Problem(
            row.place("countermeasures"), f"與法規合計 {total} 個字，一張卡片最多 {MAX_ITEMS_TEXT} 個字，請精簡"
        )
