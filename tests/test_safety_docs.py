"""What docs/ claims about privacy and security names a test that is there, in both languages."""

import ast
import re
from pathlib import Path

import pytest

import store.office_tables  # noqa: F401 - with its tables, all are known
from store.tables import metadata

HOME = Path(__file__).parent.parent
PRIVACY, BASELINE, AI_RISK = (HOME / "docs" / f"{name}.md" for name in ("privacy", "security-baseline", "ai-risk"))
DOCUMENTS = (PRIVACY, BASELINE, AI_RISK)
DRAFT = "草稿，應由機關查核"
NAMED = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
REMARK = re.compile(r"<!--.*?-->", re.DOTALL)
NUMBER = re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)
DUTY = "D"  # what the agency does itself, which no test of ours can show
NO_TEST = "無"


def names_of_tests(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_it_names_is_there(document: Path) -> None:
    named = NAMED.findall(REMARK.sub("", document.read_text("utf-8")))
    assert named
    assert [name for name in named if not is_there(*name)] == []


def is_there(path: str, test: str) -> bool:
    return (HOME / path).exists() and test in names_of_tests(HOME / path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_it_says_first_that_it_is_a_draft(document: Path) -> None:
    assert DRAFT in "".join(document.read_text("utf-8").splitlines()[:4])


def test_both_languages_make_the_same_claims_and_each_has_its_tests() -> None:
    chinese, english, shown = parts_of_privacy()
    claims = NUMBER.findall(chinese)
    assert claims == NUMBER.findall(english)
    assert [claim for claim in claims if claim[0] != DUTY] == NUMBER.findall(shown)
    assert len(set(claims)) == len(claims)


def parts_of_privacy() -> list[str]:
    """In Chinese, in English, and the tests of both."""
    return re.split(r"^## (?:English|測試 Tests)$", PRIVACY.read_text("utf-8"), flags=re.MULTILINE)


def test_every_table_of_the_store_is_told_of_in_both_languages() -> None:
    chinese, english, _ = parts_of_privacy()
    tables = {f"`{table.name}`" for table in metadata.sorted_tables}
    assert tables
    assert [table for table in sorted(tables) if table not in chinese or table not in english] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_row_without_a_test_says_why(document: Path) -> None:
    cells = cells_of_tests(document.read_text("utf-8"))
    assert cells
    assert [cell for cell in cells if not (NAMED.search(cell) or cell.startswith(NO_TEST))] == []


def cells_of_tests(text: str) -> list[str]:
    """The last cell of every row of each table whose last column is of tests."""
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    rows = [table.splitlines() for table in tables if "測試" in cells_of(table.splitlines()[0])[-1]]
    return [cells_of(row)[-1] for table in rows for row in table[2:]]


def cells_of(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]
