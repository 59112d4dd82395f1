"""Spreadsheet files: whatever is in them, they are read, or refused with complaints, in a bounded time."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commands import subscribers
from handlers import registry
from retrieval import library_sheets
from retrieval.library import Library
from retrieval.library_rows import TABLES
from retrieval.sheets.model import SheetError
from retrieval.sheets.writer import to_csv
from tests.support import fuzzing
from tests.support.fuzzing import Door
from tests.support.workbooks import Rows, as_excel, damaged, ods, replaced, rewritten, xlsx
from tests.test_library import rows, shipped

MORE = os.environ.get("FUZZ_SHEETS", "")  # a folder of files to damage besides our own
NAMES = some.sampled_from(["a.xlsx", "b.ods", "c.csv", "d.txt", "e.xls", "f", "", "\ud800.xlsx"])
HEADINGS = [heading for table in TABLES for column in table.columns for heading in (column.name, *column.headings)]
HEADERS = [[column.headings[0] for column in table.columns] for table in TABLES]
SEEDS = some.integers(0, 2**32)
NUMBERS = """
0 -1 1 3 256 16384 99999 1048576 999999999 99999999999999999999 1e9 NaN A1 A1:XFD1048576 ZZZ9 $A$1 s str inlineStr b e
"""
XML = ("&a;", "<x/>", "]]>", "<!--", "&#0;", "&#xD800;", "<![CDATA[")


@cache
def whole_files() -> list[bytes]:
    questions: Rows = [["問法", "案例"], ["可以給他看嗎", "1"], ["午餐吃什麼", "0"]]
    tables = (("案例", rows()), ("問法", questions))
    text = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows())
    texts = [text.encode(encoding) for encoding in ("utf-8-sig", "cp950", "utf-16")]
    others = [path.read_bytes() for path in sorted(Path(MORE).iterdir())] if MORE else []
    return [xlsx(*tables), as_excel(xlsx(*tables)), ods(*tables), *texts, *others]


@cache
def bombs() -> list[bytes]:
    """Small files that would be large: zeros, a text of entities, tags without end, columns repeated."""
    space = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    inner = [b"\0" * 20_000_000, f"{space}]><x>&j;</x>".encode(), b"<x>" * 200_000, b"<x " + b"a" * 2_000_000]
    wide = 'table:table-cell table:number-columns-repeated="99999999" '
    high = '<table:table-row table:number-rows-repeated="99999999"'
    return [
        *(_with_sheet(new) for new in inner),
        replaced(whole_files()[2], "content.xml", "table:table-cell ", wide),
        replaced(whole_files()[2], "content.xml", "<table:table-row", high),
    ]


def _with_sheet(content: bytes) -> bytes:
    return rewritten(whole_files()[0], lambda name, old: content if "sheet1" in name else old)


def _with(book: bytes, member: str, start: int, end: int, part: bytes) -> bytes:
    """A ZIP with a piece of one member replaced."""
    return rewritten(book, lambda name, old: old[:start] + part + old[end:] if name == member else old)


@some.composite
def odd_xml(draw: Callable[[Any], Any]) -> Any:
    """A workbook in which some values of attributes and some texts are others."""
    book = whole_files()[draw(some.integers(0, 2))]
    names = zipfile.ZipFile(io.BytesIO(book)).namelist()
    chosen = draw(some.sampled_from([name for name in names if name.endswith((".xml", ".rels"))]))
    found = list(re.finditer(rb'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)', zipfile.ZipFile(io.BytesIO(book)).read(chosen)))
    for _ in range(draw(some.integers(1, 3))):
        place = found[draw(some.integers(0, len(found) - 1))]
        new = draw(some.sampled_from(NUMBERS.split()) | some.sampled_from(XML) | fuzzing.pieces)
        part = new.encode("utf-8", "surrogatepass")
        book = _with(book, chosen, place.start(), place.end(), part)
    return book


cells = fuzzing.encodable_texts | some.sampled_from(["1", "0", "驗收", "草案", "刑法第132條", "2026-11-26", "已經發生"])
tables = some.tuples(some.sampled_from(HEADERS), some.lists(some.lists(cells, max_size=9), max_size=5))
any_headings = some.lists(some.sampled_from(HEADINGS) | cells, max_size=8)
texts = some.one_of(
    tables.map(lambda table: to_csv(table[0], table[1])),
    some.builds(to_csv, any_headings, some.lists(some.lists(cells, max_size=9), max_size=4)),
    some.builds(
        lambda head, rest: ",".join(head).encode() + b"\r\n" + rest, some.sampled_from(HEADERS), fuzzing.bodies
    ),
)
files = some.one_of(
    some.builds(lambda at, seed: next(damaged(whole_files()[at % len(whole_files())], 1, seed)), SEEDS, SEEDS),
    odd_xml(),
    texts,
    fuzzing.bodies,
    some.builds(bytes.__add__, some.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]), fuzzing.bodies),
)


@fuzzing.examples(100)
@given(data=files, name=NAMES)
def test_library_files(door: Door, data: bytes, name: str) -> None:
    """As `cases check` and the console read them; as subscribers and labelled questions are read."""
    base = shipped()
    with door.trying((name, data)):
        try:
            assert isinstance(library_sheets.read_file(data, name, base).library, Library)
        except SheetError as error:
            assert error.problems and all(str(problem) for problem in error.problems)


@fuzzing.examples(40)
@given(data=files, name=NAMES)
def test_lists_of_people(door: Door, data: bytes, name: str) -> None:
    with door.trying((name, data)):
        try:
            list(subscribers.read_people(data, name, registry.specs()))
        except SheetError as error:
            assert error.problems


@pytest.mark.parametrize("at", range(6))
def test_bombs(door: Door, at: int) -> None:
    with door.trying(at), pytest.raises(SheetError):
        library_sheets.read_file(bombs()[at], "bomb.xlsx", shipped())
