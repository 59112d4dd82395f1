"""Learns a Classifier from labelled texts. scikit-learn weighs the vectors, ridge.py fits the weights.

Only who learns loads scikit-learn and SciPy: what was learned is asked, and kept for the next start, without them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from retrieval import text as texts
from retrieval.classifier import Classifier, Rows, chances, numbered
from retrieval.library import Label
from retrieval.ridge import ROUGHLY, Floats, Singles, ridge


class Learned:
    """A classifier of at least two classes, and what it was learned from, so that parts can be left out of it."""

    def __init__(
        self,
        examples: Sequence[str],
        labels: Sequence[Label],
        terms_of: Callable[[str], texts.Terms] = texts.terms,
        happened: Sequence[bool | None] = (),
    ) -> None:
        """`happened`: whether each example tells of it; None: that is not to be learned from this one."""
        vocabularies, idfs, blocks = vectorized(examples, terms_of)
        share = len(blocks) ** -0.5
        self.examples = sparse.hstack(blocks, format="csr") * share
        classes = tuple(sorted(set(labels), key=lambda label: (isinstance(label, str), label)))
        self._targets = _targets(labels, classes)
        intercept, weights = ridge(self.examples, self._targets)
        told, telling = _fitted_tense(self.examples, labels, happened)
        weights = np.hstack([weights, telling])
        weights *= share
        self.classifier = Classifier(
            classes,
            np.append(intercept, told),
            numbered(vocabularies),
            np.concatenate(idfs),
            weights,
            Rows(self.examples.indptr, self.examples.indices, self.examples.data.astype(np.float32)),
            terms_of,
        )

    def unlearned(self, left_out: npt.NDArray[np.int64]) -> Floats:
        """Chances (texts x classes) of these examples (by their places), had the model learned from the others alone.

        How rare their terms are is still counted with them.
        """
        rest = np.setdiff1d(np.arange(self._targets.shape[0]), left_out)
        intercept, weights = ridge(self.examples[rest], self._targets[rest], ROUGHLY)
        return chances(self.examples[left_out].astype(np.float32) @ weights + intercept)


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
