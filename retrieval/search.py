"""Index(library).search(text) -> the best cases with their chances, and a verdict.

Cases and guides with questions in the bank are told apart by a classifier learned from them. Those without (a case
imported a moment ago, a library of somebody else's) are found by their own words. Both end as chances that add up to 1
together with the chance that nothing fits; verdicts.py makes a verdict of them.
"""

import copy
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import numpy as np

from retrieval import text as texts
from retrieval import verdicts
from retrieval.classifier import Classifier
from retrieval.library import (
    LEARNED_FROM,
    NO_CASE,
    Candidate,
    Entry,
    Explanation,
    Label,
    Library,
    Question,
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
# A question of fewer characters tells too little: one word that a case holds would be a share of 1.
TELLING = 6
SAME_TEXT = 0.99
# To calibrate the verdicts the bank is cut into PARTS, each asked of a model that learned from the others: as many as
# it takes to ask ASKED questions, since each costs a fit. From 4,000 answers a share of .97 is known to .003.
PARTS, ASKED = 5, 4000
# Fitting takes time and memory as labels times questions, which grows with the square of a library: no more than this.
MOST_FITTED = 60_000_000


class Index:
    """A search over one library; never changes once built, so threads share it freely.

    `terms_of` gives the terms of a text. Whoever builds many an index to ask the same questions remembers them; the
    index that answers people does not, so that nothing of their questions is kept. `calibration` is given by who wants
    the verdicts of another index; else it is made from the bank.
    """

    def __init__(
        self,
        library: Library,
        terms_of: Callable[[str], texts.Terms] = texts.terms,
        calibration: Calibration | None = None,
    ) -> None:
        self.library = library
        self.learned = learned = _learned(library)
        """The labels that the classifier tells apart."""
        self._situations = {
            texts.key(case.situation): case.id for case in reversed(library.cases) if case.id in learned
        }
        self._asked = _asked(library.bank)
        self._learned = [question for question in library.bank if question.label in learned]
        entries = library.entries.values()
        self._classifier = _classifier([each for each in entries if each.id in learned], self._learned, terms_of)
        self._others = [each for each in entries if each.id not in learned]
        self._ranker = _ranker(self._others, library) if self._others else None
        self.calibration = calibration or self._calibrated()
        """From which chance something is answered, and how well that was kept on the bank."""

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
        return _best_first(chances.items()), happened

    def _by_own_words(self, ranker: Ranker, normal: str) -> dict[Label, float]:
        """The odds of the best entries that have no bank, against everything else."""
        middle = SHARE_MIDDLE if self.library.bank else SHARE_MIDDLE_WITHOUT_BANK
        enough = min(1.0, len(texts.bare(normal)) / TELLING)
        return {
            self._others[match.number].id: math.exp(SHARE_SLOPE * (match.share * enough - middle))
            for match in ranker.best(normal, SHOWN)
        }

    def _calibrated(self) -> Calibration:
        """From what the bank's questions find in a classifier that has not learned them."""
        classifier = self._classifier
        if not classifier or len(self._learned) < verdicts.ENOUGH:
            return Calibration()
        part = np.array([zlib.crc32(question.text.encode("utf-8", "replace")) % PARTS for question in self._learned])
        places = [np.flatnonzero(part == number) for number in range(PARTS)]
        asked: list[tuple[Ranked, Label]] = []
        while places and len(asked) < ASKED:
            own = places.pop()
            for at, chances in zip(own.tolist(), classifier.unlearned(own).tolist(), strict=True):
                ranked = _best_first(zip(classifier.classes, chances, strict=True))
                asked.append((ranked, self._learned[at].label))
        return verdicts.calibrate(asked)

    def _shared_words(self, text: str, label: Label) -> tuple[Word, ...]:
        if self._ranker is None or label not in self.library.entries:
            return ()
        return _weightiest(self._ranker.shared(texts.normal(text), texts.normal(self.library.entries[label].story)))


def _asked(bank: Iterable[Question]) -> dict[str, Label]:
    """What the bank says of its very words, where they tell enough and it says one thing."""
    labels: dict[str, Label | None] = {}
    for question in bank:
        words = texts.words_of(question.text)
        labels[words] = question.label if labels.get(words, question.label) == question.label else None
    return {words: label for words, label in labels.items() if label is not None and len(words) >= TELLING}


def _joined(chances: dict[Label, float], odds: dict[Label, float]) -> dict[Label, float]:
    """Chances that leave room for further entries at these odds."""
    total = 1 + sum(odds.values())
    return {label: chance / total for label, chance in (chances | odds).items()}


def _best_first(chances: Iterable[tuple[Label, float]]) -> Ranked:
    return sorted((each for each in chances if each[0] != NO_CASE), key=lambda each: -each[1])


def _learned(library: Library, most_fitted: int = MOST_FITTED) -> set[Label]:
    """The labels that the classifier can tell apart; none where the bank has no questions that nothing fits.

    Those with most questions, as far as `most_fitted` goes. The others are found by their own words and questions.
    """
    counts = Counter(question.label for question in library.bank)
    enough = (label for label, count in counts.most_common() if count >= LEARNED_FROM and label != NO_CASE)
    known: set[Label] = {NO_CASE} if counts[NO_CASE] >= LEARNED_FROM else set()
    texts_count = counts[NO_CASE]
    for label in enough:
        texts_count += counts[label]
        if (len(known) + 1) * texts_count > most_fitted:
            break
        known.add(label)
    return known if NO_CASE in known and len(known) > 1 else set()


def _classifier(
    entries: Sequence[Entry], questions: Sequence[Question], terms_of: Callable[[str], texts.Terms]
) -> Classifier | None:
    """Over the questions, in their order, then the entries' own texts."""
    if not entries:
        return None
    examples: list[tuple[str, Label, bool | None]] = [
        (question.text, question.label, question.happened if question.case_id != NO_CASE else None)
        for question in questions
    ]
    for entry in entries:
        examples += [(text, entry.id, None) for text in entry.texts]
    learned_texts, labels, happened = zip(*examples, strict=True)
    return Classifier(learned_texts, labels, terms_of, happened)


def _ranker(entries: Sequence[Entry], library: Library) -> Ranker:
    """Over the words of entries and of their few questions; the rest of the library tells which words are rare."""
    own: dict[Label, list[str]] = {entry.id: [entry.story] for entry in entries}
    background = [each.story for label, each in library.entries.items() if label not in own]
    for question in library.bank:
        own.get(question.label, background).append(question.text)
    return Ranker(["\n".join(own[entry.id]) for entry in entries], background)


def _weightiest(weights: dict[str, float]) -> tuple[Word, ...]:
    order = sorted(weights, key=lambda term: (-abs(weights[term]), term))
    return tuple(Word(texts.traditional(term), weights[term]) for term in order)
