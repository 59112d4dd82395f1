"""What a search brings, as plain values: importing them loads none of the search's libraries."""

from dataclasses import dataclass
from typing import Literal

from retrieval.library import Case, Question

Verdict = Literal["answer", "choose", "none"]


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
