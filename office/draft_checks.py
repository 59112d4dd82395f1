"""What a draft would change for who asks: worked in a process of its own, so that answers stay quick, and kept.

The browser may be closed meanwhile. A check belongs to one draft on one version; when either changes, another begins
and the old one gives up at its next step.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import logs
from office import words
from office.draft import Draft
from office.drafts import Drafts
from office.model import CheckRow
from retrieval import identity, proposal
from retrieval.effects import MEASURED, ChangedAnswer, Effects
from retrieval.evaluate import outcome
from retrieval.library import named
from retrieval.live import build_index
from retrieval.proposal import Proposal

log = logging.getLogger(__name__)

SEEN_SECONDS = 2.0
ABANDONED_SECONDS = 20.0
KEPT_ANSWERS, KEPT_WARNINGS = 300, 100


class CheckRepository(Protocol):
    """What is asked of the store (store/library_drafts.py, where each method is described)."""

    def get(self, account: str) -> CheckRow | None: ...
    def begin(self, account: str, digest: str, step: str, abandoned_before: float) -> bool: ...
    def note(self, account: str, digest: str, step: str | None = None) -> bool: ...
    def finish(self, account: str, digest: str, result: str) -> None: ...


@dataclass(frozen=True)
class Answer:
    """A question whose answer changes."""

    question: str
    label: str
    before: str
    now: str
    gets_worse: bool
    case_gone: bool


@dataclass(frozen=True)
class Matter:
    """A number whose case became another matter: what it was and is, and how many questions wait for a decision."""

    number: int
    before: str
    now: str
    questions: int
    moved_from: int


@dataclass(frozen=True)
class Result:
    """What was found. `figures`: what is measured, before and after, as shares; `asked`: on how many questions.

    `answers` are the first of those that change, worse ones first; `warnings` likewise. `fault`: it could not be
    worked, and why.
    """

    fault: str = ""
    asked: int = 0
    figures: tuple[tuple[str, float, float], ...] = ()
    tests: tuple[int, int, int] = (0, 0, 0)
    """How many there are, how many pass now, how many will."""
    answers: tuple[Answer, ...] = ()
    changed: int = 0
    worse: int = 0
    warnings: tuple[str, ...] = ()
    warned: int = 0
    objections: tuple[str, ...] = ()
    matters: tuple[Matter, ...] = ()

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Result":
        kept: dict[str, Any] = json.loads(text)
        kept["answers"] = tuple(Answer(**each) for each in kept["answers"])
        kept["matters"] = tuple(Matter(**each) for each in kept["matters"])
        kept["figures"] = tuple((said, before, now) for said, before, now in kept["figures"])
        for name in ("tests", "warnings", "objections"):
            kept[name] = tuple(kept[name])
        return cls(**kept)


@dataclass(frozen=True)
class State:
    """How far the check of a draft is: a step, or a result."""

    step: str
    result: Result | None = None


@dataclass(frozen=True)
class DraftChecks:
    """`start` makes a process that calls `work` for an account."""

    repository: CheckRepository
    drafts: Drafts
    start: Callable[[str], None]
    now: Callable[[], float] = time.time

    def state(self, draft: Draft) -> State:
        """What is known of a draft; begins its check where nobody works it."""
        if not draft.edited.fresh or draft.problems:
            return State("")
        abandoned_before = self.now() - ABANDONED_SECONDS
        row = self.repository.get(draft.account)
        if row and row.digest == draft.digest and (row.result or row.seen_at >= abandoned_before):
            return State(row.step, Result.read(row.result) if row.result else None)
        if self.repository.begin(draft.account, draft.digest, words.CHECK_BEGINS, abandoned_before):
            self.start(draft.account)
        return State(words.CHECK_BEGINS)

    def again(self, draft: Draft) -> None:
        """Forget what is known, after a fault, and begin anew."""
        self.repository.finish(draft.account, draft.digest, "")
        self.repository.note(draft.account, draft.digest, words.CHECK_BEGINS)
        self.start(draft.account)


class _Unwanted(Exception):
    """The draft has changed; another check is under way."""


@dataclass
class Work:
    """One check, in a process of its own."""

    repository: CheckRepository
    drafts: Drafts
    account: str
    _draft: Draft = field(init=False)

    def run(self) -> None:
        """Find out what the draft changes and keep it; whatever goes wrong is kept as the result."""
        self._draft = self.drafts.of_account(self.account)
        try:
            with self._seen():
                result = self._found()
        except _Unwanted:
            return
        except Exception as error:
            log.error("draft not checked: %s", logs.describe(error))
            result = Result(fault=logs.describe(error))
        self.repository.finish(self.account, self._draft.digest, result.as_json())

    def _found(self) -> Result:
        draft = self._draft
        self._step(words.CHECK_READS)
        old = self.drafts.bases.live.index()
        self._step(words.CHECK_IDENTITY)
        known = identity.with_removed(old.library, draft.library)
        search = old.search if known is old.library else build_index(known).search
        conflicts = identity.conflicts(known, draft.library, search)
        others = frozenset(each.now.id for each in conflicts)
        proposed = proposal.propose(old, draft.library, self._step, others)
        matters = tuple(
            Matter(each.now.id, each.before.title, each.now.title, each.questions, each.moved_from)
            for each in conflicts
            if each.now.id not in draft.keep
        )
        return _result(proposed, matters)

    def _step(self, step: str) -> None:
        if not self.repository.note(self.account, self._draft.digest, step):
            raise _Unwanted

    @contextmanager
    def _seen(self) -> Iterator[None]:
        """Says every few seconds that it is still being worked."""
        ended = threading.Event()

        def say() -> None:
            while not ended.wait(SEEN_SECONDS):
                self.repository.note(self.account, self._draft.digest)

        thread = threading.Thread(target=say, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _result(proposed: Proposal, matters: tuple[Matter, ...]) -> Result:
    effects = proposed.effects
    result = Result(
        warnings=tuple(map(str, proposed.warnings[:KEPT_WARNINGS])),
        warned=len(proposed.warnings),
        objections=tuple(each.text for each in proposed.objections),
        matters=matters,
    )
    return _measured(result, effects) if effects else result


def _measured(result: Result, effects: Effects) -> Result:
    before, after = effects.before.shares, effects.after.shares
    figures = ((said, before.get(name), after.get(name)) for name, said in MEASURED.items())
    return replace(
        result,
        asked=effects.before.n,
        figures=tuple((said, was, will) for said, was, will in figures if was is not None and will is not None),
        tests=(effects.tests, effects.tests_passed_before, effects.tests_passed),
        answers=tuple(map(_answer, effects.changed[:KEPT_ANSWERS])),
        changed=len(effects.changed),
        worse=sum(each.gets_worse for each in effects.changed),
    )


def _answer(changed: ChangedAnswer) -> Answer:
    return Answer(
        question=changed.question.text,
        label=named(changed.question.label),
        before=outcome(changed.before),
        now=outcome(changed.now),
        gets_worse=changed.gets_worse,
        case_gone=changed.case_gone,
    )
