"""BM25 over characters and pairs of characters; pairs inside a jieba word of the question count twice.

Only the question is cut into words. That ranks as well as words on both sides (docs/retrieval.md), and 100,000
texts are indexed by sorting numbers instead of cutting every one of them. Saturation and length as in Robertson
& Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), idf as in Lucene.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval import text as texts
from retrieval.postings import BREAK, Columns, Floats, Ints, Numbers, Owners, Postings, columns_of

# Measured on DRCD (docs/retrieval.md).
CHARACTER_SHARE = 0.9
# Texts are scored by the rarest terms first; the common ones are added for the most promising texts alone.
SCANNED = 10_000
RESCORED = 64
# A term that more than a fifth of the texts hold tells little and would take most of the time.
_TOO_COMMON = 0.2
_ALWAYS_COUNTED = 100

_FEW = 4096
_UNICODE = 0x110000


class Match(NamedTuple):
    """A text's number, and its score as a share (0..1) of what a text with every term of the question gets."""

    number: int
    share: float


class Ranker:
    """Ranks the first `count` texts of the postings by a question; the others only tell how rare terms are.

    `signs`: the letters and digits that occur, in order. A term is made of their numbers, which begin above BREAK.
    """

    def __init__(self, count: int, texts_count: int, signs: str, columns: Columns) -> None:
        self.count, self.texts_count, self.signs = count, texts_count, signs
        self._unknown = len(signs) + 1
        self._radix = _radix(len(signs))
        self._numbers = dict(zip(signs, range(BREAK + 1, self._unknown), strict=True))
        self.postings = Postings(texts_count, columns)
        self._too_common = max(_ALWAYS_COUNTED, int(texts_count * _TOO_COMMON))

    @classmethod
    def over(cls, candidates: Sequence[str], background: Sequence[str] = ()) -> "Ranker":
        """`background` texts are never found."""
        signs, owners = _signs(texts.normal(text) for text in (*candidates, *background))
        known = _known(signs)
        radix = _radix(len(known))
        small = radix**2 < np.iinfo(np.int32).max
        table: Numbers = np.full(_UNICODE, BREAK, np.int32) if small else np.full(_UNICODE, BREAK, np.int64)
        table[known] = np.arange(BREAK + 1, len(known) + 1)
        numbers: Numbers = table[signs]
        del signs
        texts_count = len(candidates) + len(background)
        lengths = np.bincount(owners[numbers != BREAK], minlength=texts_count)
        terms = _terms(numbers, radix)
        del numbers
        return cls(len(candidates), texts_count, "".join(map(chr, known)), columns_of(terms, owners, lengths))

    def best(self, normal_text: str, many: int) -> list[Match]:
        """The `many` best texts for a normal text, best first (fewer when there are fewer)."""
        places, counts, ideal = self._wanted(normal_text)
        sizes = self.postings.sizes[places].cumsum()
        scanned = len(places) if not len(sizes) or sizes[-1] <= SCANNED else max(1, int(sizes.searchsorted(SCANNED)))
        scores = self.postings.scores(places[:scanned], counts[:scanned])[: self.count]
        chosen = _best(scores, many if scanned == len(places) else max(many, RESCORED))
        totals = scores[chosen]
        for place, count in zip(places[scanned:].tolist(), counts[scanned:].tolist(), strict=True):
            totals += self.postings.weights(place, chosen) * count
        order = np.lexsort((chosen, -totals))[:many]
        shares = np.minimum(totals[order] / ideal, 1.0)
        return list(map(Match, chosen[order].tolist(), shares.tolist()))

    def shared(self, question: str, text: str) -> dict[str, float]:
        """The words of a question that a text holds (both normal), and what each of them weighs."""
        words = [word for word in texts.words(question) if word in text]
        return {word: self._wanted(word)[2] for word in words}

    def _wanted(self, normal_text: str) -> tuple[Ints, Floats, float]:
        """The known terms of a question, rarest first, how much each counts, and the score of a text with them all."""
        terms, weights = self._counted(normal_text)
        places, counts = self.postings.places(np.array(terms, np.int64)), np.array(weights)
        sizes = self.postings.sizes[places]
        order = sizes.argsort()[: np.count_nonzero(sizes <= self._too_common)]
        places, counts, sizes = places[order], counts[order], sizes[order]
        ideal = max(1e-9, float(counts @ self.postings.idf[places]))
        unknown = len(sizes) - np.count_nonzero(sizes)
        return places[unknown:], counts[unknown:], ideal

    def _counted(self, normal_text: str) -> tuple[list[int], list[float]]:
        """The terms of a question and how much each counts."""
        terms: list[int] = []
        counts: list[float] = []
        before = BREAK
        for word in texts.cut(normal_text):
            alone, joined = CHARACTER_SHARE + (len(word) == 1), 1.0
            for sign in word:
                number = self._numbers.get(sign) or (self._unknown if sign.isalnum() else BREAK)
                if number != BREAK:
                    terms.append(number * self._radix)
                    counts.append(alone)
                    if before != BREAK:
                        terms.append(before * self._radix + number)
                        counts.append(joined)
                before, joined = number, 2.0
        return terms, counts


def _radix(known: int) -> int:
    """What a character's number is multiplied with in a pair: more than that of any, the unknown one included."""
    return known + 2


def _terms(numbers: Numbers, radix: int) -> Numbers:
    """A text's characters, then the pair that begins at each, as numbers that tell all of them apart."""
    pairs = np.full_like(numbers, BREAK)
    pairs[:-1] = numbers[:-1] * radix + numbers[1:]
    pairs[:-1][(numbers[:-1] == BREAK) | (numbers[1:] == BREAK)] = BREAK
    return np.concatenate([numbers * radix, pairs])


def _signs(normal_texts: Iterable[str]) -> tuple[npt.NDArray[np.uint32], Owners]:
    """The code points of all texts in one row, a line end after each, and the number of the text each is of."""
    lines = [f"{text}\n" for text in normal_texts]
    owners = np.repeat(np.arange(len(lines), dtype=np.int32), [len(line) for line in lines])
    return np.frombuffer("".join(lines).encode("utf-32-le"), np.uint32), owners


def _known(signs: npt.NDArray[np.uint32]) -> list[int]:
    """The code points of letters and digits that occur, in order."""
    occurs = np.zeros(_UNICODE, bool)
    occurs[signs] = True
    return [sign for sign in np.flatnonzero(occurs).tolist() if chr(sign).isalnum()]


def _best(scores: Floats, many: int) -> Owners:
    """The numbers of the `many` best scores, in any order. Most are far from the best and soon passed over."""
    near = np.arange(len(scores))
    if len(scores) > _FEW:
        above = (scores > scores.max() / 3).nonzero()[0]
        near = above if len(above) >= min(many, 10) else near
    if len(near) > many:
        near = near[np.argpartition(-scores[near], many - 1)[:many]]
    return near.astype(np.int32)  # as the owners are: searching them for another type would copy them
