"""A file that the documents or a docstring name is there."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
WRITTEN_BY_BENCH = ("benchmarks.md", "scaling.md")
MEASURED = re.compile(r"\d[\d,.]* ?(?:ms|毫秒|MB|milliseconds)\b")
MADE_BY = re.compile(r"`(?:make |(?:\.venv/bin/)?python |[A-Z][A-Z_]+`)")  # a command, or a constant
ROOMS = "bench|broadcasts|commands|core|data|docs|handlers|retrieval|store|tests"
NAMED = re.compile(rf"\b(?:{ROOMS})/[\w./-]*\.(?:py|md|csv|txt|html)\b")


def texts() -> list[Path]:
    rooms = [path for room in ROOMS.split("|") for path in (HOME / room).rglob("*.py")]
    return [HOME / "README.md", *(HOME / "docs").glob("*.md"), *HOME.glob("*.py"), *rooms]


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(HOME)))
def test_every_file_it_names_is_there(path: Path) -> None:
    missing = [name for name in NAMED.findall(path.read_text("utf-8")) if not (HOME / name).exists()]
    assert not missing


@pytest.mark.parametrize("path", [HOME / "README.md", *(HOME / "docs").glob("*.md")], ids=lambda path: path.name)
def test_a_figure_stands_beside_the_command_that_makes_it(path: Path) -> None:
    paragraphs = path.read_text("utf-8").split("\n\n") if path.name not in WRITTEN_BY_BENCH else []
    assert not [text for text in paragraphs if MEASURED.search(text) and not MADE_BY.search(text)]
