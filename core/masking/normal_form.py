"""One form in which every spelling of a number or a name looks the same, and where each of its characters came from."""

import functools
import re
import unicodedata
from typing import NamedTuple

from core import words

HIDDEN = "\ufffc"  # stands for what is masked already: nothing of it is looked at again
MASKS = re.compile(words.MASK.format(kind=f"(?:{'|'.join(words.PRIVATE_KINDS)})"))

_CHINESE = str.maketrans("零〇○一二三四五六七八九壹貳參肆伍陸柒捌玖叁陆", "00012345678912345678936")
_DOTS = "·・‧•。｡､"
_DASHES = "−─━ー~～〜∼⁓"
_FILLERS = "\u115f\u1160\u3164\uffa0"
_BRACKETS = str.maketrans("【〔〖「『《〈[{】〕〗」』》〉]}", "(((((((((" + ")))))))))")
_DIGIT_RUN = re.compile(r"(?:[\d零〇○一二三四五六七八九壹貳參肆伍陸柒捌玖叁陆][ ._/()+-]{0,3}){6,}")
_CHINESE_DIGIT = "[零〇○一二三四五六七八九壹貳參肆伍陸柒捌玖叁陆]"
_BESIDE_DIGITS = re.compile(rf"({_CHINESE_DIGIT}{{0,2}})(\d.*\d)({_CHINESE_DIGIT}{{0,2}}[ ._/()+-]*)")
_MOBILE = re.compile(rf"[零〇○][ ._/()+-]{{0,3}}[九玖](?:[ ._/()+-]{{0,3}}{_CHINESE_DIGIT}){{8}}")
_BAR = re.compile(r"(?<=\d)一(?=\d)")


class NormalForm(NamedTuple):
    """The text in its normal form; `origins`: for each character the place of its origin, and the end of all."""

    text: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text of one in the normal form, unseen characters in it and behind it included."""
        return self.origins[start], self.origins[end]


def normal_form(text: str) -> NormalForm:
    """Width, dashes, dots, spaces, brackets and digits in one form, without what cannot be seen."""
    masked = {place for found in MASKS.finditer(text) for place in range(found.start() + 1, found.end())}
    starts = {found.start() for found in MASKS.finditer(text)}
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        if place not in masked:
            simple = HIDDEN if place in starts else _simple(character)
            characters.append(simple)
            origins += [place] * len(simple)
    return NormalForm(_DIGIT_RUN.sub(_as_digits, "".join(characters)), (*origins, len(text)))


@functools.lru_cache(maxsize=8192)
def _simple(character: str) -> str:
    """One character in the normal form: none where it cannot be seen, several where it is written as one."""
    if character in _FILLERS or character in "\t\v\f\r":
        return " "
    if character in _DOTS:
        return "."
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    if category in ("Mn", "Me", "Cf", "Cs") or (category == "Cc" and character != "\n"):
        return ""
    plain = unicodedata.normalize("NFKC", character).translate(_BRACKETS)
    return "".join(map(_as_ascii_digit, plain))


def _as_ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return " " if character.isspace() and character != "\n" else character if digit is None else str(digit)


def _as_digits(run: re.Match[str]) -> str:
    """Chinese digits in a long run are digits; a 一 between groups of others is a dash.

    The next word may begin with one (一起, 八大): what stands beside digits, or behind a whole number, is left.
    """
    if beside := _BESIDE_DIGITS.fullmatch(run[0]):
        before, number, behind = beside.groups()
        chinese = set(number) & set(map(chr, _CHINESE))
        return before + (_BAR.sub("-", number) if chinese == {"一"} else number.translate(_CHINESE)) + behind
    if mobile := _MOBILE.search(run[0]):
        return run[0].replace(mobile[0], mobile[0].translate(_CHINESE), 1)
    return run[0].translate(_CHINESE)
