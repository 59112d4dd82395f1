"""Which case a question belongs to, or none: ridge regression over TF-IDF, learned from the question bank.

Four blocks of terms (jieba words, character 1-, 2- and 3-grams) count alike: each is a TF-IDF vector of length
1/2, so a question is a vector of length 1. scikit-learn makes the vectors of what is learned. The model is that of
its RidgeClassifier; it is fitted here, many classes at once, because scikit-learn fits one class after the other:
a quarter of an hour for a thousand cases. A question is scored from the fitted weights directly, because
scikit-learn's own call costs about 1 ms for one short text.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg
from sklearn.feature_extraction.text import TfidfVectorizer

from retrieval import text as texts

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Solve = Callable[[Singles], Singles]

# Both measured by leaving one author of the bank out (docs/retrieval.md).
PENALTY = 0.3
SHARPNESS = 6.7
# How exactly the weights are fitted: the residual as a share of the targets. In single precision.
TOLERANCE = 3e-4
MOST_STEPS = 500  # 15 to 25 are usual
# Only speed and memory depend on these: classes solved at a time, threads, texts for every term called common.
TOGETHER = 64
THREADS = min(4, os.cpu_count() or 1)
TEXTS_PER_COMMON = 14


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
        self, examples: Sequence[str], labels: Sequence[int], terms_of: Callable[[str], texts.Terms] = texts.terms
    ) -> None:
        self._terms_of = terms_of
        vectorizers, blocks = _vectorized(examples, terms_of)
        self._share = len(blocks) ** -0.5
        self._examples = sparse.hstack(blocks, format="csr") * self._share
        classes, targets = np.unique(np.asarray(labels), return_inverse=True)
        self.classes: tuple[int, ...] = tuple(classes.tolist())
        self._intercept, weights = ridge(self._examples, targets)
        weights *= self._share
        ends = np.cumsum([len(vectorizer.idf_) for vectorizer in vectorizers])
        self._blocks = [
            _Block({term: int(at) for term, at in vectorizer.vocabulary_.items()}, vectorizer.idf_, part)
            for vectorizer, part in zip(vectorizers, np.split(weights, ends[:-1]), strict=True)
        ]

    def chances(self, text: str) -> Floats:
        """The chance of each of `classes` for a text, 1 in all."""
        scores = self._intercept.copy()
        for block, terms in zip(self._blocks, self._terms_of(text), strict=True):
            _, at, values = block.values(terms)
            scores += values.astype(np.float32) @ block.weights[at]
        powers = np.exp(SHARPNESS * (scores - scores.max()))
        chances: Floats = powers / powers.sum()
        return chances

    def reasons(self, text: str, label: int, rival: int) -> dict[str, float]:
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


def _vectorized(
    examples: Sequence[str], terms_of: Callable[[str], texts.Terms]
) -> tuple[list[TfidfVectorizer], list[sparse.csr_matrix]]:
    """For each kind of term, what makes its vectors, and those of the examples (texts x terms)."""
    terms = [terms_of(example) for example in examples]
    kinds = range(len(terms[0]))
    vectorizers = [TfidfVectorizer(analyzer=itemgetter(kind), sublinear_tf=True) for kind in kinds]
    return vectorizers, [vectorizer.fit_transform(terms) for vectorizer in vectorizers]


def ridge(examples: sparse.csr_matrix, targets: npt.NDArray[np.int64]) -> tuple[Floats, Singles]:
    """Intercepts (classes) and weights (terms x classes) of ridge regression, as RidgeClassifier fits them.

    `examples` is X (texts x terms); `targets` numbers the class of each text from 0. Every class has a column of Y
    (texts x classes): +1 for its own texts, -1 for others. In the dual form (Saunders, Gammerman and Vovk 1998)
    weights = X'A, where (K + PENALTY) A = Y, K = XX', with X and Y centred; that is small, as texts are fewer than
    terms.
    """
    order = np.argsort(-examples.power(2).sum(axis=0).A1, kind="stable")  # common terms side by side: cached
    ordered = examples[:, order].astype(np.float32)
    transposed, means = ordered.T.tocsr(), ordered.mean(axis=0).A1
    solve = _solver(ordered, transposed)
    counts = np.bincount(targets)
    intercept, weights = 2 * counts / len(targets) - 1, np.empty((len(order), len(counts)), np.float32)

    def fit(first: int) -> None:
        some = slice(first, first + TOGETHER)
        own = 2 * (targets[:, None] == np.arange(len(counts))[some])
        found = transposed @ solve(_centred(own.astype(np.float32)))
        intercept[some] -= means @ found
        weights[order, some] = found

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fit, range(0, len(counts), TOGETHER)))
    return intercept, weights


def _solver(examples: sparse.csr_matrix, transposed: sparse.csr_matrix) -> Solve:
    """What solves (K + PENALTY) A = Y for some centred columns of Y (texts x TOGETHER).

    By preconditioned conjugate gradients (Saad 2003, 9.2); the columns are one long vector, so that each step is a
    product of a sparse matrix with many columns at once.
    """
    precondition = _preconditioner(examples)

    def product(a: Singles) -> Singles:
        return _centred(examples @ (transposed @ a)) + np.float32(PENALTY) * a

    def solve(y: Singles) -> Singles:
        def operator(step: Solve) -> LinearOperator:
            return LinearOperator((y.size, y.size), lambda a: step(a.reshape(y.shape)).ravel(), dtype=y.dtype)

        found, _ = cg(operator(product), y.ravel(), rtol=TOLERANCE, maxiter=MOST_STEPS, M=operator(precondition))
        solution: Singles = found.reshape(y.shape)
        return solution

    return solve


def _preconditioner(examples: sparse.csr_matrix) -> Solve:
    """Multiplies by the inverse that K + PENALTY (texts x texts) would have if texts shared only common terms.

    With C the common terms (texts x common) that is D + CC', D diagonal: its inverse, by Woodbury's identity, is
    D^-1 - D^-1 C (1 + C'D^-1 C)^-1 C'D^-1. A seventh of the steps that conjugate gradients take without.
    """
    common = examples[:, : 1 + examples.shape[0] // TEXTS_PER_COMMON]
    transposed = common.T.tocsr()
    rest = examples.power(2).sum(axis=1).A1 - common.power(2).sum(axis=1).A1
    scale = (1 / (rest + PENALTY)).astype(np.float32)[:, None]
    gram = (transposed @ common.multiply(scale).tocsr()).toarray()
    inner = np.linalg.inv(gram + np.eye(len(gram), dtype=np.float32))

    def precondition(a: Singles) -> Singles:
        scaled = scale * a
        return _centred(scaled - scale * (common @ (inner @ (transposed @ scaled))))

    return precondition


def _centred(columns: Singles) -> Singles:
    centred: Singles = columns - columns.mean(axis=0)
    return centred
