"""Warnings about a library that loads: what in it makes right answers less likely."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from retrieval import text as texts
from retrieval.evaluate import Labelled, is_good
from retrieval.identity import similarity
from retrieval.laws import LawBook
from retrieval.library import LEARNED_FROM, NO_CASE, Case, Library, Question, SearchResult, named
from retrieval.library_rows import LAWS
from retrieval.sheets.model import Problem

if TYPE_CHECKING:
    from retrieval.search import Index

# Situations that share this much of their character pairs read the same to the search, and to people.
INDISTINCT = 0.8
# Every pair of cases is compared only in a library of ordinary size; beyond, equal texts alone are found.
_COMPARED = 500
# So many cases without questions are looked into; of the others it is only said that they have too few.
_LOOKED_INTO = 100


def warnings(index: "Index", search: Callable[[str], SearchResult]) -> list[Problem]:
    """Cases too alike or with too few questions, failing tests, doubled and lost questions, articles without a row."""
    library = index.library
    found = {question: search(question.text) for question in library.bank}
    return [
        *_indistinct_cases(library.cases),
        *_unlearned_cases(index, found),
        *_failing_tests(library, search),
        *_doubled_questions(library),
        *_lost_questions(found),
        *_articles_without_row(library),
    ]


def _articles_without_row(library: Library) -> Iterator[Problem]:
    book = LawBook.of(library.laws)
    for entry in library.entries.values():
        articles = dict.fromkeys(article for law in entry.laws for article in law.articles)
        unknown = [article.name for article in articles if not book.knows(article)]
        if unknown:
            what = f"{'、'.join(unknown)}不在「{LAWS.names[0]}」表，卡片上不會有連結；加一列即可"
            yield Problem(named(entry.id), what)


def _failing_tests(library: Library, search: Callable[[str], SearchResult]) -> Iterator[Problem]:
    for test in library.tests:
        if not is_good(Labelled(test.text, test.case_id), search(test.text)):
            what = f"「{test.text}」設成驗收，可是答不對，擋不住以後的錯；請改回「學習」，另寫一句類似的當驗收"
            yield Problem(_place(test), what)


def _unlearned_cases(index: "Index", found: dict[Question, SearchResult]) -> Iterator[Problem]:
    """How a case with too few questions to be learned would be found, and what it would draw that is not its own."""
    unlearned = [case for case in index.library.cases if case.id not in index.learned]
    counts = Counter(question.case_id for question in index.library.bank)
    drawn = _drawn(found)
    for number, case in enumerate(unlearned):
        what = f"只有 {counts[case.id]} 句問法，機器人還學不會，先靠案例自己的字找"
        what += _looked_into(index, case) if number < _LOOKED_INTO else ""
        if stolen := drawn.get(case.id):
            what += f"；會誤搶 {len(stolen)} 句別人的問法，像「{stolen[0]}」"
        yield Problem(f"第 {case.id} 案", f"{what}。請在「問法」補到 {LEARNED_FROM} 句以上")


def _looked_into(index: "Index", case: Case) -> str:
    own = [word.text for word in index.explain(case.story, shown=6).words if len(word.text) > 1]
    near = [each.case for each in index.search(case.situation).candidates if each.case.id != case.id][:2]
    nearest = f"；最像的案例：{'、'.join(f'第 {other.id} 案' for other in near)}" if near else ""
    return f"（{'、'.join(own) or '沒有特別的字'}）{nearest}"


def _drawn(found: dict[Question, SearchResult]) -> dict[int, list[str]]:
    """Case -> the questions of others that would find it."""
    drawn: defaultdict[int, list[str]] = defaultdict(list)
    for question, result in found.items():
        if result.verdict != "none" and (first := result.candidates[0].case.id) != question.case_id:
            drawn[first].append(question.text)
    return drawn


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
    for question in library.bank:
        first = seen.setdefault(texts.key(question.text), question)
        if first.label != question.label:
            what = f"「{question.text}」同時屬於{_name(first)}與{_name(question)}，請只留一個"
            yield Problem(_place(first, question), what)


def _lost_questions(asked: dict[Question, SearchResult]) -> Iterator[Problem]:
    for question, found in asked.items():
        winner = found.candidates[0].case.id if found.candidates else NO_CASE
        lost = found.verdict == "answer" if question.case_id == NO_CASE else winner != question.case_id
        if lost:
            what = f"「{question.text}」填{_name(question)}，卻先找到第 {winner} 案；填錯就改編號，沒填錯就替它補幾句"
            yield Problem(_place(question), what)


def _place(*questions: Question) -> str:
    """Their rows in the sheet; those that were typed into a form have none."""
    rows = "、".join(str(question.row) for question in questions if question.row)
    return f"「問法」第 {rows} 列" if rows else "「問法」"


def _name(question: Question) -> str:
    return named(question.label) if question.label else "「沒有案例」"
