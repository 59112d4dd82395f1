"""One normal form of text, and the terms of it that the search counts.

Folded together: width and compatibility forms (NFKC), case, Traditional and Simplified (OpenCC t2s, since
jieba's dictionary is Simplified), invisible characters, spaces between single characters. `folded` also
replaces synonyms (data/synonyms.csv) by one word; data/words.txt teaches jieba the words of this field.
"""

import csv
import functools
import itertools
import math
import re
import unicodedata
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval import dictionary

if TYPE_CHECKING:
    from opencc import OpenCC

DATA = Path(__file__).parent.parent / "data"
MAX_LENGTH = 5000
GRAM_SIZES = (1, 2, 3)

# What stands for private data (core/privacy.py) is no word; what it stood between reads on, as over any space.
_MASK = re.compile("[（(]?［[^［］\\W]{2,10}］ ?(?:先生|小姐|女士|太太)?[）)]?")
_UNWANTED = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad\ud800-\udfff]")
_HAN = "\u3400-\u9fff"
_SPACE_BY_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_SPACED_LETTERS = re.compile(r"(?<!\w)\w(?: \w)+(?!\w)")
_SIGNS = re.compile(r"\W+")
_WORD = re.compile(r"\w")
_FIRST_HAN = "\u3400"
_RUN = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+|\W")

Terms = tuple[list[str], ...]
"""jieba words, then n-grams of each of GRAM_SIZES; a term occurs as often as it stands in the text."""


def normal(text: str) -> str:
    """The form in which all texts are compared; what follows after MAX_LENGTH characters is left out."""
    text = unicodedata.normalize("NFKC", _UNWANTED.sub("", _MASK.sub(" ", text[:MAX_LENGTH]))).casefold()
    text = " ".join(_converter("t2s").convert(text[:MAX_LENGTH]).split())
    return _SPACED_LETTERS.sub(lambda run: run[0].replace(" ", ""), _SPACE_BY_HAN.sub("", text))


def key(text: str) -> str:
    """The normal form without signs and spaces: equal for texts that read the same."""
    return bare(normal(text))


def words_of(text: str) -> str:
    """A text without signs and spaces, in one width and case: equal for the same words in the same script."""
    return bare(unicodedata.normalize("NFKC", _MASK.sub("", text[:MAX_LENGTH])).casefold())


def bare(normal_text: str) -> str:
    """A normal text without signs and spaces."""
    return _SIGNS.sub("", normal_text)


def fold(normal_text: str) -> str:
    """A normal text with every synonym replaced by the word that stands for it."""
    table, pattern = _synonyms()
    return pattern.sub(lambda found: table[found[0]], normal_text)


def words(normal_text: str) -> list[str]:
    """jieba words of a normal text, signs and spaces left out."""
    return [word for word in cut(normal_text) if _WORD.search(word)]


def cut(normal_text: str) -> list[str]:
    """A normal text cut into jieba words, nothing left out.

    The most probable words by jieba's dictionary, as `jieba.cut(text, HMM=False)`, in a third of its time.
    """
    pieces: list[str] = []
    for run in _RUN.findall(normal_text):
        pieces += _most_probable(run) if run[0] >= _FIRST_HAN else [run]
    return pieces


def terms(text: str) -> Terms:
    """The terms of a text in any form: as typed, and once more with its synonyms folded where it has any."""
    typed = normal(text)
    folded = fold(typed)
    if folded == typed:
        return _terms(typed)
    return tuple(a + b for a, b in zip(_terms(typed), _terms(folded), strict=True))


def traditional(term: str) -> str:
    """A term of a normal text as people in Taiwan write it."""
    return str(_converter("s2tw").convert(term))


def _terms(normal_text: str) -> Terms:
    framed = f"^{_SIGNS.sub(' ', normal_text)}$"
    grams = ([framed[i : i + size] for i in range(len(framed) - size + 1)] for size in GRAM_SIZES)
    return words(normal_text), *grams


@functools.cache
def _converter(profile: str) -> "OpenCC":
    import opencc  # only where a text is converted: a command that converts none starts without it

    return opencc.OpenCC(profile)


def _most_probable(run: str) -> list[str]:
    """The way through the dictionary's words with the highest product of frequencies, found from the end."""
    frequencies, total = _dictionary()
    chances, sizes = [0.0] * (len(run) + 1), [1] * len(run)
    for start in range(len(run) - 1, -1, -1):
        best = -math.inf
        for end in range(start + 1, len(run) + 1):
            frequency = frequencies.get(run[start:end])
            if frequency is None and end > start + 1:
                break  # jieba's dictionary holds every beginning of its words, with frequency 0
            if frequency or end == start + 1:
                chance = math.log(frequency or 1) - total + chances[end]
                if chance >= best:
                    best, sizes[start] = chance, end - start
        chances[start] = best
    return _stepped(run, sizes)


def _stepped(run: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    while at < len(run):
        pieces.append(run[at : at + sizes[at]])
        at += sizes[at]
    return pieces


@functools.cache
def _dictionary() -> tuple[dict[str, int], float]:
    """jieba's word frequencies with our words added, and the logarithm of their sum."""
    return dictionary.read(sorted({*_domain_words(), *_synonyms()[0]}))


def _domain_words() -> Iterator[str]:
    for line in (DATA / "words.txt").read_text(encoding="utf-8-sig").splitlines():
        if line.strip() and not line.startswith("#"):
            yield normal(line)


@functools.cache
def _synonyms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Each synonym with its word, each word with itself, and the pattern that finds them, longest first."""
    table: dict[str, str] = {}
    with (DATA / "synonyms.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            word = normal(row["word"])
            table |= {word: word} | {normal(synonym): word for synonym in row["synonyms"].split("、")}
    longest_first = sorted(table, key=lambda term: (term[0], -len(term)))
    groups = (_beginning(first, list(terms)) for first, terms in itertools.groupby(longest_first, itemgetter(0)))
    return table, re.compile("|".join(groups))


def _beginning(first: str, terms: list[str]) -> str:
    """A pattern of terms with the same first character, so that one look at a text's passes all of them over."""
    rests = "|".join(re.escape(term[1:]) + r"(?![a-z])" * term.isascii() for term in terms)
    # Latin terms only as whole words: "line" is not in "online".
    return r"(?<![a-z])" * first.isascii() + f"{re.escape(first)}(?:{rests})"
