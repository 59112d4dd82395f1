"""What the bot could not answer and its askers handed over: groups of likeness, and what the office makes of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.handover import KEPT_DAYS
from office import words
from office.model import Action, Actor, Journal, MissedQuestion, Right
from retrieval import grouping
from retrieval.library import NO_CASE, Label, Library, SearchResult, named
from retrieval.sheets.model import SheetError

if TYPE_CHECKING:
    from retrieval.search import Index

MOST_GROUPS = 10
MOST_TAUGHT = 300
LOOKED_UP = 20  # wordings of a group, the commonest first
_REMEMBERED = 5000


class Questions(Protocol):
    """Missed questions as they are kept (store/missed_questions.py, where each method is described)."""

    def waiting(self, at_most: int) -> Sequence[MissedQuestion]: ...
    def taught(self, at_most: int) -> Sequence[MissedQuestion]: ...
    def count_waiting(self) -> int: ...
    def get(self, keys: Sequence[str]) -> Sequence[MissedQuestion]: ...
    def mark(self, keys: Sequence[str], taught: str) -> int: ...
    def delete(self, keys: Sequence[str]) -> int: ...
    def forget_before(self, day: date) -> None: ...


class Drafts(Protocol):
    """What each person is about to change in the library."""

    def add_questions(self, actor: Actor, texts: Sequence[str], label: Label) -> object:
        """Put ways of asking into the actor's draft, each once. May raise, SheetError for what cannot be one; then
        nothing was put there.
        """


class NotTaught(Exception):
    """What was to be taught cannot be a way of asking; the text says why, and may quote it."""


class Wording(NamedTuple):
    """The same words, handed over on one day or more; `found`: what the bot answers now, None: not looked up."""

    text: str
    keys: tuple[str, ...]
    found: SearchResult | None = None


class Group(NamedTuple):
    """Wordings that are probably about the same, the commonest first."""

    wordings: tuple[Wording, ...]
    first: date
    last: date

    @property
    def key(self) -> str:
        """By which a page finds it again while nothing changes."""
        return self.wordings[0].keys[0]

    @property
    def times(self) -> int:
        """How often it was handed over."""
        return sum(len(wording.keys) for wording in self.wordings)


class TaughtGroup(NamedTuple):
    """What was taught as one label; `answered`: how many of its wordings the bot now answers so."""

    label: Label
    group: Group
    answered: int


class Overview(NamedTuple):
    """The biggest groups, how many more there are, how many questions wait in all, and what was taught."""

    groups: tuple[Group, ...]
    more: int
    waiting: int
    taught: tuple[TaughtGroup, ...]


class Missed:
    """The list of gaps. Every method of it but `forget_old` asks for Right.LIBRARY and may raise Forbidden."""

    def __init__(
        self,
        questions: Questions,
        index: "Callable[[], Index]",
        drafts: Drafts,
        journal: Journal,
        today: Callable[[], date],
    ) -> None:
        self._questions = questions
        self._answers = _Answers(index)
        self._drafts = drafts
        self._journal = journal
        self._today = today
        self._grouped: tuple[list[str], list[list[int]]] = ([], [])

    def overview(self, actor: Actor) -> Overview:
        """What waits, of the newest at most grouping.MOST, and what was taught."""
        actor.require(Right.LIBRARY)
        waiting = self._questions.waiting(grouping.MOST)
        places = self._places([question.text for question in waiting])
        groups = [self._group([waiting[place] for place in group]) for group in places[:MOST_GROUPS]]
        more = max(0, len(places) - MOST_GROUPS)
        return Overview(tuple(groups), more, self._questions.count_waiting(), tuple(self._taught()))

    @property
    def library(self) -> Library:
        """The one that answers now: what can be taught."""
        return self._answers.index().library

    def wordings(self, actor: Actor, keys: Sequence[str]) -> list[str]:
        """The texts of questions that are still there, each once."""
        actor.require(Right.LIBRARY)
        return list(dict.fromkeys(question.text for question in self._questions.get(keys)))

    def teach(self, actor: Actor, keys: Sequence[str], label: Label) -> int:
        """Put waiting questions into the actor's draft as ways of asking for `label`; how many questions.

        They stay here, marked, until their days are over, so that a draft given up loses nothing. Raises NotTaught.
        """
        actor.require(Right.LIBRARY)
        found = [question for question in self._questions.get(keys) if not question.taught]
        if not found:
            return 0
        try:
            self._drafts.add_questions(actor, list(dict.fromkeys(question.text for question in found)), label)
        except SheetError as error:
            raise NotTaught(str(error)) from None
        count = self._questions.mark([question.key for question in found], str(label))
        return self._recorded(actor, named(label), words.TAUGHT, count)

    def put_back(self, actor: Actor, keys: Sequence[str]) -> int:
        """Taught questions wait again; what was put into a draft stays there."""
        actor.require(Right.LIBRARY)
        return self._recorded(actor, words.MISSED_QUESTIONS, words.PUT_BACK, self._questions.mark(keys, ""))

    def discard(self, actor: Actor, keys: Sequence[str]) -> int:
        """Delete questions for good; how many."""
        actor.require(Right.LIBRARY)
        return self._recorded(actor, words.MISSED_QUESTIONS, words.DISCARDED, self._questions.delete(keys))

    def forget_old(self) -> None:
        """Delete what askers handed over longer ago than they were told, taught or not."""
        self._questions.forget_before(self._today() - timedelta(days=KEPT_DAYS))

    def _recorded(self, actor: Actor, subject: str, done: str, count: int) -> int:
        if count:
            self._journal.record(actor.name, Action.MISSED, subject, done.format(count=count))
        return count

    def _places(self, texts: list[str]) -> list[list[int]]:
        """Grouped once: it takes a second for many texts, and a page is looked at more often than they change."""
        known, places = self._grouped
        if known != texts:
            places = grouping.group(texts)
            self._grouped = (texts, places)
        return places

    def _group(self, questions: Sequence[MissedQuestion], looked_up: int = LOOKED_UP) -> Group:
        keys: dict[str, list[str]] = {}
        for question in questions:
            keys.setdefault(question.text, []).append(question.key)
        wordings = [Wording(text, tuple(own)) for text, own in sorted(keys.items(), key=lambda each: -len(each[1]))]
        for at, wording in enumerate(wordings[:looked_up]):
            wordings[at] = wording._replace(found=self._answers.to(wording.text))
        days = [question.day for question in questions]
        return Group(tuple(wordings), min(days), max(days))

    def _taught(self) -> Iterable[TaughtGroup]:
        """By label, those taught last first."""
        by_label: dict[Label, list[MissedQuestion]] = {}
        for question in self._questions.taught(MOST_TAUGHT):
            by_label.setdefault(label_of(question.taught), []).append(question)
        for label, questions in by_label.items():
            group = self._group(questions, MOST_TAUGHT)
            answered = sum(bool(each.found and answers_so(each.found, label)) for each in group.wordings)
            yield TaughtGroup(label, group, answered)


def label_of(text: str) -> Label:
    """A label as it is kept and as forms send it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def cells_of(label: Label) -> tuple[str, str]:
    """The case and the guide of a way of asking; where nothing was chosen both are empty, and the library says so."""
    return (str(NO_CASE), label) if isinstance(label, str) and label else (str(label), "")


def answers_so(found: SearchResult, label: Label) -> bool:
    """Whether what the bot says is this case, this guide, or (NO_CASE) nothing."""
    if found.verdict == "answer":
        return found.candidates[0].case.id == label
    return found.verdict == "none" and label == (found.guide.id if found.guide else NO_CASE)


class _Answers:
    """What the bot answers to texts, remembered until another library is live."""

    def __init__(self, index: "Callable[[], Index]") -> None:
        self.index = index
        self._known: tuple[Index | None, dict[str, SearchResult]] = (None, {})

    def to(self, text: str) -> SearchResult:
        index, known = self.index(), self._known
        if known[0] is not index or len(known[1]) > _REMEMBERED:
            self._known = known = (index, {})
        if text not in known[1]:
            known[1][text] = index.search(text)
        return known[1][text]
