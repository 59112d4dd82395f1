"""Which texts hold which term, and how much it weighs there: an inverted index in four flat arrays.

A term is a number above BREAK. 8 bytes a posting: 100,000 texts of 200 characters take about 250 MB.
"""

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32] | npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Owners = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]

BREAK = 0
SATURATION = 0.7
LENGTH_SHARE = 0.6
IDF_POWER = 1.2

_SORTED_AT_ONCE = 2_000_000


class Columns(NamedTuple):
    """The terms in order, how many texts hold each; then, term by term, these texts and the weights there."""

    terms: Ints
    counts: Ints
    owners: Owners
    weights: Weights


class Postings:
    """BM25 weights by term."""

    def __init__(self, texts: int, columns: Columns) -> None:
        self.columns = columns
        self._texts = texts
        self._terms, counts, self._owners, self._weights = columns
        self._starts = np.cumsum(counts) - counts
        self.sizes: Ints = np.append(counts, 0)
        """How many texts hold each term; last, an unknown one."""
        self.idf: Floats = np.append(_idf(counts, texts), _idf(0, texts))
        """What each term weighs in a text of average length that holds it once; last, an unknown one."""

    def places(self, terms: Numbers) -> Ints:
        """Where each term stands, -1 for an unknown one."""
        if not len(self._terms):
            return np.full(len(terms), -1)
        at = self._terms[:-1].searchsorted(terms)
        return np.where(self._terms[at] == terms, at, -1)

    def scores(self, places: Ints, counts: Floats) -> Floats:
        """The score of every text over these terms, each counted so many times."""
        sizes = self.sizes[places]
        ends = sizes.cumsum()
        scanned = np.arange(ends[-1] if len(ends) else 0) + (self._starts[places] - ends + sizes).repeat(sizes)
        weights = self._weights[scanned] * counts.repeat(sizes)
        return np.bincount(self._owners[scanned], weights, self._texts).astype(float, copy=False)

    def weights(self, place: int, texts: Owners) -> Weights:
        """The weight of one term in each of these texts."""
        span = slice(self._starts[place], self._starts[place] + self.sizes[place])
        owners = self._owners[span]
        at = owners[:-1].searchsorted(texts)
        held: Weights = self._weights[span][at] * (owners[at] == texts)
        return held


def columns_of(terms: Numbers, owners: Owners, lengths: Ints) -> Columns:
    """`lengths` holds the length of every text; term i is of text `owners[i % len(owners)]`."""
    texts = len(lengths)
    damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths / max(1.0, float(lengths.mean())))
    parts = [
        _part(terms[part] * np.int64(texts) + owners[part % len(owners)], texts, damping.astype(np.float32))
        for part in _parts(terms)
    ]
    pieces = list(zip(*parts, strict=True))
    del parts  # what is joined is let go at once: the columns take most of the memory
    weights, holders, counts, known = (np.concatenate(pieces.pop()) for _ in range(4))
    return Columns(known, counts, holders, weights)


def _part(pairs: Ints, texts: int, damping: Weights) -> Columns:
    """From term * texts + owner in any order."""
    pairs.sort()
    starts = _starts(pairs)
    often = np.diff(starts, append=len(pairs)).astype(np.float32)
    terms, owners = np.divmod(pairs[starts], texts)
    firsts = _starts(terms)
    counts = np.diff(firsts, append=len(terms))
    idf = np.repeat(_idf(counts, texts).astype(np.float32), counts)
    weights = idf * (1 + SATURATION) * often / (often + damping[owners])
    return Columns(terms[firsts], counts, owners.astype(np.int32), weights.astype(np.float32))


def _idf(holders: npt.ArrayLike, texts: int) -> Floats:
    held = np.asarray(holders, float)
    idf: Floats = np.log(1 + (texts - held + 0.5) / (held + 0.5)) ** IDF_POWER
    return idf


def _starts(ordered: Ints) -> Ints:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(ordered, prepend=-1))


def _parts(terms: Numbers) -> list[Ints]:
    """Places of the terms, cut by size of term, so that sorting them part by part keeps memory small."""
    many = len(terms) // _SORTED_AT_ONCE + 1
    if many == 1:
        return [np.flatnonzero(terms != BREAK)]
    cuts = np.quantile(terms[:: 1 + len(terms) // 100_000], np.linspace(0, 1, many + 1)[1:-1]).astype(np.int64)
    edges = [BREAK, *np.unique(cuts[cuts > BREAK]).tolist(), np.iinfo(np.int64).max]
    return [np.flatnonzero((terms > low) & (terms <= high)) for low, high in itertools.pairwise(edges)]
