"""Warnings about a library that loads: what in it makes right answers less likely."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrieval import text as texts
from retrieval.bank import similarity
from retrieval.library import NO_CASE, Case, Library, Question
from retrieval.sheets import Problem

if TYPE_CHECKING:
    from retrieval.search import Index

# Situations that share this much of their character pairs read the same to the search, and to people.
INDISTINCT = 0.8
# Every pair of cases is compared only in a library of ordinary size; beyond, equal texts alone are found.
_COMPARED = 500


def warnings(index: "Index") -> list[Problem]:
    """Cases that cannot be told apart, questions under two cases, questions that their own case does not win."""
    library = index.library
    return [*_indistinct_cases(library.cases), *_doubled_questions(library), *_lost_questions(index)]


def _indistinct_cases(cases: tuple[Case, ...]) -> Iterator[Problem]:
    same: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        same[texts.key(case.situation)].append(case)
    for alike in same.values():
        for case in alike[1:]:
            yield _alike(alike[0], case)
    distinct = [alike[0] for alike in same.values()] if len(cases) <= _COMPARED else []
    for i, case in enumerate(distinct):
        for other in distinct[:i]:
            if similarity(case.situation, other.situation) >= INDISTINCT:
                yield _alike(other, case)


def _alike(first: Case, second: Case) -> Problem:
    return Problem(f"案例 {first.id} 與案例 {second.id}", "情境幾乎一樣，問的人分不出來；請合併，或寫出兩者不同之處")


def _doubled_questions(library: Library) -> Iterator[Problem]:
    seen: dict[str, Question] = {}
    for question in library.questions:
        first = seen.setdefault(texts.key(question.text), question)
        if first.case_id != question.case_id:
            rows = f"題庫第 {first.row}、{question.row} 列"
            yield Problem(rows, f"「{question.text}」同時屬於{_name(first)}與{_name(question)}，請只留一個")


def _lost_questions(index: "Index") -> Iterator[Problem]:
    for question in index.library.questions:
        found = index.search(question.text)
        winner = found.candidates[0].case.id if found.candidates else NO_CASE
        lost = found.verdict == "answer" if question.case_id == NO_CASE else winner != question.case_id
        if lost:
            what = f"「{question.text}」屬於{_name(question)}，卻先找到案例 {winner}；請確認編號，或改寫問題"
            yield Problem(f"題庫第 {question.row} 列", what)


def _name(question: Question) -> str:
    return f"案例 {question.case_id}" if question.case_id else "「沒有案例」"
