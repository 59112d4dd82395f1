"""What a question belongs to, and whether it tells of what has happened: ridge regression over TF-IDF.

Four blocks of terms (jieba words, character 1-, 2- and 3-grams) count alike: each is a TF-IDF vector of length
1/2, so a question is a vector of length 1. scikit-learn weighs the vectors of what is learned, ridge.py fits the
weights, and a question is scored from them directly, because scikit-learn's own call costs about 1 ms for one text.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from retrieval import text as texts
from retrieval.library import Label
from retrieval.ridge import ROUGHLY, Floats, Singles, ridge

# Measured by leaving one author of the bank out.
SHARPNESS = 6.7
# From which score on a question tells of what has happened already; it lies near 0 where its words tell nothing.
HAPPENED_FROM = 0.1


@dataclass(frozen=True)
class _Block:
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


class Classifier:
    """Learned from labelled texts of at least two classes; immutable."""

    def __init__(
        self,
        examples: Sequence[str],
        labels: Sequence[Label],
        terms_of: Callable[[str], texts.Terms] = texts.terms,
        happened: Sequence[bool | None] = (),
    ) -> None:
        """`happened`: whether each example tells of it; None: that is not to be learned from this one."""
        self._terms_of = terms_of
        vocabularies, idfs, blocks = vectorized(examples, terms_of)
        self._share = len(blocks) ** -0.5
        self._examples = sparse.hstack(blocks, format="csr") * self._share
        self.classes = tuple(sorted(set(labels), key=lambda label: (isinstance(label, str), label)))
        self._targets = _targets(labels, self.classes)
        intercept, weights = ridge(self._examples, self._targets)
        told, telling = _fitted_tense(self._examples, labels, happened)
        self._intercept, weights = np.append(intercept, told), np.hstack([weights, telling])
        weights *= self._share
        parts = np.split(weights, np.cumsum([len(idf) for idf in idfs])[:-1])
        self._blocks = list(map(_Block, vocabularies, idfs, parts))

    def chances(self, text: str) -> tuple[Floats, bool]:
        """The chance of each of `classes` for a text, 1 in all, and whether it tells of what has happened."""
        scores = self._intercept.copy()
        for block, terms in zip(self._blocks, self._terms_of(text), strict=True):
            _, at, values = block.values(terms)
            scores += values.astype(np.float32) @ block.weights[at]
        return _chances(scores[:-1]), bool(scores[-1] >= HAPPENED_FROM)

    def unlearned(self, left_out: npt.NDArray[np.int64]) -> Floats:
        """Chances (texts x classes) of these examples (by their places), had the model learned from the others alone.

        How rare their terms are is still counted with them.
        """
        rest = np.setdiff1d(np.arange(self._targets.shape[0]), left_out)
        intercept, weights = ridge(self._examples[rest], self._targets[rest], ROUGHLY)
        return _chances(self._examples[left_out].astype(np.float32) @ weights + intercept)

    def reasons(self, text: str, label: Label, rival: Label) -> dict[str, float]:
        """What each word of a text (normal form) added to `label` over `rival`, its characters' share included."""
        first, second = self.classes.index(label), self.classes.index(rival)
        terms = self._terms_of(text)
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
        for block, terms in zip(self._blocks, self._terms_of(text), strict=True):
            _, at, values = block.values(terms)
            vector[np.array(at, int) + start] = values
            start += len(block.idf)
        return among[int(np.argmax(self._examples[list(among)] @ vector))]


def _chances(scores: Floats) -> Floats:
    """Scores (of classes, in the last dimension) as chances that add up to 1 (softmax)."""
    powers = np.exp(SHARPNESS * (scores - scores.max(axis=-1, keepdims=True)))
    chances: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return chances


def vectorized(
    examples: Sequence[str], terms_of: Callable[[str], texts.Terms] = texts.terms
) -> tuple[list[dict[str, int]], list[Floats], list[sparse.csr_matrix]]:
    """For each kind of term: where each term stands, its idf, and the vectors of the examples (texts x terms)."""
    vocabularies, idfs, blocks = [], [], []
    for kind in zip(*map(terms_of, examples), strict=True):
        vocabulary, counts = _counted(kind)
        weighting = TfidfTransformer(sublinear_tf=True)
        blocks.append(weighting.fit_transform(counts))
        vocabularies.append(vocabulary)
        idfs.append(weighting.idf_)
    return vocabularies, idfs, blocks


def _counted(kind: Sequence[list[str]]) -> tuple[dict[str, int], sparse.csr_matrix]:
    """As CountVectorizer, which takes three times as long: where each term stands, and how often texts have it."""
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    columns = np.fromiter((vocabulary[term] for terms in kind for term in terms), np.int32)
    ends = np.cumsum([0, *map(len, kind)])
    counts = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(kind), len(vocabulary)))
    counts.sum_duplicates()
    return dict(vocabulary), counts


def _targets(labels: Sequence[Label], classes: Sequence[Label]) -> sparse.csr_matrix:
    """A column for every class: 1 for the texts that belong to it."""
    places = {label: place for place, label in enumerate(classes)}
    cells = (range(len(labels)), [places[label] for label in labels])
    return sparse.csr_matrix((np.ones(len(labels)), cells), shape=(len(labels), len(classes)))


def _fitted_tense(
    examples: sparse.csr_matrix, labels: Sequence[Label], happened: Sequence[bool | None]
) -> tuple[float, Singles]:
    """Intercept and weights (terms x 1) of whether a text tells of what has happened.

    Within each class: that one case is mostly asked about afterwards says nothing about a question's words.
    """
    own = [row for row, told in enumerate(happened) if told is not None]
    if not own:
        return -1.0, np.zeros((examples.shape[1], 1), np.float32)
    told = np.array([float(happened[row] or 0) for row in own])
    _, places = np.unique([str(labels[row]) for row in own], return_inverse=True)
    usual = (np.bincount(places, told) / np.bincount(places))[places]
    intercept, weights = ridge(examples[own], sparse.csr_matrix((1 + told - usual)[:, None] / 2), ROUGHLY)
    return float(intercept[0]), weights
