"""Learns all that an index needs of a library. Who has it from another process loads none of this (kept_index.py)."""

import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from retrieval import text as texts
from retrieval import verdicts
from retrieval.fitted import TELLING, Fitted, Parts, best_first
from retrieval.learning import Learned
from retrieval.library import NO_CASE, Entry, Label, Library, Question
from retrieval.ranking import Ranker
from retrieval.verdicts import Calibration, Ranked

# To calibrate the verdicts the bank is cut into PARTS, each asked of a model that learned from the others: as many as
# it takes to ask ASKED questions, since each costs a fit. From 4,000 answers a share of .97 is known to .003.
PARTS, ASKED = 5, 4000


def fit(
    library: Library,
    parts: Parts,
    terms_of: Callable[[str], texts.Terms] = texts.terms,
    calibration: Calibration | None = None,
) -> Fitted:
    """Takes some seconds. A `calibration` that is given is not made."""
    learned = _learned([each for each in library.entries.values() if each.id in parts.labels], parts, terms_of)
    return Fitted(
        learned.classifier if learned else None,
        _ranker(parts.others, library) if parts.others else None,
        _asked(library.bank),
        calibration or (_calibrated(learned, parts.questions) if learned else Calibration()),
    )


def _learned(entries: Sequence[Entry], parts: Parts, terms_of: Callable[[str], texts.Terms]) -> Learned | None:
    """Over the questions, in their order, then the entries' own texts."""
    if not entries:
        return None
    examples: list[tuple[str, Label, bool | None]] = [
        (question.text, question.label, question.happened if question.case_id != NO_CASE else None)
        for question in parts.questions
    ]
    for entry in entries:
        examples += [(text, entry.id, None) for text in entry.texts]
    learned_texts, labels, happened = zip(*examples, strict=True)
    return Learned(learned_texts, labels, terms_of, happened)


def _ranker(entries: Sequence[Entry], library: Library) -> Ranker:
    """Over the words of entries and of their few questions; the rest of the library tells which words are rare."""
    own: dict[Label, list[str]] = {entry.id: [entry.story] for entry in entries}
    background = [each.story for label, each in library.entries.items() if label not in own]
    for question in library.bank:
        own.get(question.label, background).append(question.text)
    return Ranker.over(["\n".join(own[entry.id]) for entry in entries], background)


def _asked(bank: Iterable[Question]) -> dict[str, Label]:
    """What the bank says of its very words, where they tell enough and it says one thing."""
    labels: dict[str, Label | None] = {}
    for question in bank:
        words = texts.words_of(question.text)
        labels[words] = question.label if labels.get(words, question.label) == question.label else None
    return {words: label for words, label in labels.items() if label is not None and len(words) >= TELLING}


def _calibrated(learned: Learned, questions: Sequence[Question]) -> Calibration:
    """From what the bank's questions find in a classifier that has not learned them."""
    if len(questions) < verdicts.ENOUGH:
        return Calibration()
    part = np.array([zlib.crc32(question.text.encode("utf-8", "replace")) % PARTS for question in questions])
    places = [np.flatnonzero(part == number) for number in range(PARTS)]
    asked: list[tuple[Ranked, Label]] = []
    while places and len(asked) < ASKED:
        own = places.pop()
        for at, chances in zip(own.tolist(), learned.unlearned(own).tolist(), strict=True):
            asked.append((best_first(zip(learned.classifier.classes, chances, strict=True)), questions[at].label))
    return verdicts.calibrate(asked)
