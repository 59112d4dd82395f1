"""Index(library).search(text) -> ranked candidates with confidence and a verdict."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from retrieval import text as texts
from retrieval.library import Case, Library

Verdict = Literal["answer", "choose", "none"]
SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """A case with how sure the index is that it is the right one (0..1)."""

    case: Case
    score: float


@dataclass(frozen=True)
class Found:
    """What a search brings: the verdict, and the best cases, best first, whatever the verdict."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


class Index:
    """A search over one library; never changes once built, so threads share it freely."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._vectorizer = TfidfVectorizer(analyzer=texts.words, sublinear_tf=True)
        self._matrix = self._vectorizer.fit_transform(case.text for case in library.cases)

    def search(self, text: str) -> Found:
        """The best SHOWN cases for a question of any length and form."""
        scores = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        best = np.argsort(-scores, kind="stable")[:SHOWN]
        candidates = tuple(Candidate(self.library.cases[i], float(min(1.0, scores[i]))) for i in best)
        top = candidates[0].score
        return Found("answer" if top >= 0.2 else "choose" if top >= 0.1 else "none", candidates)
