"""Finds and masks what should not have been typed: whatever names a person, leads to one, or opens a door."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core import words
from core.masking import names, numbers, places, secrets
from core.masking.detector import Detector
from core.masking.normal_form import normal_form

LONGEST = 5000  # characters that are looked at: what follows is left out, unseen
DETECTORS: tuple[Detector, ...] = (*secrets.DETECTORS, *numbers.DETECTORS, *places.DETECTORS, *names.DETECTORS)
_TAIL = 100  # characters at a cut in which a half of something may stand
_SENTENCE_END = re.compile("[。！？!?；;\n]")


class Masked(NamedTuple):
    """A text with private data replaced by its kind, which kinds were found, and whether its end was left out."""

    text: str
    kinds: tuple[str, ...]
    is_cut: bool = False


class _Hit(NamedTuple):
    start: int
    end: int
    kind: str


def mask(text: str) -> Masked:
    """Replace private data by what it was, e.g. 「［電話號碼］」. The mask of a masked text is itself."""
    kinds: list[str] = []
    masked = shorter = _cut(text)
    while hits := list(_merged(_hits(masked))):
        kinds += [hit.kind for hit in hits]
        masked = _replaced(masked, hits)
    shown = _cut(masked)  # a mask may be longer than what it stands for
    return Masked(shown, tuple(dict.fromkeys(kinds)), shorter != text or shown != masked)


def kinds_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Which kinds of private data the texts seem to hold."""
    return tuple(dict.fromkeys(kind for text in texts for kind in mask(text).kinds))


def _cut(text: str) -> str:
    """At most LONGEST characters, ending in a whole sentence where it was cut: half a number would not be known."""
    if len(text) <= LONGEST:
        return text
    sure = text[: LONGEST - _TAIL]
    ends = list(_SENTENCE_END.finditer(text, len(sure), LONGEST))
    return text[: ends[-1].end()] if ends else sure


def _hits(text: str) -> Iterator[_Hit]:
    """What is found, in no order, as spans of the text as it was typed."""
    form = normal_form(text)
    for detector in DETECTORS:
        pattern = detector.pattern
        for match in pattern.finditer(form.text):
            if detector.holds(match):
                yield _Hit(*form.original(*match.span(pattern.groupindex.get("secret", 0))), detector.kind)


def _merged(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Overlapping hits are one: of the kind that begins first, of the longest that does."""
    last: _Hit | None = None
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if last and hit.start < last.end:
            last = last._replace(end=max(last.end, hit.end))
            continue
        if last:
            yield last
        last = hit
    if last:
        yield last


def _replaced(text: str, hits: Iterable[_Hit]) -> str:
    pieces, at = [], 0
    for hit in hits:
        pieces += [text[at : hit.start], words.MASK.format(kind=hit.kind)]
        at = hit.end
    return "".join([*pieces, text[at:]])
