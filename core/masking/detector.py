"""What a kind of private data is found by: a pattern over the normal form, and a check of what it found."""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

GAP = r"[ ._/\\()-]{0,3}"  # what people put between the digits of one number
HAN = "\u3400-\u9fff"
LINK = r"[^0-9a-z\n\ufffc]{0,8}?"  # between a word and the number that it names
NO_DIGIT_BEFORE, NO_DIGIT_AFTER = r"(?<!\d)", r"(?!\d)"

Check = Callable[[re.Match[str]], bool]


class Detector(NamedTuple):
    """One row of a table of detectors: `kind` as people are told it, what it is found by, and a check of what it found.

    What is masked is the pattern's group `secret`, or all of it where it has none.
    """

    kind: str
    written: str
    holds: Check = lambda match: True

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.written)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """On first use: all of them take a fifth of a second, which a command that masks nothing need not wait."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def secret(match: re.Match[str]) -> str:
    """What of a match is private."""
    return match[match.re.groupindex.get("secret", 0)]


def digits(match: re.Match[str]) -> str:
    """The digits of what is private, nothing between them."""
    return re.sub(r"\D", "", secret(match))


def any_of(spaced: str) -> str:
    """A pattern of any of these words; as words of their own where they are Latin."""
    return "|".join(rf"\b{word}" if word.isascii() else word for word in spaced.split())


def numbered(least: int, most: int = 0) -> str:
    """A pattern of so many digits with gaps, and no digit behind."""
    return rf"\d(?:{GAP}\d){{{least - 1},{(most or least) - 1}}}{NO_DIGIT_AFTER}"


def beside(word: str, pattern: str, between: str = LINK) -> str:
    """A pattern of what is private where a word before names it."""
    return rf"(?:{word}){between}(?P<secret>{pattern})"


def before(word: str, pattern: str, between: str = ".{0,4}") -> str:
    """A pattern of what is private where a word shortly behind names it."""
    return rf"(?<![\da-z])(?P<secret>{pattern})(?={between}(?:{word}))"
