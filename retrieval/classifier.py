"""What a question belongs to, and whether it tells of what has happened: ridge regression over TF-IDF.

Four blocks of terms (jieba words, character 1-, 2- and 3-grams) count alike: each is a TF-IDF vector of length
1/2, so a question is a vector of length 1. A question is scored from the weights directly, because scikit-learn's own
call costs about 1 ms for one text; learning.py fits them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
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


class Block(NamedTuple):
    """The fitted terms of one kind: where each stands in `weights`, its idf, its weight for every class."""

    positions: dict[str, int]
    idf: Floats
    weights: Singles

    def values(self, terms: Sequence[str]) -> tuple[list[str], list[int], Floats]:
        """The known terms, their positions and TF-IDF values, of length 1 in all."""
        counts = {term: n for term, n in Counter(terms).items() if term in self.positions}
        at = [self.positions[term] for term in counts]
        values = (1 + np.log(np.fromiter(counts.values(), float, len(at)))) * self.idf[at]
        return list(counts), at, values / (np.sqrt(values @ values) or 1.0)


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
    """The classes, and per block what was learned of them; the last column of weights is whether it has happened.

    `examples` are the vectors of the texts that it was learned from.
    """

    classes: tuple[Label, ...]
    intercept: Floats
    blocks: tuple[Block, ...]
    examples: Rows
    terms_of: Callable[[str], texts.Terms] = texts.terms

    def chances(self, text: str) -> tuple[Floats, bool]:
        """The chance of each of `classes` for a text, 1 in all, and whether it tells of what has happened."""
        scores = self.intercept.copy()
        for block, terms in zip(self.blocks, self.terms_of(text), strict=True):
            _, at, values = block.values(terms)
            scores += values.astype(np.float32) @ block.weights[at]
        return chances(scores[:-1]), bool(scores[-1] >= HAPPENED_FROM)

    def reasons(self, text: str, label: Label, rival: Label) -> dict[str, float]:
        """What each word of a text (normal form) added to `label` over `rival`, its characters' share included."""
        first, second = self.classes.index(label), self.classes.index(rival)
        terms = self.terms_of(text)
        gains = dict.fromkeys(terms[0], 0.0)
        for block, own in zip(self.blocks, terms, strict=True):
            known, at, values = block.values(own)
            added = SHARPNESS * values * (block.weights[at, first] - block.weights[at, second])
            for term, gain in zip(known, added.tolist(), strict=True):
                word = next((known_word for known_word in gains if term in known_word), None)
                if word:
                    gains[word] += gain
        return gains

    def nearest(self, text: str, among: Sequence[int]) -> int:
        """Which of these examples (by their places, at least one) is most like a text (cosine)."""
        vector = np.zeros(sum(len(block.idf) for block in self.blocks))
        start = 0
        for block, terms in zip(self.blocks, self.terms_of(text), strict=True):
            _, at, values = block.values(terms)
            vector[np.array(at, int) + start] = values
            start += len(block.idf)
        return among[int(np.argmax(self.examples.products(vector, np.asarray(among))))]


def chances(scores: Floats) -> Floats:
    """Scores (of classes, in the last dimension) as chances that add up to 1 (softmax)."""
    powers = np.exp(SHARPNESS * (scores - scores.max(axis=-1, keepdims=True)))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
