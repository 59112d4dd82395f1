"""A file that the documents or a docstring name is there, and every link of a page leads somewhere."""

import re
from pathlib import Path

import click
import pytest

import cli

HOME = Path(__file__).parent.parent
WRITTEN_BY_BENCH = ("benchmarks.md", "scaling.md")
MEASURED = re.compile(r"\d[\d,.]* ?(?:ms|毫秒|MB|milliseconds)\b")
MADE_BY = re.compile(r"`(?:make |(?:\.venv/bin/)?python |[A-Z][A-Z_]+`)")  # a command, or a constant
ROOMS = "bench|broadcasts|commands|core|data|docs|handlers|office|retrieval|settings|store|tests"
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
COMMAND = re.compile(r"(?:python bot\.py|`bot\.py|sudo leakbot) ([a-z]+)")
NAMED = re.compile(rf"\b(?:{ROOMS})/[\w./-]*\.(?:py|md|csv|txt|html)\b")


def texts() -> list[Path]:
    rooms = [path for room in ROOMS.split("|") for path in (HOME / room).rglob("*.py")]
    return [HOME / "README.md", *(HOME / "docs").glob("*.md"), *HOME.glob("*.py"), *rooms]


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(HOME)))
def test_every_file_it_names_is_there(path: Path) -> None:
    missing = [name for name in NAMED.findall(path.read_text("utf-8")) if not (HOME / name).exists()]
    assert not missing


def pages() -> list[Path]:
    return [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]


def anchors(page: Path) -> set[str]:
    """What a heading is called in an address: in small letters, blanks as hyphens, without most signs."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in ("".join(found) for found in LINK.findall(page.read_text("utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), link
        assert not anchor or anchor in anchors(path), link


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.name)
def test_every_command_it_names_is_there(page: Path) -> None:
    known = cli.main.list_commands(click.Context(cli.main))
    assert [name for name in COMMAND.findall(page.read_text("utf-8")) if name not in known] == []


@pytest.mark.parametrize("path", [HOME / "README.md", *(HOME / "docs").glob("*.md")], ids=lambda path: path.name)
def test_a_figure_stands_beside_the_command_that_makes_it(path: Path) -> None:
    paragraphs = path.read_text("utf-8").split("\n\n") if path.name not in WRITTEN_BY_BENCH else []
    assert not [text for text in paragraphs if MEASURED.search(text) and not MADE_BY.search(text)]
