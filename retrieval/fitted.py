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
# Fitting takes time and memory as labels times questions, which grows with the square of a library: no more than this.
MOST_FITTED = 60_000_000


class Parts(NamedTuple):
    """A library as it is searched: what the classifier tells apart, the questions of that, and all other entries."""

    labels: set[Label]
    questions: list[Question]
    others: list[Entry]

    @classmethod
    def of(cls, library: Library, most_fitted: int = MOST_FITTED) -> "Parts":
        labels = _learnable(Counter(question.label for question in library.bank), most_fitted)
        return cls(
            labels,
            [question for question in library.bank if question.label in labels],
            [each for each in library.entries.values() if each.id not in labels],
        )


def _learnable(counts: Counter[Label], most_fitted: int) -> set[Label]:
    """The labels that a classifier can tell apart; none where the bank has no questions that nothing fits.

    Those with most questions, as far as `most_fitted` goes. The others are found by their own words and questions.
    """
    enough = (label for label, count in counts.most_common() if count >= LEARNED_FROM and label != NO_CASE)
    known: set[Label] = {NO_CASE} if counts[NO_CASE] >= LEARNED_FROM else set()
    texts_count = counts[NO_CASE]
    for label in enough:
        texts_count += counts[label]
        if (len(known) + 1) * texts_count > most_fitted:
            break
        known.add(label)
    return known if NO_CASE in known and len(known) > 1 else set()


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
