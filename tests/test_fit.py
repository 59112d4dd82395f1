"""Cutting as the platforms count."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core import plain_text
from handlers.line.render import cut_label

FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(("text", "units"), [("a字", 2), ("😀", 2), (FAMILY, 8)])
def test_utf16_length(text: str, units: int) -> None:
    assert plain_text.utf16_length(text) == units


def test_graphemes_are_not_torn() -> None:
    assert cut_label(FAMILY * 3, 3) == FAMILY * 3
    assert cut_label(FAMILY * 4, 3) == FAMILY * 2 + "…"


@given(some.text(), some.integers(1, 50))
def test_cut_texts_fit_and_are_whole_characters(text: str, limit: int) -> None:
    cut = plain_text.cut_utf16(text, limit)
    assert plain_text.utf16_length(cut) <= limit or text == cut
    cut.encode()


@given(some.lists(some.text(alphabet="字a😀", max_size=30)), some.integers(10, 40))
def test_split_parts_fit_and_lose_no_short_line(lines: list[str], limit: int) -> None:
    parts = plain_text.split_lines("\n".join(lines), limit)
    assert all(plain_text.utf16_length(part) <= limit for part in parts)
    if all(plain_text.utf16_length(line) <= limit for line in lines):
        assert "\n".join(parts) == "\n".join(lines)
