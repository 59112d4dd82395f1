"""A change of the library before it is made: read, compared, measured; what speaks against it is named."""

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval import checks, effects, identity, library_sheets
from retrieval import text as texts
from retrieval.changes import TableChange, difference
from retrieval.effects import Effects
from retrieval.identity import Conflict
from retrieval.library import LEARNED_FROM, Library, Question, named
from retrieval.library_sheets import Read
from retrieval.live import LiveLibrary, build_index
from retrieval.sheets.model import Problem
from retrieval.verdicts import Calibration

if TYPE_CHECKING:
    from retrieval.search import Index

Fate = Literal["keep", "drop"]
"""What becomes of the questions of a number whose case became another matter."""


@dataclass(frozen=True)
class Objection:
    """What speaks against a change, in words. `large`: it may well be meant, so that a person's yes is enough."""

    text: str
    large: bool = False


@dataclass(frozen=True)
class Draft:
    """A library read from a file beside the live one, and the numbers whose case became another matter."""

    old: "Index"
    read: Read
    conflicts: tuple[Conflict, ...]

    def decide(self, fate: Fate) -> Library:
        """The library with that done to the questions of every conflict."""
        if fate == "keep":
            return self.read.library
        return identity.without_questions(self.read.library, self.conflicts, self.old.library)


@dataclass(frozen=True)
class Proposal:
    """A library that could be taken, what it changes and does (None: nothing that the search sees changes)."""

    library: Library
    changes: tuple[TableChange, ...]
    effects: Effects | None
    warnings: tuple[Problem, ...]
    objections: tuple[Objection, ...]
    calibration: Calibration


def draft(live: LiveLibrary, data: bytes, name: str, any_number: bool = False) -> Draft:
    """Read somebody's spreadsheet; raises SheetError with every problem found."""
    read = library_sheets.read_file(data, name, live.current(), any_number)
    old = live.index()
    known = identity.with_removed(old.library, read.library)
    search = old.search if known is old.library else build_index(known).search
    return Draft(old, read, tuple(identity.conflicts(known, read.library, search)))


def propose(
    old: "Index",
    library: Library,
    progress: Callable[[str], None] = lambda _: None,
    other_matters: frozenset[int] = frozenset(),
) -> Proposal:
    """What a library would change, and do to answers.

    `other_matters` are numbers that are known to have become another case: that their old questions go is no loss.
    """
    changes = tuple(difference(old.library, library))
    if not changes:
        return Proposal(library, (), None, tuple(checks.warnings(old, old.search_learned)), (), old.calibration)
    terms_of = functools.cache(texts.terms)
    is_searched = _is_searched(old.library, library)
    if is_searched:
        progress("建索引")
    new = build_index(library, terms_of) if is_searched else old.over(library)
    search = functools.cache(new.search)
    measured = None
    if is_searched:
        measured = effects.measure(old, new, search, terms_of, progress, other_matters)
    warnings = checks.warnings(new, new.search_learned)
    objections = _objections(old.library, library, measured, other_matters)
    return Proposal(library, changes, measured, tuple(warnings), tuple(objections), new.calibration)


def _is_searched(old: Library, new: Library) -> bool:
    """Whether they differ in anything that an answer depends on."""

    def seen(library: Library) -> object:
        questions = [(question.text, question.label, question.use) for question in library.questions]
        return [(each.id, each.texts) for each in library.entries.values()], questions

    return seen(old) != seen(new)


def _objections(old: Library, new: Library, measured: Effects | None, other_matters: frozenset[int]) -> list[Objection]:
    found = []
    gone = [case for case in old.cases if new.case(case.id) is None]
    if len(gone) * 2 > len(old.cases):
        found.append(Objection(f"{len(old.cases)} 個案例裡有 {len(gone)} 個不見了，超過一半", True))
    if len(new.questions) * 2 < len(old.questions):
        lost = len(old.questions) - len(new.questions)
        found.append(Objection(f"{len(old.questions)} 句問法裡少了 {lost} 句，超過一半", True))
    found += _lost_questions(old, new, other_matters)
    if measured and measured.tests_lost:
        lost_tests = _quoted(measured.tests_lost)
        found.append(Objection(f"有 {len(measured.tests_lost)} 句驗收題原本答對、換上後會答錯：{lost_tests}；請補問法"))
    if measured and measured.falls:
        before, after = (report.shares["answered_right"] for report in (measured.before, measured.after))
        found.append(Objection(f"直接答對的比例會從 {before:.1%} 降到 {after:.1%}；請看哪些問法的答案變了"))
    return found


def _lost_questions(old: Library, new: Library, other_matters: frozenset[int]) -> Iterator[Objection]:
    """What is no longer learned, and tests that no longer guard, though their case or guide is there."""
    before, now = (Counter(question.label for question in library.bank) for library in (old, new))
    for label in new.entries:
        if before[label] >= LEARNED_FROM > now[label] and label not in other_matters:
            said = f"{named(label)}的問法從 {before[label]} 句變成 {now[label]} 句，機器人會找不到它"
            yield Objection(said, True)
    guarding = {(test.text, test.label) for test in new.tests}
    guarded = (test for test in old.tests if new.uses(test) and test.label not in other_matters)
    unguarded = [test for test in guarded if (test.text, test.label) not in guarding]
    if unguarded:
        said = f"有 {len(unguarded)} 句驗收題被改掉或拿掉：{_quoted(unguarded)}"
        yield Objection(said, True)


def _quoted(questions: Sequence[Question]) -> str:
    return "、".join(f"「{question.text}」" for question in questions[:3]) + ("……" if len(questions) > 3 else "")
