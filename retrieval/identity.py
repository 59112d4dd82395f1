"""Whether a case is still the same one when its text has changed, and which of the bank's questions go with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from retrieval import text as texts
from retrieval.library import NO_CASE, Case, Library, Question, SearchResult

SAME_CASE = 0.5
# The chance from which a new text is still taken for its own case by the questions that belong to it.
SAME_MATTER = 0.3
REMOVED = "（先前拿掉的案例）"


@dataclass(frozen=True)
class Conflict:
    """A number whose case has become another matter: who it was, who it is, how many questions would go along.

    `moved_from`: the number under which the new matter stood before; NO_CASE for none.
    """

    before: Case
    now: Case
    questions: int
    moved_from: int = NO_CASE


def conflicts(old: Library, new: Library, search: Callable[[str], SearchResult]) -> list[Conflict]:
    """The numbers whose title and situation both tell of another matter than before, while old questions stay.

    `search` asks the old library: where it takes the new text for that very case (SAME_MATTER), the questions it
    learned from still look like the text. Measured on 40 rewrites of the shipped cases in other words: all were taken
    for their own case; of 40 other matters put under each of the ten numbers, 2.5 % were (close relatives all).
    """
    before_change = {(question.text, question.label) for question in old.questions}
    staying = (question for question in new.questions if (question.text, question.label) in before_change)
    at_stake = Counter(question.case_id for question in staying)
    found = []
    for now in new.cases:
        before = old.case(now.id)
        if before is None or not at_stake[now.id] or same_words(before, now):
            continue
        if not _looks_like(now, search):
            found.append(Conflict(before, now, at_stake[now.id], _moved_from(now, search)))
    return found


def with_removed(old: Library, new: Library) -> Library:
    """The old library, and for every case that comes back a case of which only its questions are known.

    So the old questions of a number that was taken out are learned again, and tell whether they fit who comes.
    """
    waiting = {question.label for question in old.unused}
    back = tuple(Case(case.id, REMOVED, "", (), ()) for case in new.cases if case.id in waiting)
    return replace(old, cases=tuple(sorted((*old.cases, *back), key=lambda case: case.id))) if back else old


def without_questions(library: Library, conflicting: Iterable[Conflict], old: Library) -> Library:
    """A library whose conflicting cases have none of the old questions."""
    numbers = {conflict.now.id for conflict in conflicting}
    before = {(question.text, question.label) for question in old.questions if question.case_id in numbers}
    left = (question for question in library.questions if (question.text, question.label) not in before)
    return replace(library, questions=tuple(left))


def same_words(before: Case, now: Case) -> bool:
    """Whether title or situation are nearly what they were."""
    return any(similarity(getattr(before, part), getattr(now, part)) >= SAME_CASE for part in ("situation", "title"))


def _looks_like(now: Case, search: Callable[[str], SearchResult]) -> bool:
    best = search(f"{now.title}\n{now.situation}").candidates[0]
    return best.case.id == now.id and best.score >= SAME_MATTER


def _moved_from(now: Case, search: Callable[[str], SearchResult]) -> int:
    """Of the old cases that the search finds for its situation: to compare every one would take the square of them."""
    near = [each.case for each in search(now.situation).candidates if each.case.id != now.id]
    best = max(near, key=lambda case: similarity(case.situation, now.situation), default=None)
    return best.id if best and similarity(best.situation, now.situation) >= SAME_CASE else NO_CASE


def attach(cases: Sequence[Case], shipped: Sequence[Case], questions: Iterable[Question]) -> tuple[Question, ...]:
    """For a version that an earlier release stored without questions: the shipped ones, as that release did it.

    Each goes to the id that its shipped case has in `cases`; NO_CASE where it is gone. A case is the same one when its
    situation is nearly the same text (SAME_CASE), the same id preferred.
    """
    now = _same(cases, shipped)
    return tuple(replace(question, case_id=now.get(question.case_id, NO_CASE)) for question in questions)


def similarity(first: str, second: str) -> float:
    """How much of their character pairs two texts share (Dice's coefficient, 0..1)."""
    return _dice(_pairs(first), _pairs(second))


def _same(cases: Sequence[Case], shipped: Sequence[Case]) -> dict[int, int]:
    """Shipped id -> id in `cases`."""
    situations = {case.id: _pairs(case.situation) for case in cases}
    old = {case.id: _pairs(case.situation) for case in shipped}
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
