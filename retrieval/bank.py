"""Which questions of the bundled bank still belong to a library that somebody has imported."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval import text as texts
from retrieval.library import NO_CASE, Case, Question

SAME_CASE = 0.5


def attach(cases: Sequence[Case], bundled: Sequence[Case], questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions of the bundled cases under the ids these cases have in `cases`; NO_CASE where they are gone.

    A case is the same one when its situation is nearly the same text (SAME_CASE), the same id preferred, so a
    different matter under an old id gets none of the old questions.
    """
    now = _same(cases, bundled)
    return tuple(replace(question, case_id=now.get(question.case_id, NO_CASE)) for question in questions)


def similarity(first: str, second: str) -> float:
    """How much of their character pairs two texts share (Dice's coefficient, 0..1)."""
    return _dice(_pairs(first), _pairs(second))


def _same(cases: Sequence[Case], bundled: Sequence[Case]) -> dict[int, int]:
    """Bundled id -> id in `cases`."""
    situations = {case.id: _pairs(case.situation) for case in cases}
    old = {case.id: _pairs(case.situation) for case in bundled}
    now = {number: number for number in old if _dice(old[number], situations.get(number, set())) >= SAME_CASE}
    for number in old.keys() - now.keys():
        free = situations.keys() - now.values()
        best = max(free, key=lambda new: (_dice(old[number], situations[new]), -new), default=NO_CASE)
        if best != NO_CASE and _dice(old[number], situations[best]) >= SAME_CASE:
            now[number] = best
    return now


def _pairs(text: str) -> set[str]:
    key = texts.key(text)
    return {key[i : i + 2] for i in range(len(key) - 1)} or {key}


def _dice(first: set[str], second: set[str]) -> float:
    return 2 * len(first & second) / ((len(first) + len(second)) or 1)
