"""What is taken for a command, a nod or a greeting, and what stays a question."""

import csv
import re
from pathlib import Path

import opencc
import pytest

from core import commands, heard, words
from core.commands import Command
from retrieval import library_sheets

HOME = Path(__file__).parent.parent

with (HOME / "tests" / "commands.csv").open(encoding="utf-8", newline="") as file:
    SAID = [(row["said"], row["meant"]) for row in csv.DictReader(file)]
    """What is said, and the command it is: "" for what stays a question."""

UNSEEN = [
    ("退訂\u200b", "stop"),
    ("\ufeff退訂", "stop"),
    ("退\u200b訂\u2060", "stop"),
    ("退訂\n謝謝您", "stop"),
    ("\u202d選\u00ad單\u202c", "menu"),
    ("\r\n案例\t2\u3000", "case 2"),
    ("退訂" + "\u200b" * 500, "stop"),
    ("", "blank"),
    (" \n", "blank"),
    ("\u200b\u202e", "blank"),
    ("\u3000", "blank"),
    ("\u3164", "blank"),
    ("\ud83d", "blank"),
]


def spoken(command: Command | None) -> str:
    return " ".join([command.verb, *command.arguments]) if command else ""


@pytest.mark.parametrize(("said", "meant"), SAID + UNSEEN)
def test_the_whole_message_is_a_command_or_a_question(said: str, meant: str) -> None:
    assert spoken(commands.read(said)) == meant


def test_a_command_is_short() -> None:
    for said in ("退訂" * 31, "好" * 61, "選單" + " " * 2000 + "外流", "謝" * 5000):
        assert commands.read(said) is None


def test_no_question_of_the_library_is_a_command() -> None:
    """The bank holds a few greetings and bare numbers among what fits no case; nothing that fits one is a command."""
    library = library_sheets.load_folder(HOME / "data")
    heard_in = {question: commands.read(question.text) for question in library.questions}
    for question, command in heard_in.items():
        if command:
            assert command.verb in ("nod", "hello", "help", "number", "blank"), question.text
            assert not question.case_id, question.text


@pytest.mark.parametrize("file", sorted(HOME.glob("tests/questions_held_out*.csv")), ids=lambda path: str(path.stem))
def test_no_question_of_the_measurements_is_a_command(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            command = commands.read(row["query"])
            assert command is None or (row["case_id"] == "0" and command.verb in ("nod", "hello", "blank")), row


@pytest.mark.parametrize("label", [words.MENU, words.HELP, words.GUIDES, words.STOP_TIPS, words.SUBSCRIBE_TIPS])
def test_a_buttons_label_does_what_the_button_does(label: str) -> None:
    assert commands.read(label)


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("推播：請收好公文", "請收好公文"),
        ("推播: a\nb ", "a\nb"),
        (" 推播　早安！（１樓）", "早安！（１樓）"),
        ("／推播 謝謝", "謝謝"),
        ("\u200b推播：x", "x"),
        ("推播", ""),
        ("推播：", ""),
        ("推播 。", ""),
        ("推播公告", ""),
        ("我要推播：公告", ""),
    ],
)
def test_own_words_behind_the_word_stay_as_typed(said: str, own: str) -> None:
    assert commands.own_tip(said) == own


def test_every_character_is_also_known_in_simplified() -> None:
    """core may not load OpenCC, so the table is a copy: of what a command holds and Simplified writes otherwise."""
    lists = [
        heard.OPENINGS,
        heard.ENDINGS,
        heard.SHOWING_OPENINGS,
        heard.SHOWING_ENDINGS,
        *heard.NODS,
        *heard.GREETINGS,
    ]
    han = set(re.findall("[\u3400-\u9fff]", "".join([*lists, *(said for _, said, _ in heard.MEANT)])))
    to_simplified = opencc.OpenCC("t2s")
    for character in han:
        written = to_simplified.convert(character)
        assert written.translate(heard.WRITTEN_OTHERWISE) == character, character
