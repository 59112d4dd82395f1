"""Accuracy of an index on a labelled file: `query,case_id` (0 = no case fits) and, where wanted, `also`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.library import NO_CASE, SearchResult, Verdict
from retrieval.sheets import reader
from retrieval.sheets.model import Problem, SheetError, SheetRow, of_file
from retrieval.sheets.reader import Column, Table

if TYPE_CHECKING:
    from retrieval.search import Index

TABLE = Table(
    (
        Column("query", ("問題", "問法")),
        Column("case_id", ("案例", "編號")),
        Column("also", ("也對",), required=False),
    ),
    others=True,
)
LOWER_IS_BETTER = ("wrong", "false_answer")
INSIDE = ("top1", "top3", "answered_right", "helped", "wrong")
OUTSIDE = ("false_answer", "silent")


@dataclass(frozen=True)
class Labelled:
    """A question, the case it belongs to (NO_CASE: none), other ids that are right too, and its sheet row."""

    query: str
    case_id: int
    also: tuple[int, ...] = ()
    row: int = 0

    @property
    def right(self) -> set[int]:
        return {self.case_id, *self.also}


@dataclass(frozen=True)
class Error:
    """A question that did not get what it should: the verdict and the ids offered, best first."""

    labelled: Labelled
    verdict: Verdict
    offered: tuple[int, ...]

    def __str__(self) -> str:
        wanted = f"案例 {self.labelled.case_id}" if self.labelled.case_id else "沉默"
        verdicts = {"answer": "回答", "choose": "請人選", "none": "沉默"}
        offered = "、".join(map(str, self.offered))
        place = f"第 {self.labelled.row} 列「{self.labelled.query}」"
        return f"{place}：應為{wanted}，實際{verdicts[self.verdict]}（案例 {offered}）"


@dataclass(frozen=True)
class Report:
    """How many questions, their INSIDE and OUTSIDE shares (0 where there are none to share), and what went wrong."""

    n: int
    in_scope: int
    shares: Mapping[str, float]
    errors: tuple[Error, ...] = ()

    def as_json(self) -> dict[str, float]:
        return {"n": self.n, "in_scope": self.in_scope, **self.shares}


def read(path: Path, ids: Iterable[int]) -> list[Labelled]:
    """The labelled questions of a file; case_id is one of `ids` or NO_CASE. Raises SheetError, OSError."""
    known = {NO_CASE, *ids}
    rows = reader.read(path, TABLE)
    problems = [problem for row in rows for problem in _problems(row, known)]
    if not rows:
        problems.append(Problem(path.name, "只有欄名，沒有任何問題；請至少放一列"))
    if problems:
        with of_file(path.name):
            raise SheetError(*problems)
    return [
        Labelled(row.cells["query"], int(row.cells["case_id"]), tuple(map(int, _also(row))), row.number) for row in rows
    ]


def measure(index: "Index", labelled: Sequence[Labelled]) -> Report:
    """Ask every question and compare."""
    return judge([(question, index.search(question.query)) for question in labelled])


def judge(asked: Sequence[tuple[Labelled, SearchResult]]) -> Report:
    """Compare what questions found with what they should have found."""
    inside = [_inside(question, found) for question, found in asked if question.case_id != NO_CASE]
    outside = [_outside(question, found) for question, found in asked if question.case_id == NO_CASE]
    shares = _shares(inside, INSIDE) | _shares(outside, OUTSIDE)
    errors = tuple(
        Error(question, found.verdict, tuple(candidate.case.id for candidate in found.candidates))
        for question, found in asked
        if not is_good(question, found)
    )
    return Report(len(asked), len(inside), shares, errors)


def floor_violations(report: Report, floors: Mapping[str, float]) -> list[str]:
    """What of a report is worse than recorded, in words; where LOWER_IS_BETTER a floor is the most allowed."""
    found = []
    for name, floor in floors.items():
        value = report.shares[name]
        if value > floor if name in LOWER_IS_BETTER else value < floor:
            found.append(f"{name} 為 {value:.3f}，{'高' if name in LOWER_IS_BETTER else '低'}於記錄的 {floor:.3f}")
    return found


def _inside(question: Labelled, found: SearchResult) -> dict[str, bool]:
    hits = [candidate.case.id in question.right for candidate in found.candidates]
    first, offered, answered = any(hits[:1]), any(hits), found.verdict == "answer"
    return {
        "top1": first,
        "top3": offered,
        "answered_right": answered and first,
        "helped": first if answered else found.verdict == "choose" and offered,
        "wrong": answered and not first,
    }


def _outside(question: Labelled, found: SearchResult) -> dict[str, bool]:
    accepted = bool(found.candidates) and found.candidates[0].case.id in question.also
    return {"false_answer": found.verdict == "answer" and not accepted, "silent": found.verdict == "none"}


def is_good(question: Labelled, found: SearchResult) -> bool:
    """Whether a question's case came first, answered or offered; where it has none, whether nothing was said."""
    if question.case_id == NO_CASE:
        return _outside(question, found)["silent"]
    inside = _inside(question, found)
    return inside["top1"] and inside["helped"]


def _shares(judged: Sequence[Mapping[str, bool]], names: Iterable[str]) -> dict[str, float]:
    return {name: sum(answer[name] for answer in judged) / max(1, len(judged)) for name in names}


def _also(row: SheetRow) -> list[str]:
    return re.split(r"[\s,、;]+", row.cells.get("also", "").strip()) if row.cells.get("also", "").strip() else []


def _problems(row: SheetRow, known: set[int]) -> Iterable[Problem]:
    number = row.cells["case_id"].strip()
    if not re.fullmatch(r"\d{1,9}", number) or int(number) not in known:
        yield Problem(row.place("case_id"), f"「{number}」不是案例編號，請填現有編號或 0")
    if not all(re.fullmatch(r"\d{1,9}", number) for number in _also(row)):
        yield Problem(row.place("also"), f"「{row.cells['also']}」不是案例編號，請填數字，以空白分開")
