"""What a start loads: only who searches waits for the search's libraries, and a server has them before it is asked.

Nothing waits for SQLAlchemy's ORM, which is not used.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import app
import config
from retrieval import kept_index
from tests.support.small_bank import small_bank

HOME = Path(__file__).parent.parent
HEAVY = {"numpy", "scipy", "sklearn", "jieba", "opencc"}

COMMANDS = [
    "bot.py --help",
    "-c 'import cli'",
    "bot.py settings",
    "bot.py migrate",
    "bot.py tip preview",
    "bot.py tip send --text hello --yes",
    "bot.py tip status 1",
    "bot.py cases --help",
    "bot.py cases export {folder}/cases.csv",
    "bot.py cases votes",
    "bot.py subscribers export {folder}/people.csv",
    "bot.py subscribers import {folder}/people.csv",
    "bot.py webhook set https://bot.example.org",
    "bot.py admin add chief --password-stdin",
]


def imported(folder: Path, *arguments: str) -> set[str]:
    """The packages that a run of Python imports, as its own list of import times names them; of SQLAlchemy no ORM."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=HOME,
        env={**kept, "VAR_DIR": str(folder), "QUESTIONS_PATH": small_bank(), "PYTHONUTF8": "1"},
        input="a long pass phrase\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert "click" in done.stderr
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    names = {line.rpartition("|")[2].strip() for line in lines}
    assert "sqlalchemy.orm" not in names
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_does_not_search_loads_nothing_of_the_search(tmp_path: Path, command: str) -> None:
    assert not imported(tmp_path, *shlex.split(command.format(folder=tmp_path))) & HEAVY


def test_an_imported_library_is_read_without_the_search(tmp_path: Path) -> None:
    sheet = str(tmp_path / "cases.csv")
    imported(tmp_path, "bot.py", "cases", "export", sheet)
    assert imported(tmp_path, "bot.py", "cases", "import", sheet) >= HEAVY
    for command in (["cases", "export", sheet], ["cases", "votes"], ["tip", "preview"]):
        assert not imported(tmp_path, "bot.py", *command) & HEAVY, command


def test_a_second_start_takes_what_the_first_one_kept(tmp_path: Path) -> None:
    """Also where nothing was before: the folder is the program's alone, and so is what is kept."""
    folder = tmp_path / "var"
    assert imported(folder, "bot.py", "ask", "臨檢名單外流") >= HEAVY
    assert imported(folder, "bot.py", "ask", "臨檢名單外流") & HEAVY == {"numpy", "opencc"}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_web_part_has_its_index_before_the_first_question(tmp_path: Path) -> None:
    assert imported(tmp_path, "-c", "import bot; bot.app()") >= HEAVY


def test_a_process_that_searches_nothing_builds_no_index(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_index, "build", lambda *_: pytest.fail("an index was made"))
    worker = app.Bot(settings)
    worker.store.migrate()
    worker.library.refresh()
    assert worker.daily_tip.today().case_id
    worker.close()
