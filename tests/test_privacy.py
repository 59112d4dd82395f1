"""What is masked, in every spelling, and what is left alone."""

import csv
import re
import re._parser as parser  # type: ignore[import-not-found]  # how Python itself reads a pattern
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from core import privacy, words
from core.conversation import Conversation
from core.masking import normal_form
from core.messages import Incoming
from core.privacy import mask

Parsed = parser.SubPattern
HERE = Path(__file__).parent
OF_NUMBERS = (
    "0912345678 A123456789、(02)2345-6789 王陳大明先生檢舉人：○段路號巷字第偵年月日生密碼:@.［］電話姓名\u200b\n"
)


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SECRETS, ORDINARY = rows("secrets.csv"), [row["text"] for row in rows("not_secrets.csv")]


@pytest.mark.parametrize("row", SECRETS, ids=range(len(SECRETS)))
def test_private_data_is_masked_in_every_spelling(row: dict[str, str]) -> None:
    masked = mask(row["text"])
    assert (masked.text, "、".join(masked.kinds)) == (row["masked"], row["kinds"])


@pytest.mark.parametrize("row", SECRETS, ids=range(len(SECRETS)))
def test_it_is_masked_in_the_middle_of_a_question(row: dict[str, str]) -> None:
    """Set off by lines, since what a row says at its ends may be part of what was found."""
    assert mask(f"請問，\n{row['text']}\n這樣算洩密嗎？").text == f"請問，\n{row['masked']}\n這樣算洩密嗎？"


@pytest.mark.parametrize("row", SECRETS, ids=range(len(SECRETS)))
def test_it_is_masked_in_full_width_and_with_unseen_characters(row: dict[str, str]) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in row["text"])
    for spelling in (wide, "\u200b".join(row["text"]), unicodedata.normalize("NFKD", row["text"])):
        assert mask(spelling).kinds == tuple(row["kinds"].split("、")), spelling


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_are_left_alone(text: str) -> None:
    assert mask(text) == (text, (), False)


def test_every_kind_has_its_rows() -> None:
    assert {kind for row in SECRETS for kind in row["kinds"].split("、")} == set(words.PRIVATE_KINDS)


def test_the_questions_of_the_bank_hold_next_to_none() -> None:
    """The twelve that do were looked at one by one: names beside titles, a password, an address of a network."""
    with (HERE.parent / "data" / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        asked = [row["question"] for row in csv.DictReader(file)]
    assert sum(bool(mask(question).kinds) for question in asked) < len(asked) / 1000


@given(some.text())
def test_any_text_is_taken(text: str) -> None:
    masked = mask(text)
    assert (masked.text == text) == (not masked.kinds)


@given(some.text(some.one_of(some.sampled_from(OF_NUMBERS), some.characters()), max_size=60))
def test_the_mask_of_a_masked_text_is_itself(text: str) -> None:
    masked = mask(text).text
    assert mask(masked).text == masked


@given(
    some.lists(some.sampled_from([row["text"] for row in SECRETS] + ORDINARY), max_size=6), some.sampled_from("\n ，")
)
def test_several_texts_in_one_are_masked_once_and_for_all(texts: list[str], between: str) -> None:
    masked = mask(between.join(texts)).text
    assert mask(masked).text == masked


@given(some.text())
def test_each_character_of_the_normal_form_knows_its_origin(text: str) -> None:
    form = normal_form.normal_form(text)
    assert len(form.origins) == len(form.text) + 1
    assert list(form.origins) == sorted(form.origins)


def test_a_long_text_is_cut_before_it_is_looked_at() -> None:
    """At the end of a sentence, since half a number would not be known for one."""
    sentence = "我想知道這樣算不算洩密。"
    text = sentence * 400 + "電話"
    number_at_the_cut = text[: privacy.LONGEST - 5] + "0912345678"
    masked = mask(number_at_the_cut + "以後都沒看" * 200_000)
    assert masked.is_cut
    assert len(masked.text) <= privacy.LONGEST
    assert not any(sign.isdigit() for sign in masked.text)


def test_without_any_sentence_the_cut_leaves_no_half() -> None:
    for filler in ("字", "字 ", "1 ", "a"):
        text = (filler * privacy.LONGEST)[: privacy.LONGEST - 5] + "，王大明先生0912345678" + filler * 1000
        assert "0912" not in mask(text).text
        assert "王大" not in mask(text).text


@pytest.mark.parametrize(
    ("channel", "how"), [("line", "「收回」"), ("telegram", "「刪除」"), ("web", "清除對話"), ("terminal", "清除對話")]
)
def test_the_reply_says_what_was_masked_and_how_to_take_it_back(talk: Conversation, channel: str, how: str) -> None:
    turn = talk.handle(Incoming("text", channel, text="檢舉人王大明的電話0912345678可以給別人嗎"))
    assert turn and turn.reply
    assert "姓名、電話號碼" in turn.reply.card.notice
    assert how in turn.reply.card.notice


def test_the_api_says_it_without_naming_a_platform(client: FlaskClient) -> None:
    answer = client.post("/api/ask", json={"question": "王大明先生打0912345678"}).get_json()
    assert answer["question"] == "［姓名］先生打［電話號碼］"
    assert "姓名、電話號碼" in answer["notice"]
    assert "收回" not in answer["notice"]


def test_ordinary_questions_are_not_told_anything(talk: Conversation) -> None:
    turn = talk.handle(Incoming("text", "line", text="刑法第132條的罰則"))
    assert turn and turn.reply and not turn.reply.card.notice


def repeats(parsed: Any, inside: int = 0) -> Iterator[int]:
    """For each repetition in a parsed pattern: in how many others without an upper bound it stands."""
    for operation, argument in parsed:
        is_repeat = str(operation) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
        is_endless = is_repeat and argument[1] >= 1000 and str(operation) != "POSSESSIVE_REPEAT"
        if is_repeat:
            yield inside
        for part in argument if isinstance(argument, tuple | list) else [argument]:
            for branch in part if isinstance(part, list) else [part]:
                if isinstance(branch, Parsed):
                    yield from repeats(branch, inside + is_endless)


@pytest.mark.parametrize("pattern", [each.pattern for each in privacy.DETECTORS], ids=range(len(privacy.DETECTORS)))
def test_no_pattern_can_blow_up(pattern: re.Pattern[str]) -> None:
    """Nothing is repeated inside what is repeated without end, so that time grows as the text does."""
    assert not any(repeats(parser.parse(pattern.pattern, pattern.flags)))


def test_the_check_of_patterns_sees_what_blows_up() -> None:
    assert any(repeats(parser.parse(r"(?:a|(b+))*c")))


@pytest.mark.parametrize(
    "unit", ["0", "1-", "a.", "a@", "王 ", "1段", "密碼:", "::", "-----begin key-----", "陳○", "(", "eyJ-", "字"]
)
def test_a_long_text_of_anything_is_taken(unit: str) -> None:
    masked = mask(unit * privacy.LONGEST).text
    assert mask(masked).text == masked
