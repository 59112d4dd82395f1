"""The fit of all classes together, beside scikit-learn's."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse
from sklearn.linear_model import RidgeClassifier

from retrieval import ridge
from retrieval.learning import Learned
from retrieval.search import Index

Problem = tuple[sparse.csr_matrix, npt.NDArray[np.int64]]


def problem(classes: int, texts: int = 400, terms: int = 900) -> Problem:
    """Texts as vectors of length 1 with common and rare terms, and the class of each."""
    chance = np.random.default_rng(classes)
    targets = np.arange(texts) % classes
    share = 1 / (1 + np.arange(terms))
    picked = [chance.choice(terms, 12, replace=False, p=share / share.sum()) for _ in range(texts)]
    own = [(target * 7 + chance.integers(0, 12, 3)) % terms for target in targets]
    rows = np.repeat(np.arange(texts), 15)
    values = chance.uniform(0.1, 1, len(rows))
    columns = np.concatenate([np.concatenate(pair) for pair in zip(picked, own, strict=True)])
    counts = sparse.csr_matrix((values, (rows, columns)), shape=(texts, terms))
    lengths = np.sqrt(counts.power(2).sum(axis=1).A1)
    return sparse.csr_matrix(sparse.diags_array(1 / lengths) @ counts), targets


def one_hot(targets: npt.NDArray[np.int64]) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(targets)), (np.arange(len(targets)), targets)))


def direct(examples: sparse.csr_matrix, targets: npt.NDArray[np.int64]) -> RidgeClassifier:
    return RidgeClassifier(alpha=ridge.PENALTY, solver="cholesky").fit(examples.toarray(), targets)


@pytest.mark.parametrize("classes", [3, 11, 2 * ridge.TOGETHER + 1])
def test_the_fit_is_that_of_ridge_classifier(classes: int) -> None:
    examples, targets = problem(classes)
    model = direct(examples, targets)
    intercept, weights = ridge.ridge(examples, one_hot(targets))
    assert weights.shape == (examples.shape[1], classes)
    np.testing.assert_allclose(weights, model.coef_.T, atol=0.004)
    np.testing.assert_allclose(intercept, model.intercept_, atol=0.004)


def test_two_classes_are_each_other_reversed() -> None:
    examples, targets = problem(2)
    model = direct(examples, targets)
    intercept, weights = ridge.ridge(examples, one_hot(targets))
    np.testing.assert_allclose(weights, np.vstack([-model.coef_, model.coef_]).T, atol=0.004)
    np.testing.assert_allclose(intercept, [-model.intercept_[0], model.intercept_[0]], atol=0.004)


def test_more_texts_than_terms_are_fitted_as_well() -> None:
    examples, targets = problem(5, texts=600, terms=40)
    model = direct(examples, targets)
    intercept, weights = ridge.ridge(examples, one_hot(targets))
    np.testing.assert_allclose(examples @ weights + intercept, model.decision_function(examples), atol=0.004)


def test_the_same_texts_give_the_same_fit() -> None:
    examples, targets = problem(2 * ridge.TOGETHER + 1)
    first, second = (ridge.ridge(examples, one_hot(targets)) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


def test_equal_texts_of_different_classes_and_a_class_of_one_text() -> None:
    learned = Learned(["臨檢名單外流", "臨檢名單外流", "監視器報修"], [7, 0, 3]).classifier
    assert learned.classes == (0, 3, 7)
    chances, _ = learned.chances("臨檢名單外流")
    assert chances.sum() == pytest.approx(1)
    assert chances[0] == pytest.approx(chances[2], rel=0.01)
    assert chances[1] < chances[0]


def test_the_shipped_library_is_fitted_as_closely_as_before(index: Index) -> None:
    """As by RidgeClassifier(solver="sparse_cg", tol=1e-3), whose scores are up to 0.004 off."""
    questions = index.library.bank[::8]
    learned = Learned([question.text for question in questions], [question.label for question in questions])
    targets = np.array([learned.classifier.classes.index(question.label) for question in questions])
    examples = learned.examples
    model = RidgeClassifier(alpha=ridge.PENALTY, solver="sparse_cg", tol=1e-9).fit(examples, targets)
    intercept, weights = ridge.ridge(examples, one_hot(targets))
    np.testing.assert_allclose(examples @ weights + intercept, model.decision_function(examples), atol=0.004)
