"""The command line: any argument and any bytes of standard input end in an answer or in a few plain lines."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as some

import cli
from tests.fuzz.test_fuzz_sheets import files
from tests.support import fuzzing
from tests.support.fuzzing import Door
from tests.support.small_bank import small_bank

LINES = 50  # of one `ask -`, which takes a second to be ready
COMMANDS = """
ask evaluate cases/check cases/export cases/versions cases/diff cases/restore cases/votes subscribers/import
subscribers/export tip/send tip/status tip/pause tip/resume tip/cancel tip/preview tip/schedule tip/list admin/list
admin/disable admin/role settings webhook/set
"""
NEEDS_AN_INDEX = {"ask", "evaluate", "cases/check"}
OPTIONS = """
--json --text --at --case --quota --approvals --note --yes --all -h -- 1 0 -1 shipped 99999999999999999999
"""
# As the system hands them over: bytes without NUL, those that are no UTF-8 as halves of surrogate pairs.
typed = fuzzing.bytewise.map(lambda text: os.fsdecode(text.encode("latin-1").replace(b"\0", b"")))
arguments = some.lists(some.sampled_from(OPTIONS.split()) | typed | some.just("9" * 5000), max_size=4)


@pytest.fixture
def home(tmp_path: Path, new_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(new_database, tmp_path / new_database.name)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("QUESTIONS_PATH", small_bank())
    return tmp_path


def _run(*arguments: str, stdin: bytes = b"") -> Result:
    """As in a process of its own: an exception that the commands do not say themselves is a fault."""
    return CliRunner().invoke(cli.main, arguments, input=stdin)


def _is_said(result: Result) -> bool:
    return result.exit_code in (0, 1, 2) and (result.exception is None or isinstance(result.exception, SystemExit))


@fuzzing.examples(40)
@given(command=some.sampled_from(sorted({*COMMANDS.split()} - NEEDS_AN_INDEX)), given=arguments)
def test_commands(door: Door, home: Path, command: str, given: list[str]) -> None:
    door.usual = ("",)
    with door.trying((command, given)), pytest.MonkeyPatch.context() as inside:
        inside.chdir(home)
        result = _run(*command.split("/"), *given)
        assert _is_said(result), result.exception


@fuzzing.examples(30)
@given(data=files)
def test_subscribers_import(door: Door, home: Path, data: bytes) -> None:
    door.usual = ("",)
    (home / "people.csv").write_bytes(data)
    with door.trying(data):
        result = _run("subscribers", "import", str(home / "people.csv"))
        assert _is_said(result), result.exception


@fuzzing.examples(1)
@given(lines=some.lists(fuzzing.bodies.map(lambda data: data.replace(b"\n", b"")), min_size=LINES, max_size=LINES))
def test_ask(door: Door, home: Path, lines: list[bytes]) -> None:
    door.usual = ("",)
    with door.trying(lines):
        result = _run("ask", "--json", "-", stdin=b"\n".join(lines))
        assert _is_said(result), result.exception
        assert len(result.stdout.splitlines()) >= LINES
