"""What is masked, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core import privacy


@pytest.mark.parametrize(
    "secret",
    ["A123456789", "a223456789", "Ａ１２３４５６７８９", "A 123 456 789", "F800000014"],
)
def test_national_ids_are_masked(secret: str) -> None:
    masked = privacy.mask(f"我的身分證{secret}被貼出去")
    assert masked == ("我的身分證［身分證字號］被貼出去", ("身分證字號",))


@pytest.mark.parametrize(
    "secret",
    [
        "0912345678",
        "0912-345-678",
        "0912 345 678",
        "+886912345678",
        "886-912-345-678",
        "０９１２３４５６７８",
        "(02)2345-6789",
    ]
    + ["02-23456789", "06-299-1111", "037-123456", "0836-22381", "（03）123 4567"],
)
def test_phone_numbers_are_masked(secret: str) -> None:
    masked = privacy.mask(f"打{secret}給他")
    assert masked == ("打［電話號碼］給他", ("電話號碼",))


@pytest.mark.parametrize(
    "text",
    [
        "刑法第132條",
        "1130012345號函",
        "110年度訴字第1085號",
        "10,000,000 元",
        "2026-11-23 14:30",
        "分機 1234",
        "A12345678",
        "1999",
        "0800-024-099",
        "統編 04595257",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert privacy.mask(text) == (text, ())


def test_several_kinds_are_each_named_once() -> None:
    masked = privacy.mask("A123456789、B123456789 0912345678")
    assert masked.kinds == ("身分證字號", "電話號碼")


@given(some.text())
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(privacy.mask(text).text, str)
