"""What a question belongs to, and whether it tells of what has happened: ridge regression over TF-IDF.

Four kinds of terms (jieba words, character 1-, 2- and 3-grams) count alike: each is a TF-IDF vector of length
1/2, so a question is a vector of length 1. A question is scored from the weights directly, because scikit-learn's own
call costs about 1 ms for one text; learning.py fits them.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval import text as texts
from retrieval.library import Label

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]

# Measured by leaving one author of the bank out.
SHARPNESS = 6.7
# From which score on a question tells of what has happened already; it lies near 0 where its words tell nothing.
HAPPENED_FROM = 0.1


class Vector(NamedTuple):
    """The known terms of a text, all kinds in one: the terms, where each stands in the weights, its TF-IDF value."""

    terms: list[str]
    at: npt.NDArray[np.int64]
    values: Floats


class Rows(NamedTuple):
    """Sparse vectors, row by row: row i has `values[starts[i]:starts[i + 1]]` in those `columns`."""

    starts: Numbers
    columns: Numbers
    values: Singles

    def products(self, vector: Floats, among: npt.NDArray[np.int64]) -> Floats:
        """These rows times a vector."""
        sizes = self.starts[among + 1] - self.starts[among]
        ends = sizes.cumsum()
        at = np.arange(ends[-1]) + (self.starts[among] - ends + sizes).repeat(sizes)
        owners = np.arange(len(among)).repeat(sizes)
        return np.bincount(owners, self.values[at] * vector[self.columns[at]], len(among)).astype(float, copy=False)


class Classifier(NamedTuple):
    """The classes, and what was learned of them.

    `positions`: for each kind of terms where they stand in `idf` and `weights` (terms x classes, and a last column for
    whether it has happened). `examples` are the vectors of the texts that it was learned from.
    """

    classes: tuple[Label, ...]
    intercept: Floats
    positions: tuple[dict[str, int], ...]
    idf: Floats
    weights: Singles
    examples: Rows
    terms_of: Callable[[str], texts.Terms] = texts.terms

    def chances(self, text: str) -> tuple[Floats, bool]:
        """The chance of each of `classes` for a text, 1 in all, and whether it tells of what has happened."""
        _, at, values = self.vector(text)
        scores = self.intercept + values.astype(np.float32) @ self.weights[at]
        return chances(scores[:-1]), bool(scores[-1] >= HAPPENED_FROM)

    def vector(self, text: str) -> Vector:
        """TF-IDF of a text, of length 1 in each kind of terms.

        All kinds at once: to begin a step of NumPy takes longer than what it does to a few terms.
        """
        terms, at, counts, kinds = [], [], [], []
        for kind, (positions, own) in enumerate(zip(self.positions, self.terms_of(text), strict=True)):
            for term, count in Counter(own).items():
                place = positions.get(term)
                if place is not None:
                    terms.append(term)
                    at.append(place)
                    counts.append(count)
                    kinds.append(kind)
        places, owners = np.array(at, int), np.array(kinds, int)
        values = (1 + np.log(np.array(counts, float))) * self.idf[places]
        lengths = np.sqrt(np.bincount(owners, values * values))
        return Vector(terms, places, values / lengths[owners])

    def reasons(self, text: str, label: Label, rival: Label) -> dict[str, float]:
        """What each word of a text (normal form) added to `label` over `rival`, its characters' share included."""
        first, second = self.classes.index(label), self.classes.index(rival)
        gains = dict.fromkeys(self.terms_of(text)[0], 0.0)
        terms, at, values = self.vector(text)
        added = SHARPNESS * values * (self.weights[at, first] - self.weights[at, second])
        for term, gain in zip(terms, added.tolist(), strict=True):
            word = next((known_word for known_word in gains if term in known_word), None)
            if word:
                gains[word] += gain
        return gains

    def nearest(self, text: str, among: Sequence[int]) -> int:
        """Which of these examples (by their places, at least one) is most like a text (cosine)."""
        _, at, values = self.vector(text)
        vector = np.zeros(len(self.idf))
        vector[at] = values
        return among[int(np.argmax(self.examples.products(vector, np.asarray(among))))]


def numbered(vocabularies: Iterable[Iterable[str]]) -> tuple[dict[str, int], ...]:
    """Where the terms of each kind stand, all of them in one row."""
    numbers = itertools.count()
    return tuple({term: next(numbers) for term in terms} for terms in vocabularies)


def chances(scores: Floats) -> Floats:
    """Scores (of classes, in the last dimension) as chances that add up to 1 (softmax)."""
    powers = np.exp(SHARPNESS * (scores - scores.max(axis=-1, keepdims=True)))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
