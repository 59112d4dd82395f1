"""What an index has learned from its library: all of it that takes long to make, and is kept for the next start."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from retrieval.classifier import Classifier
from retrieval.library import LEARNED_FROM, NO_CASE, Entry, Label, Library, Question
from retrieval.ranking import Ranker
from retrieval.verdicts import Calibration, Ranked

# A question of fewer characters tells too little: one word that a case holds would be a share of 1.
TELLING = 6


class Parts(NamedTuple):
    """A library as it is searched: what the classifier tells apart, the questions of that, and all other entries."""

    labels: set[Label]
    questions: list[Question]
    others: list[Entry]

    @classmethod
    def of(cls, library: Library) -> "Parts":
        counts = Counter(question.label for question in library.bank)
        labels = {label for label, count in counts.items() if count >= LEARNED_FROM}
        if NO_CASE not in labels or len(labels) == 1:  # without questions that nothing fits nothing can be learned
            labels = set()
        return cls(
            labels,
            [question for question in library.bank if question.label in labels],
            [each for each in library.entries.values() if each.id not in labels],
        )


class Fitted(NamedTuple):
    """None: there is nothing to learn, or nothing that was not learned.

    `asked` is what the bank says of its very words; `calibration`, from which chance something is answered, and how
    well that was kept on the bank.
    """

    classifier: Classifier | None
    ranker: Ranker | None
    asked: dict[str, Label]
    calibration: Calibration


def best_first(chances: Iterable[tuple[Label, float]]) -> Ranked:
    """Without the chance that nothing fits."""
    return sorted((each for each in chances if each[0] != NO_CASE), key=lambda each: -each[1])
