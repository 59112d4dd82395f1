"""What another library would change for who asks: the same questions put to the old one and to the new one.

How right answers are is measured on questions that the search has not learned from: the bank is cut into FOLDS parts
by a checksum of each question's words, so that a question is in the same part of both libraries, and each part is
asked of an index that learned from the others. Both libraries are judged by the old one's thresholds, so that the
figures compare what they learned.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from retrieval import text as texts
from retrieval.evaluate import Report, is_good, judge, labelled, outcome
from retrieval.library import Label, Library, Question, SearchResult
from retrieval.live import build_index
from retrieval.verdicts import Calibration

if TYPE_CHECKING:
    from retrieval.search import Index

FOLDS = 3
# Of a larger bank one part is asked instead of all, since each takes the time of an index.
ALL_FOLDS_UP_TO = 10_000
ASKED = 10_000
ALLOWED_FALL = 0.02
# The shares of a report that are shown before and after, in words.
MEASURED = {
    "answered_right": "直接答對",
    "helped": "有幫上忙",
    "guide_right": "給對一般提醒",
    "silent": "沒有案例時沉默",
}

Key = tuple[str, Label]
Search = Callable[[str], SearchResult]


class ChangedAnswer(NamedTuple):
    """A question of either library whose answer changes. `case_gone`: its case was there before, and is taken out."""

    question: Question
    before: SearchResult
    now: SearchResult
    case_gone: bool

    def __str__(self) -> str:
        return f"「{self.question.text}」　原：{outcome(self.before)}　新：{outcome(self.now)}"

    @property
    def gets_worse(self) -> bool:
        asked = labelled(self.question.text, self.question.label)
        return not self.case_gone and is_good(asked, self.before) and not is_good(asked, self.now)


@dataclass(frozen=True)
class Effects:
    """Accuracy on the old bank's questions, not learned from, before and after; answers that change.

    `tests` are the new library's: how many the old one passes, how many the new one, and which it lost.
    """

    before: Report
    after: Report
    tests: int
    tests_passed_before: int
    tests_passed: int
    tests_lost: tuple[Question, ...]
    changed: tuple[ChangedAnswer, ...]

    @property
    def falls(self) -> bool:
        """Whether right answers become fewer by more than ALLOWED_FALL."""
        return self.before.shares["answered_right"] - self.after.shares["answered_right"] > ALLOWED_FALL


def measure(
    old: "Index",
    new: "Index",
    search_new: Search,
    terms_of: Callable[[str], texts.Terms] = texts.terms,
    progress: Callable[[str], None] = lambda _: None,
    other_matters: frozenset[int] = frozenset(),
) -> Effects:
    """Ask both. Takes some seconds for the shipped library; `progress` is told what is going on.

    `search_new` asks the new one, and may remember what it was asked; `terms_of` may remember the terms of texts.
    Questions of `other_matters`, numbers that became another case, are not missed.
    """
    progress("量準確率：目前的案例庫")
    before = _unlearned_answers(old.library, terms_of, old.calibration)
    progress("量準確率：換上之後")
    now = _unlearned_answers(new.library, terms_of, old.calibration)
    progress("比對每個問法的答案")
    left_out = (key for key in _left_out(old.library, new.library) if key[1] not in other_matters)
    now |= {key: search_new(key[0]) for key in left_out}
    both = [key for key in now if key in before]
    tests = new.library.tests
    passed_before = {test for test in tests if is_good(labelled(test.text, test.label), old.search(test.text))}
    passed = {test for test in tests if is_good(labelled(test.text, test.label), search_new(test.text))}
    changed = sorted(_changed_answers(old, new, search_new), key=lambda each: (each.case_gone, not each.gets_worse))
    return Effects(
        before=judge([(labelled(*key), before[key]) for key in both]),
        after=judge([(labelled(*key), now[key]) for key in both]),
        tests=len(tests),
        tests_passed_before=len(passed_before),
        tests_passed=len(passed),
        tests_lost=tuple(test for test in tests if test in passed_before - passed),
        changed=tuple(changed),
    )


def _unlearned_answers(
    library: Library, terms_of: Callable[[str], texts.Terms], calibration: Calibration
) -> dict[Key, SearchResult]:
    """What the questions of the bank find where they were not learned from."""
    found: dict[Key, SearchResult] = {}
    for fold in range(FOLDS if len(library.bank) <= ALL_FOLDS_UP_TO else 1):
        rest = tuple(question for question in library.bank if _fold(question) != fold)
        index = build_index(replace(library, questions=rest), terms_of, calibration)
        asked = [question for question in library.bank if _fold(question) == fold]
        found |= {(question.text, question.label): index.search(question.text) for question in asked}
    return found


def _left_out(old: Library, new: Library) -> Iterator[Key]:
    """Questions that the new library no longer learns, though their case is there: people go on asking them."""
    learned = {question.text for question in new.bank}
    for question in old.bank:
        if question.text not in learned and new.uses(question):
            yield question.text, question.label


def _changed_answers(old: "Index", new: "Index", search_new: Search) -> Iterator[ChangedAnswer]:
    """Over the questions of both libraries, at most ASKED of them, those first that are new or go over to another."""
    questions = {question.text: question for library in (old.library, new.library) for question in library.questions}
    known = {(question.text, question.label) for question in old.library.questions}
    order = sorted(questions.values(), key=lambda each: ((each.text, each.label) in known, _checksum(each)))
    for question in order[:ASKED]:
        before, now = old.search(question.text), search_new(question.text)
        if _answer(before) != _answer(now):
            yield ChangedAnswer(question, before, now, old.library.uses(question) and not new.library.uses(question))


def _answer(found: SearchResult) -> tuple[str, list[Label]]:
    """What a person is told: the verdict, and the case, the guide, or the first of what is offered."""
    return found.verdict, [each.id for each in found.shown[:1]]


def _fold(question: Question) -> int:
    return _checksum(question) % FOLDS


def _checksum(question: Question) -> int:
    return zlib.crc32(question.text.encode("utf-8", "replace"))
