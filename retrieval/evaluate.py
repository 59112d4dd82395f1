"""Accuracy of an index on a labelled file: `query,case_id` (0 = no case fits) and, where wanted, `also` and `guide`."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.library import NO_CASE, Label, SearchResult, named
from retrieval.sheets import cells, reader
from retrieval.sheets.model import Problem, SheetError, SheetRow, of_file
from retrieval.sheets.reader import Column, Table

if TYPE_CHECKING:
    from retrieval.search import Index

TABLE = Table(
    (
        Column("query", ("問題", "問法")),
        Column("case_id", ("案例", "編號")),
        Column("also", ("也對",), required=False),
        Column("guide", ("一般提醒",), required=False),
    ),
    others=True,
)
LOWER_IS_BETTER = ("wrong", "false_answer", "false_guide")
INSIDE = ("top1", "top3", "answered_right", "helped", "wrong")
OUTSIDE = ("false_answer", "silent")
_NUMBER = re.compile(r"\d{1,9}")
GUIDED, UNGUIDED = ("guide_right",), ("false_guide",)


@dataclass(frozen=True)
class Labelled:
    """A question, its case (NO_CASE: none) or guide, other labels that are right too, and its sheet row."""

    query: str
    case_id: int
    also: tuple[Label, ...] = ()
    row: int = 0
    guide: str = ""

    @property
    def label(self) -> Label:
        return self.guide or self.case_id

    @property
    def right(self) -> set[Label]:
        return {self.label, *self.also}


def labelled(query: str, label: Label) -> Labelled:
    """A question that belongs to a case, to a guide, or to nothing."""
    return Labelled(query, label) if isinstance(label, int) else Labelled(query, NO_CASE, guide=label)


@dataclass(frozen=True)
class Error:
    """A question that did not get what it should, and what it got."""

    labelled: Labelled
    found: SearchResult

    def __str__(self) -> str:
        wanted = named(self.labelled.label) if self.labelled.label else "沉默"
        place = f"第 {self.labelled.row} 列「{self.labelled.query}」"
        first = "、".join(named(candidate.case.id) for candidate in self.found.candidates)
        return f"{place}：應為{wanted}，實際{outcome(self.found)}（排前面的是{first}）"


def outcome(found: SearchResult) -> str:
    """What a person is told, in words."""
    shown = "、".join(named(each.id) for each in found.shown)
    words = {"answer": f"回答{shown}", "choose": f"請人選（{shown}）", "none": f"回答{shown}" if shown else "沉默"}
    return words[found.verdict]


@dataclass(frozen=True)
class Report:
    """How many questions, their shares (0 where there are none to share), and what went wrong.

    INSIDE and OUTSIDE, and where the questions were labelled with guides GUIDED and UNGUIDED.
    """

    n: int
    in_scope: int
    shares: Mapping[str, float]
    errors: tuple[Error, ...] = ()

    def as_json(self) -> dict[str, float]:
        return {"n": self.n, "in_scope": self.in_scope, **self.shares}


def read(path: Path, labels: Collection[Label]) -> list[Labelled]:
    """The labelled questions of a file; case_id and guide are among `labels`. Raises SheetError, OSError."""
    rows = reader.read(path, TABLE)
    problems = [problem for row in rows for problem in _problems(row, {NO_CASE, *labels})]
    if not rows:
        problems.append(Problem(path.name, "只有欄名，沒有任何問題；請至少放一列"))
    if problems:
        with of_file(path.name):
            raise SheetError(*problems)
    return [
        Labelled(
            row.cells["query"],
            int(row.cells["case_id"]),
            tuple(int(name) if name.isdecimal() else name for name in _also(row)),
            row.number,
            cells.text(row, "guide"),
        )
        for row in rows
    ]


def measure(index: "Index", asked: Sequence[Labelled]) -> Report:
    """Ask every question and compare."""
    return judge([(question, index.search(question.query)) for question in asked])


def judge(asked: Sequence[tuple[Labelled, SearchResult]]) -> Report:
    """Compare what questions found with what they should have found."""
    inside = [_inside(question, found) for question, found in asked if question.case_id != NO_CASE]
    outside = [_outside(question, found) for question, found in asked if question.case_id == NO_CASE]
    shares = _shares(inside, INSIDE) | _shares(outside, OUTSIDE)
    if any(question.guide for question, _ in asked):
        guided = [_outside(question, found) for question, found in asked if question.guide]
        unguided = [_outside(question, found) for question, found in asked if question.label == NO_CASE]
        shares |= _shares(guided, GUIDED) | _shares(unguided, UNGUIDED)
    errors = tuple(Error(question, found) for question, found in asked if not is_good(question, found))
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
    answered, guide = found.verdict == "answer", found.guide
    return {
        "false_answer": answered and found.candidates[0].case.id not in question.also,
        "silent": found.verdict == "none",
        "guide_right": guide is not None and guide.id in question.right,
        "false_guide": guide is not None and guide.id not in question.right,
    }


def is_good(question: Labelled, found: SearchResult) -> bool:
    """Whether a question's case came first, answered or offered; its guide was given; or, with neither, nothing was."""
    if question.case_id != NO_CASE:
        inside = _inside(question, found)
        return inside["top1"] and inside["helped"]
    outside = _outside(question, found)
    return outside["guide_right"] if question.guide else outside["silent"] and not outside["false_guide"]


def _shares(judged: Sequence[Mapping[str, bool]], names: Iterable[str]) -> dict[str, float]:
    return {name: sum(answer[name] for answer in judged) / max(1, len(judged)) for name in names}


def _also(row: SheetRow) -> list[str]:
    return re.split(r"[\s,、;]+", row.cells.get("also", "").strip()) if row.cells.get("also", "").strip() else []


def _problems(row: SheetRow, known: Collection[Label]) -> Iterable[Problem]:
    number, guide = row.cells["case_id"].strip(), cells.text(row, "guide")
    if not _NUMBER.fullmatch(number) or int(number) not in known:
        yield Problem(row.place("case_id"), f"{cells.unfit(number, '案例編號')}，請填現有編號或 0")
    elif guide and int(number) != NO_CASE:
        yield Problem(row.place("guide"), "有案例的問題沒有一般提醒，請清空這一格，或把案例改成 0")
    if guide and guide not in known:
        yield Problem(row.place("guide"), f"「{guide}」不是一般提醒的代號，請填現有代號，或清空")
    if not all(_NUMBER.fullmatch(name) or name in known for name in _also(row)):
        yield Problem(row.place("also"), f"「{row.cells['also']}」不是案例編號或一般提醒的代號，請以空白分開")
