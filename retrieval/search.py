"""Index(library).search(text) -> the best cases with their chances, and a verdict.

Cases and guides with questions in the bank are told apart by a classifier learned from them. Those without (a case
imported a moment ago, a library of somebody else's) are found by their own words. Both end as chances that add up to 1
together with the chance that nothing fits; verdicts.py makes a verdict of them.
"""

import copy
import math
from collections.abc import Callable
from itertools import islice

from retrieval import text as texts
from retrieval import verdicts
from retrieval.fitted import TELLING, Fitted, Parts, best_first
from retrieval.library import (
    NO_CASE,
    Candidate,
    Entry,
    Explanation,
    Label,
    Library,
    SearchResult,
    Word,
)
from retrieval.ranking import Ranker
from retrieval.verdicts import Calibration, Decision, Ranked

SHOWN = 3

# The chance of an entry by its own words alone: a logistic curve of the share of the question that it covers. Without
# a bank nothing tells which words every question has, so that shares are smaller.
SHARE_SLOPE = 15.0
SHARE_MIDDLE = 0.4
SHARE_MIDDLE_WITHOUT_BANK = 0.3
SAME_TEXT = 0.99


class Index:
    """A search over one library; never changes once built, so threads share it freely.

    `terms_of` gives the terms of a text. Whoever builds many an index to ask the same questions remembers them; the
    index that answers people does not, so that nothing of their questions is kept. `calibration` is given by who wants
    the verdicts of another index; else it is made from the bank. `fitted` is what another process has learned from it.
    """

    def __init__(
        self,
        library: Library,
        terms_of: Callable[[str], texts.Terms] = texts.terms,
        calibration: Calibration | None = None,
        fitted: Fitted | None = None,
    ) -> None:
        self.library = library
        self.learned, self._learned, self._others = parts = Parts.of(library)
        self._situations = {
            texts.key(case.situation): case.id for case in reversed(library.cases) if case.id in self.learned
        }
        self.fitted = fitted or _fit(library, parts, terms_of, calibration)
        self._classifier, self._ranker, self._asked, self.calibration = self.fitted

    def over(self, library: Library) -> "Index":
        """The same search over a library that differs in nothing that it sees (a status, a law's link)."""
        other = copy.copy(self)
        other.library = library
        return other

    def search(self, text: str) -> SearchResult:
        """The best SHOWN cases for a question of any length and form, and the verdict."""
        return self._found(text, self._asked.get(texts.words_of(text)))

    def search_learned(self, text: str) -> SearchResult:
        """As if the bank did not hold these very words: what was learned from all of it decides."""
        return self._found(text, None)

    def _found(self, text: str, known: Label | None) -> SearchResult:
        normal = texts.normal(text)
        ranked, happened = self._ranked(normal, known)
        cases = ((self.library.case(label), chance) for label, chance in ranked if isinstance(label, int))
        decision = verdicts.decide(ranked, self.calibration.thresholds) if texts.bare(normal) else Decision("none")
        return SearchResult(
            decision.verdict,
            tuple(Candidate(case, chance) for case, chance in islice(cases, SHOWN) if case),
            tuple(self.library.entries[label] for label in decision.shown),
            decision.sure,
            happened,
        )

    def explain(self, text: str, shown: int = 8) -> Explanation:
        """What decided the answer to a question: the `shown` weightiest words, and the nearest question."""
        found = self.search(text)
        ranked, _ = self._ranked(texts.normal(text), self._asked.get(texts.words_of(text)))
        likeliest = tuple((self.library.entries[label], chance) for label, chance in ranked[:SHOWN])
        best = (*found.shown, *(entry for entry, _ in likeliest))
        label = best[0].id if best else NO_CASE
        if self._classifier is None or label not in self._classifier.classes:
            return Explanation(self._shared_words(text, label)[:shown], None, likeliest)
        sides = (label, NO_CASE) if found.shown else (NO_CASE, label)
        nearest = self._learned[self._classifier.nearest(text, range(len(self._learned)))]
        words = _weightiest(self._classifier.reasons(text, *sides))[:shown]
        return Explanation(words, nearest, likeliest)

    def example(self, text: str, entry: Entry) -> str:
        """How somebody else asked about an entry, in the words most like a text; "" where the bank has none."""
        own = [at for at, question in enumerate(self._learned) if question.label == entry.id]
        return self._learned[self._classifier.nearest(text, own)].text if self._classifier and own else ""

    def _ranked(self, normal: str, known: Label | None) -> tuple[Ranked, bool]:
        """Cases and guides with their chances, best first: all that are learned, and the best of the others.

        And whether the text tells of what has happened. `known`: what the bank says these very words belong to.
        """
        chances: dict[Label, float] = {}
        happened = False
        if self._classifier:
            learned, happened = self._classifier.chances(normal)
            chances = dict(zip(self._classifier.classes, learned.tolist(), strict=True))
        if self._ranker:
            chances = _joined(chances, self._by_own_words(self._ranker, normal))
        same = self._situations.get(texts.bare(normal), known)
        if same is not None:
            chances = {label: chance * (1 - SAME_TEXT) for label, chance in chances.items()} | {same: SAME_TEXT}
        return best_first(chances.items()), happened

    def _by_own_words(self, ranker: Ranker, normal: str) -> dict[Label, float]:
        """The odds of the best entries that have no bank, against everything else."""
        middle = SHARE_MIDDLE if self.library.bank else SHARE_MIDDLE_WITHOUT_BANK
        enough = min(1.0, len(texts.bare(normal)) / TELLING)
        return {
            self._others[match.number].id: math.exp(SHARE_SLOPE * (match.share * enough - middle))
            for match in ranker.best(normal, SHOWN)
        }

    def _shared_words(self, text: str, label: Label) -> tuple[Word, ...]:
        if self._ranker is None or label not in self.library.entries:
            return ()
        return _weightiest(self._ranker.shared(texts.normal(text), texts.normal(self.library.entries[label].story)))


def _fit(
    library: Library, parts: Parts, terms_of: Callable[[str], texts.Terms], calibration: Calibration | None
) -> Fitted:
    from retrieval.fitting import fit  # who has it from another process waits for neither SciPy nor scikit-learn

    return fit(library, parts, terms_of, calibration)


def _joined(chances: dict[Label, float], odds: dict[Label, float]) -> dict[Label, float]:
    """Chances that leave room for further entries at these odds."""
    total = 1 + sum(odds.values())
    return {label: chance / total for label, chance in (chances | odds).items()}


def _weightiest(weights: dict[str, float]) -> tuple[Word, ...]:
    order = sorted(weights, key=lambda term: (-abs(weights[term]), term))
    return tuple(Word(texts.traditional(term), weights[term]) for term in order)
