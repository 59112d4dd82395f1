"""The library: cases, ways of asking, laws. And what a search of it gives.

Plain values: importing them loads none of the search's libraries. retrieval/library_sheets.py reads and writes them.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from retrieval.laws import Law, LawBook, LawEntry

Verdict = Literal["answer", "choose", "none"]
Use = Literal["learn", "test"]
NO_CASE = 0
# A case needs so many questions before the search can learn it.
LEARNED_FROM = 8


@dataclass(frozen=True)
class Case:
    """One known leak: what happened, the citations of the laws it touches, what to do against it.

    `laws` are the citations as the library's table of laws reads them.
    """

    id: int
    title: str
    situation: str
    citations: tuple[str, ...]
    countermeasures: tuple[str, ...]
    laws: tuple[Law, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Each of its texts, for the search."""
        return (self.title, self.situation, *self.citations, *self.countermeasures)

    @property
    def story(self) -> str:
        """What it tells, without its citations: a law that is cited elsewhere too is none of its own words."""
        return "\n".join([self.title, self.situation, *self.countermeasures])


@dataclass(frozen=True)
class Question:
    """A way of asking and the number of its case; NO_CASE where none fits. `row` is its row in the sheet.

    It is learned from, or only asked to test what was learned.
    """

    text: str
    case_id: int
    row: int = field(default=0, compare=False)
    use: Use = "learn"
    note: str = ""


@dataclass(frozen=True)
class Library:
    """Cases in order of their numbers, the questions that belong to them, and the table of laws.

    A question stays with its number: while there is no such case it is kept, but not used.
    """

    cases: tuple[Case, ...]
    questions: tuple[Question, ...] = ()
    laws: tuple[LawEntry, ...] = ()

    def case(self, number: int) -> Case | None:
        return self._by_number.get(number)

    @cached_property
    def bank(self) -> tuple[Question, ...]:
        """The questions that the search learns from."""
        return tuple(question for question in self.questions if question.use == "learn" and self.uses(question))

    @cached_property
    def tests(self) -> tuple[Question, ...]:
        """The questions that are only asked, to see whether they still find their case."""
        return tuple(question for question in self.questions if question.use == "test" and self.uses(question))

    @cached_property
    def unused(self) -> tuple[Question, ...]:
        """The questions whose case is not there (any more)."""
        return tuple(question for question in self.questions if not self.uses(question))

    def uses(self, question: Question) -> bool:
        return question.case_id == NO_CASE or question.case_id in self._by_number

    @cached_property
    def _by_number(self) -> dict[int, Case]:
        return {case.id: case for case in self.cases}


def assemble(cases: tuple[Case, ...], questions: tuple[Question, ...], laws: tuple[LawEntry, ...]) -> Library:
    """A library whose cases' citations are read by this table of laws."""
    book = LawBook.of(laws)
    read = (replace(case, laws=tuple(map(book.read, case.citations))) for case in cases)
    return Library(tuple(sorted(read, key=lambda case: case.id)), questions, laws)


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
