"""The command line speaks Chinese: every help page and every complaint about how something was typed."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import cli
from commands.chinese import SENTENCES

# What click says to whoever writes a program with it, or of what we do not use (editors, shells, Windows).
TO_PROGRAMMERS = re.compile(
    r"DeprecationWarning|declaration|No options defined|defined twice|same flag|must be an iterable|start character|"
    r"standard stream|Unknown color|Editing failed|Windows error|Bash|^Choice\(|^d$"
)
WORD = re.compile(r"[A-Za-z]{3,}")


@cache
def of_click() -> frozenset[str]:
    """Every sentence that click asks gettext for."""
    return frozenset(_sentences())


def _sentences() -> Iterator[str]:
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                said = (each.value for each in node.args if isinstance(each, ast.Constant))
                yield from (sentence for sentence in said if isinstance(sentence, str))


def commands(command: click.Command = cli.main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            loaded = below.loaded() if isinstance(below, cli.Unloaded) else below
            yield from commands(loaded, (*path, name))


def types(*words: str) -> Result:
    return CliRunner().invoke(cli.main, list(words), prog_name="bot.py")


def english(said: str) -> set[str]:
    """The words of click's sentences that are in it, apart from names: of commands, of options, in capitals."""
    placeholders = re.compile(r"\{[^}]*\}|%\(\w+\)s")
    known = {word for sentence in of_click() for word in WORD.findall(placeholders.sub("", sentence))}
    names = "|".join(sorted({name for path in commands() for name in path}, key=len, reverse=True))
    said = re.sub(rf"--[\w-]+|\b([A-Z]{{2,}}|{names})\b", "", said)
    return set(WORD.findall(said)) & known


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_the_help_of_all_commands_says_what_each_says_itself(command: cli.Unloaded) -> None:
    assert command.get_short_help_str(200) == command.loaded().get_short_help_str(200)


def test_every_sentence_of_click_is_in_the_table() -> None:
    """Another version of click may say more."""
    asked = {sentence for sentence in of_click() if not TO_PROGRAMMERS.search(sentence)}
    assert asked - SENTENCES.keys() == set()
    assert SENTENCES.keys() - asked == {"required"}, "click names this one elsewhere"


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_help_page_is_in_chinese(path: tuple[str, ...]) -> None:
    done = types(*path, "--help")
    assert done.exit_code == 0
    assert done.output.startswith("用法：")
    assert "顯示這段說明。" in done.output
    assert not english(done.output)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nosuch", "沒有「nosuch」這個指令。"),
        ("evaluat", "你是不是要打 'evaluate'？"),
        ("tip se", "沒有「se」這個指令。"),
        ("ask", "少了參數 'QUESTION'"),
        ("tip schedule", "少了選項 '--at'"),
        ("ask a b", "多了參數「b」"),
        ("ask a b c", "多了參數「b c」"),
        ("ask a --nope", "沒有「--nope」這個選項。"),
        ("ask a --jsno", "你是不是要打 '--json'？"),
        ("ask a --json=1", "選項「--json」後面不用給值。"),
        ("serve --port", "選項「--port」後面要給一個值。"),
        ("serve --port x", "「x」不是數字。"),
        ("serve --port 0", "0 不在範圍內"),
        ("tip status x", "「x」不是數字。"),
        ("tip send --quota x", "「x」不行，只能是 'all', 'some', 'ride' 其中之一。"),
    ],
)
def test_what_was_typed_wrong_is_said_in_chinese(typed: str, said: str) -> None:
    done = types(*typed.split())
    assert done.exit_code == 2
    assert said in done.stderr
    assert "錯誤：" in done.stderr
    assert not english(done.stderr.replace(typed, ""))
