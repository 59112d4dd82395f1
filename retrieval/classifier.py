"""Which case a question belongs to, or none: ridge regression over TF-IDF, learned from the question bank.

Four blocks of terms (jieba words, character 1-, 2- and 3-grams) count alike: each is a TF-IDF vector of length
1/2, so a question is a vector of length 1. scikit-learn fits; a question is scored from the fitted weights
directly, because scikit-learn's own call costs about 1 ms for one short text.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier

from retrieval import text as texts

Floats = npt.NDArray[np.float64]

# Both measured by leaving one author of the bank out (docs/retrieval.md).
PENALTY = 0.3
SHARPNESS = 6.7


@dataclass(frozen=True)
class _Block:
    """The fitted terms of one kind: where each stands in `weights`, its idf, its weight for every class."""

    positions: dict[str, int]
    idf: Floats
    weights: Floats

    def values(self, terms: Sequence[str]) -> tuple[list[str], list[int], Floats]:
        """The known terms, their positions and TF-IDF values, of length 1 in all."""
        counts = {term: n for term, n in Counter(terms).items() if term in self.positions}
        at = [self.positions[term] for term in counts]
        values = (1 + np.log(np.fromiter(counts.values(), float, len(at)))) * self.idf[at]
        return list(counts), at, values / (np.sqrt(values @ values) or 1.0)


class Classifier:
    """Learned from labelled texts of at least two classes; immutable."""

    def __init__(
        self, examples: Sequence[str], labels: Sequence[int], terms_of: Callable[[str], texts.Terms] = texts.terms
    ) -> None:
        terms = [terms_of(example) for example in examples]
        kinds = range(len(terms[0]))
        vectorizers = [TfidfVectorizer(analyzer=itemgetter(kind), sublinear_tf=True) for kind in kinds]
        self._share = len(kinds) ** -0.5
        blocks = [vectorizer.fit_transform(terms) for vectorizer in vectorizers]
        self._examples = sparse.hstack(blocks, format="csr") * self._share
        model = RidgeClassifier(alpha=PENALTY, solver="sparse_cg", tol=1e-3).fit(self._examples, labels)
        self.classes: tuple[int, ...] = tuple(int(label) for label in model.classes_)
        self._intercept, weights = _per_class(model, self._share)
        ends = np.cumsum([len(vectorizer.idf_) for vectorizer in vectorizers])
        self._blocks = [
            _Block({term: int(at) for term, at in vectorizer.vocabulary_.items()}, vectorizer.idf_, part)
            for vectorizer, part in zip(vectorizers, np.split(weights, ends[:-1]), strict=True)
        ]

    def chances(self, text: str) -> Floats:
        """The chance of each of `classes` for a text, 1 in all."""
        scores = self._intercept.copy()
        for block, terms in zip(self._blocks, texts.terms(text), strict=True):
            _, at, values = block.values(terms)
            scores += values @ block.weights[at]
        powers = np.exp(SHARPNESS * (scores - scores.max()))
        chances: Floats = powers / powers.sum()
        return chances

    def reasons(self, text: str, label: int, rival: int) -> dict[str, float]:
        """What each word of a text (normal form) added to `label` over `rival`, its characters' share included."""
        first, second = self.classes.index(label), self.classes.index(rival)
        terms = texts.terms(text)
        gains = dict.fromkeys(terms[0], 0.0)
        for block, own in zip(self._blocks, terms, strict=True):
            known, at, values = block.values(own)
            added = SHARPNESS * values * (block.weights[at, first] - block.weights[at, second])
            for term, gain in zip(known, added.tolist(), strict=True):
                word = next((known_word for known_word in gains if term in known_word), None)
                if word:
                    gains[word] += gain
        return gains

    def nearest(self, text: str, among: Sequence[int]) -> int:
        """Which of these examples (by their places) is most like a text (cosine)."""
        vector = np.zeros(self._examples.shape[1])
        start = 0
        for block, terms in zip(self._blocks, texts.terms(text), strict=True):
            _, at, values = block.values(terms)
            vector[np.array(at, int) + start] = values
            start += len(block.idf)
        return among[int(np.argmax(self._examples[list(among)] @ vector))]


def _per_class(model: RidgeClassifier, share: float) -> tuple[Floats, Floats]:
    """Intercept and weights (terms x classes); of two classes scikit-learn keeps only the second."""
    intercept, weights = np.atleast_1d(model.intercept_), np.atleast_2d(model.coef_)
    if len(model.classes_) == 2:
        intercept, weights = np.concatenate([-intercept, intercept]), np.vstack([-weights, weights])
    return intercept, np.ascontiguousarray(weights.T * share)
