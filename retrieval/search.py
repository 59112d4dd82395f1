"""Index(library).search(text) -> the best cases with their chances, and a verdict.

Cases with questions in the bank are told apart by a classifier learned from them. Cases without (a case imported
a moment ago, a library of somebody else's) are found by their own words. Both end as chances that add up to 1
together with the chance that no case fits.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from retrieval import text as texts
from retrieval.classifier import Classifier
from retrieval.library import (
    LEARNED_FROM,
    NO_CASE,
    Candidate,
    Case,
    Explanation,
    Library,
    Question,
    SearchResult,
    Verdict,
    Word,
)
from retrieval.ranking import Ranker

SHOWN = 3

# Chosen and calibrated by leaving one author of the bank out (docs/retrieval.md).
ANSWER_FROM = 0.6
CHOOSE_FROM = 0.12
# The chance of a case by its own words alone: a logistic curve of the share of the question that it covers. Without
# a bank nothing tells which words every question has, so that shares are smaller.
SHARE_SLOPE = 15.0
SHARE_MIDDLE = 0.4
SHARE_MIDDLE_WITHOUT_BANK = 0.3
# A question of fewer characters tells too little: one word that a case holds would be a share of 1.
TELLING = 6
SAME_TEXT = 0.99


class Index:
    """A search over one library; never changes once built, so threads share it freely.

    `terms_of` gives the terms of a text. Whoever builds many an index to ask the same questions remembers them; the
    index that answers people does not, so that nothing of their questions is kept.
    """

    def __init__(self, library: Library, terms_of: Callable[[str], texts.Terms] = texts.terms) -> None:
        self.library = library
        self._cases = {case.id: case for case in library.cases}
        self.learned_cases = learned = _learned(library)
        self._situations = {
            texts.key(case.situation): case.id for case in reversed(library.cases) if case.id in learned
        }
        self._learned = [question for question in library.bank if question.case_id in learned]
        self._classifier = _classifier([case for case in library.cases if case.id in learned], self._learned, terms_of)
        self._others = [case for case in library.cases if case.id not in learned]
        self._ranker = _ranker(self._others, library) if self._others else None

    def search(self, text: str) -> SearchResult:
        """The best SHOWN cases for a question of any length and form."""
        normal = texts.normal(text)
        chances = self._chances(normal)
        best = sorted(chances, key=lambda number: -chances[number])[:SHOWN]
        verdict = _verdict(chances[best[0]]) if best and texts.bare(normal) else "none"
        return SearchResult(verdict, tuple(Candidate(self._cases[number], chances[number]) for number in best))

    def explain(self, text: str, shown: int = 8) -> Explanation:
        """What decided the answer to a question: the `shown` weightiest words, and the nearest question."""
        found = self.search(text)
        number = found.candidates[0].case.id if found.candidates else NO_CASE
        if self._classifier is None or number not in self._classifier.classes:
            return Explanation(self._shared_words(text, number)[:shown], None, None)
        sides = (NO_CASE, number) if found.verdict == "none" else (number, NO_CASE)
        nearest = self._learned[self._classifier.nearest(text, range(len(self._learned)))]
        words = _weightiest(self._classifier.reasons(text, *sides))[:shown]
        return Explanation(words, nearest, self._cases.get(nearest.case_id))

    def example(self, text: str, case: Case) -> str:
        """How somebody else asked about a case, in the words most like a text; "" where the bank has none."""
        own = [at for at, question in enumerate(self._learned) if question.case_id == case.id]
        return self._learned[self._classifier.nearest(text, own)].text if self._classifier and own else ""

    def _chances(self, normal: str) -> dict[int, float]:
        """The chance of every case worth showing."""
        chances: dict[int, float] = {}
        if self._classifier:
            chances = dict(zip(self._classifier.classes, self._classifier.chances(normal).tolist(), strict=True))
        if self._ranker:
            chances = _joined(chances, self._by_own_words(self._ranker, normal))
        chances.pop(NO_CASE, None)
        same = self._situations.get(texts.bare(normal))
        if same is not None:
            chances = {number: chance * (1 - SAME_TEXT) for number, chance in chances.items()} | {same: SAME_TEXT}
        return chances

    def _by_own_words(self, ranker: Ranker, normal: str) -> dict[int, float]:
        """The odds of the best cases that have no bank, against everything else."""
        middle = SHARE_MIDDLE if self.library.bank else SHARE_MIDDLE_WITHOUT_BANK
        enough = min(1.0, len(texts.bare(normal)) / TELLING)
        return {
            self._others[match.number].id: math.exp(SHARE_SLOPE * (match.share * enough - middle))
            for match in ranker.best(normal, SHOWN)
        }

    def _shared_words(self, text: str, number: int) -> tuple[Word, ...]:
        if self._ranker is None or number not in self._cases:
            return ()
        return _weightiest(self._ranker.shared(texts.normal(text), texts.normal(self._cases[number].story)))


def _joined(chances: dict[int, float], odds: dict[int, float]) -> dict[int, float]:
    """Chances that leave room for further cases at these odds."""
    total = 1 + sum(odds.values())
    return {number: chance / total for number, chance in (chances | odds).items()}


def _verdict(chance: float) -> Verdict:
    if chance >= ANSWER_FROM:
        return "answer"
    return "choose" if chance >= CHOOSE_FROM else "none"


def _learned(library: Library) -> set[int]:
    """The ids that the classifier can tell apart; none where the bank has no questions without a case."""
    counts = Counter(question.case_id for question in library.bank)
    known = {number for number, count in counts.items() if count >= LEARNED_FROM}
    return known if NO_CASE in known and len(known) > 1 else set()


def _classifier(
    cases: Sequence[Case], questions: Sequence[Question], terms_of: Callable[[str], texts.Terms]
) -> Classifier | None:
    if not cases:
        return None
    examples = [(question.text, question.case_id) for question in questions]
    for case in cases:
        examples += [(text, case.id) for text in case.texts]
    learned_texts, labels = zip(*examples, strict=True)
    return Classifier(learned_texts, labels, terms_of)


def _ranker(cases: Sequence[Case], library: Library) -> Ranker:
    """Over the words of cases and of their few questions; the rest of the library tells which words are rare."""
    own: dict[int, list[str]] = {case.id: [case.story] for case in cases}
    background = [case.story for case in library.cases if case.id not in own]
    for question in library.bank:
        own.get(question.case_id, background).append(question.text)
    return Ranker(["\n".join(own[case.id]) for case in cases], background)


def _weightiest(weights: dict[str, float]) -> tuple[Word, ...]:
    order = sorted(weights, key=lambda term: (-abs(weights[term]), term))
    return tuple(Word(texts.traditional(term), weights[term]) for term in order)
