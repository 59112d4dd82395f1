"""Finds and masks what should not have been typed: national ID numbers and phone numbers of Taiwan."""

import re
from typing import NamedTuple

from core import words

_GAP = r"[ \-－.]?"
_NATIONAL_ID = re.compile(
    rf"(?<![A-Za-zＡ-Ｚａ-ｚ\d])[A-Za-zＡ-Ｚａ-ｚ]{_GAP}[1289A-Da-d１２８９](?:{_GAP}\d){{8}}(?!\d)"
)
_MOBILE = re.compile(rf"(?<!\d)(?:[+＋]?8{_GAP}8{_GAP}6{_GAP}0?|[0０]){_GAP}[9９](?:{_GAP}\d){{8}}(?!\d)")
_LANDLINE = re.compile(  # area code and number, 9 or 10 digits in all; 0800 lines are public
    rf"(?<!\d)(?!0800|0809)(?=(?:[(（]?\d[)）]?{_GAP}){{9,10}}(?!\d))"
    rf"[(（]?[0０][2-8２-８]\d{{0,2}}[)）]?(?:{_GAP}\d){{5,8}}(?!\d)"
)
_PATTERNS = ((_NATIONAL_ID, words.ID_NUMBER), (_MOBILE, words.PHONE_NUMBER), (_LANDLINE, words.PHONE_NUMBER))


class Masked(NamedTuple):
    """A text with private data replaced by its kind, and which kinds were found."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str) -> Masked:
    """Replace private data by what it was, e.g. 「［電話號碼］」."""
    kinds: list[str] = []
    for pattern, kind in _PATTERNS:
        text, count = pattern.subn(words.MASK.format(kind=kind), text)
        kinds += [kind] if count else []
    return Masked(text, tuple(dict.fromkeys(kinds)))
