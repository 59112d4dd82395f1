"""The library: cases, guides, ways of asking, laws. And what a search of it gives.

Plain values: importing them loads none of the search's libraries. retrieval/library_sheets.py reads and writes them.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar

from retrieval.laws import Law, LawBook, LawEntry

Verdict = Literal["answer", "choose", "none"]
Use = Literal["learn", "test"]
Label = int | str
"""What a question belongs to: the number of a case, the id of a guide, or NO_CASE."""
NO_CASE = 0
WHISTLEBLOW = "whistleblow"
"""The guide that comes before any case: who wants to report wrongdoing must not be told that this is a leak."""
# A case or a guide needs so many questions before the search can learn it.
LEARNED_FROM = 8


@dataclass(frozen=True)
class Case:
    """One known leak: what happened, the citations of the laws it touches, what to do against it.

    `laws` are the citations as the library's table of laws reads them; `first_aid` are the steps, in order, once it
    has happened; `agency` are the numbers (from 1) of the countermeasures that the agency has to take, not the asker;
    `advice` is what the asker is told before all of them.
    """

    id: int
    title: str
    situation: str
    citations: tuple[str, ...]
    countermeasures: tuple[str, ...]
    laws: tuple[Law, ...] = ()
    first_aid: tuple[str, ...] = ()
    agency: tuple[int, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def own_measures(self) -> tuple[str, ...]:
        """The countermeasures that the asker can take."""
        return tuple(text for number, text in enumerate(self.countermeasures, 1) if number not in self.agency)

    @property
    def agency_measures(self) -> tuple[str, ...]:
        """The countermeasures that the agency has to take."""
        return tuple(text for number, text in enumerate(self.countermeasures, 1) if number in self.agency)

    @property
    def lead(self) -> str:
        """What a choice shows of it where nobody has asked about it."""
        return self.situation

    @property
    def texts(self) -> tuple[str, ...]:
        """Each of its texts, for the search."""
        return (self.title, self.situation, *self.citations, *self.countermeasures)

    @property
    def story(self) -> str:
        """What it tells, without its citations: a law that is cited elsewhere too is none of its own words."""
        return "\n".join([self.title, self.situation, *self.countermeasures])


@dataclass(frozen=True)
class Guide:
    """A general answer to what people ask where no case fits; a draft until the office has approved it.

    `id` is lower-case letters, digits and hyphens. `keywords` are only searched, never shown; `checked` says when the
    facts were last held against the `source`.
    """

    id: str
    title: str
    answer: str
    steps: tuple[str, ...]
    citations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    approved: bool = False
    checked: str = ""
    source: str = ""
    laws: tuple[Law, ...] = ()

    @property
    def lead(self) -> str:
        """What its card opens with."""
        return self.answer

    @property
    def texts(self) -> tuple[str, ...]:
        """Each of its texts, for the search. Its steps are left out: most guides end in the same ones."""
        return (self.title, self.answer, *self.keywords)

    @property
    def story(self) -> str:
        """What it tells, as `Case.story`."""
        return "\n".join(self.texts)


Entry = Case | Guide
E = TypeVar("E", Case, Guide)


@dataclass(frozen=True)
class Question:
    """A way of asking, and the number of its case or, where none fits (NO_CASE), the id of its guide, if any.

    It is learned from, or only asked to test what was learned. `happened`: it tells of a leak that has happened
    already. `row` is its row in the sheet.
    """

    text: str
    case_id: int
    row: int = field(default=0, compare=False)
    use: Use = "learn"
    note: str = ""
    guide: str = ""
    happened: bool = False

    @property
    def label(self) -> Label:
        return self.guide or self.case_id


def named(label: Label) -> str:
    """A label in words."""
    if label == NO_CASE:
        return "沒有案例"
    return f"第 {label} 案" if isinstance(label, int) else f"一般提醒 {label}"


@dataclass(frozen=True)
class Library:
    """Cases in order of their numbers, the questions that belong to them, the table of laws, and the guides.

    A question stays with its number or guide: while there is no such case or guide it is kept, but not used.
    """

    cases: tuple[Case, ...]
    questions: tuple[Question, ...] = ()
    laws: tuple[LawEntry, ...] = ()
    guides: tuple[Guide, ...] = ()

    def case(self, number: int) -> Case | None:
        found = self.entries.get(number)
        return found if isinstance(found, Case) else None

    def guide(self, name: str) -> Guide | None:
        found = self.entries.get(name)
        return found if isinstance(found, Guide) else None

    @cached_property
    def entries(self) -> dict[Label, Entry]:
        """What a question can find: every case by its number, then every guide by its id."""
        cases: dict[Label, Entry] = {case.id: case for case in self.cases}
        return cases | {guide.id: guide for guide in self.guides}

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
        return question.label == NO_CASE or question.label in self.entries


def assemble(
    cases: tuple[Case, ...],
    questions: tuple[Question, ...],
    laws: tuple[LawEntry, ...],
    guides: tuple[Guide, ...] = (),
    base: Library | None = None,
) -> Library:
    """A library whose citations are read by this table of laws; what `base` has read by the same one stays as it is."""
    book = LawBook.of(laws)
    read = {id(each) for each in base.entries.values()} if base and laws is base.laws else set()

    def with_laws(each: E) -> E:
        return each if id(each) in read else replace(each, laws=tuple(map(book.read, each.citations)))

    cases = tuple(sorted(map(with_laws, cases), key=lambda case: case.id))
    return Library(cases, questions, laws, tuple(map(with_laws, guides)))


@dataclass(frozen=True)
class Candidate:
    """A case with the chance (0..1) that it is the right one."""

    case: Case
    score: float


@dataclass(frozen=True)
class SearchResult:
    """The verdict, and the best cases, best first, whatever the verdict.

    `guide` is the general answer where no case fits. `shown` is what may be right, best first: with "answer" the case,
    then those that are worth a look beside it; with "choose" what is offered, a guide among it where one may fit; with
    "none" the guide, if any. Without `sure`, an answer is wrong often enough to say so. `happened`: the question tells
    of what has happened already.
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    shown: tuple[Entry, ...] = ()
    sure: bool = True
    happened: bool = False

    @property
    def guide(self) -> Guide | None:
        return next((each for each in self.shown if isinstance(each, Guide)), None)


@dataclass(frozen=True)
class Word:
    """A term of the question and how much it spoke for the decision; below 0, against it."""

    text: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """What decided: the weightiest words, the bank's nearest question, and the likeliest entries with their chances."""

    words: tuple[Word, ...]
    question: Question | None
    likeliest: tuple[tuple[Entry, float], ...] = ()
