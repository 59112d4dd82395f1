"""A file that the documents or a docstring name is there."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
ROOMS = "bench|broadcasts|commands|core|data|docs|handlers|retrieval|store|tests"
NAMED = re.compile(rf"\b(?:{ROOMS})/[\w./-]*\.(?:py|md|csv|txt|html)\b")


def texts() -> list[Path]:
    rooms = [path for room in ROOMS.split("|") for path in (HOME / room).rglob("*.py")]
    return [HOME / "README.md", *(HOME / "docs").glob("*.md"), *HOME.glob("*.py"), *rooms]


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(HOME)))
def test_every_file_it_names_is_there(path: Path) -> None:
    missing = [name for name in NAMED.findall(path.read_text("utf-8")) if not (HOME / name).exists()]
    assert not missing
