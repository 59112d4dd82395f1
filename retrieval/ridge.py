"""Ridge regression of many columns at once over few thousand texts and many terms.

The model is that of scikit-learn's RidgeClassifier; it is fitted here because scikit-learn fits one class after the
other: a quarter of an hour for a thousand cases.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Solve = Callable[[Singles], Singles]

# Measured by leaving one author of the bank out.
PENALTY = 0.3
# How exactly the weights are fitted, in single precision: the residual as a share of the targets.
TOLERANCE, ROUGHLY = 3e-4, 1e-2  # roughly where thresholds are made of them: chances are within 0.01 of the exact ones
MOST_STEPS = 500  # 15 to 25 are usual
# Only speed and memory depend on these: classes solved at a time, threads, texts for every term called common.
TOGETHER = 64
THREADS = min(4, os.cpu_count() or 1)
TEXTS_PER_COMMON = 14


def ridge(
    examples: sparse.csr_matrix, targets: sparse.csr_matrix, tolerance: float = TOLERANCE
) -> tuple[Floats, Singles]:
    """Intercepts (columns) and weights (terms x columns) of ridge regression, as RidgeClassifier fits them.

    `examples` is X (texts x terms); `targets` (texts x columns) has 1 where a text belongs to a column, which is +1 in
    Y, and -1 for all others. In the dual form (Saunders, Gammerman and Vovk 1998) weights = X'A, where
    (K + PENALTY) A = Y, K = XX', with X and Y centred; that is small, as texts are fewer than terms.
    """
    order = np.argsort(-examples.power(2).sum(axis=0).A1, kind="stable")  # common terms side by side: cached
    ordered = examples[:, order].astype(np.float32)
    transposed, means = ordered.T.tocsr(), ordered.mean(axis=0).A1
    solve = _solver(ordered, transposed, tolerance)
    texts_count, columns = targets.shape
    intercept, weights = 2 * targets.sum(axis=0).A1 / texts_count - 1, np.empty((len(order), columns), np.float32)

    def fit(first: int) -> None:
        some = slice(first, first + TOGETHER)
        found = transposed @ solve(_centred(2 * targets[:, some].toarray().astype(np.float32)))
        intercept[some] -= means @ found
        weights[order, some] = found

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fit, range(0, columns, TOGETHER)))
    return intercept, weights


def _solver(examples: sparse.csr_matrix, transposed: sparse.csr_matrix, tolerance: float) -> Solve:
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

        found, _ = cg(operator(product), y.ravel(), rtol=tolerance, maxiter=MOST_STEPS, M=operator(precondition))
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
