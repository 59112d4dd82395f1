"""Workbooks in OpenDocument format (.ods), as LibreOffice saves them: the rows of content.xml, read with defusedxml.

Why no library of the format: odfpy takes what comes before a fault for the whole and shows the rest on stderr, odfdo
writes out the million empty rows that LibreOffice puts behind each sheet, python-calamine knows no hidden rows, merged
cells and error values.
"""

import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import iterparse

from retrieval.sheets.archive import LOCKED
from retrieval.sheets.model import MAX_COLUMNS, MAX_ROWS, Fault, Problem, Sheet, SheetError

_OFFICE, _STYLE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "style", "table", "text")
)
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_UNSEEN = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"}
_MANY = 1_000_000  # repeated cells are written out; no sheet that people fill in has more


def read(archive: zipfile.ZipFile) -> list[Sheet]:
    """Every sheet, in the order of its tabs. Raises SheetError, and whatever defusedxml raises on a damaged file."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise SheetError(Problem("活頁簿", LOCKED))
    sheets: list[_Table] = []
    hidden: set[str] = set()
    with archive.open("content.xml") as source:
        for event, element in iterparse(source, ("start", "end")):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    sheets.append(_Table(element.get(f"{_TABLE}name", ""), element.get(f"{_TABLE}style-name", "")))
            elif element.tag == f"{_STYLE}style":
                shown = element.find(f"{_STYLE}table-properties")
                if shown is not None and shown.get(f"{_TABLE}display") == "false":
                    hidden.add(element.get(f"{_STYLE}name", ""))
            elif element.tag == f"{_TABLE}table-row" and sheets:
                sheets[-1].add(element)
                element.clear()
    return [table.finished(table.style in hidden) for table in sheets]


class _Table:
    """A sheet that grows row by row; merged ranges are filled at the end."""

    def __init__(self, name: str, style: str) -> None:
        self.style = style
        self._sheet = Sheet(name)
        self._next, self._written = 1, 0
        self._merged: list[tuple[int, int, int, int]] = []

    def add(self, row: Any) -> None:
        repeated, cells, first = _count(row, "number-rows-repeated"), list(_cells(row)), self._next
        self._next += repeated
        self._written += min(repeated, MAX_ROWS) * len(cells)
        if self._written > _MANY:
            raise SheetError(Problem(self._sheet.place(first), "同樣的內容重複太多次，請確認選對檔案"))
        hidden = row.get(f"{_TABLE}visibility") in ("collapse", "filter")
        for number in range(first, first + min(repeated, MAX_ROWS + 1) if cells else first):
            for column, cell in cells:
                self._sheet.put(number, column, *_content(cell))
            self._sheet.hidden_rows |= {number} if hidden else set()
        for column, cell in cells:
            rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            self._merged += [(first, column, rows, columns)] if rows * columns > 1 else []

    def finished(self, hidden: bool) -> Sheet:
        self._sheet.hidden = hidden
        for top, left, rows, columns in self._merged:
            self._sheet.fill((top, left), (top + rows - 1, left + columns - 1))
        return self._sheet


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells that hold anything, with their column (from 0); a repeated one once for each column."""
    column = 0
    for cell in row:
        if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            repeated = _count(cell, "number-columns-repeated")
            if cell.tag == f"{_TABLE}table-cell" and (len(cell) or cell.get(f"{_OFFICE}value-type")):
                yield from ((at, cell) for at in range(column, min(column + repeated, MAX_COLUMNS + 1)))
            column += repeated


def _content(cell: Any) -> tuple[str, Fault | None]:
    """The text of a cell, and the fault of one that is no text."""
    kind = cell.get(f"{_OFFICE}value-type")
    shown = "\n".join("".join(_text(part)) for part in cell if part.tag == f"{_TEXT}p")
    if cell.get(f"{_CALC}value-type") == "error":
        return shown, Fault("error", shown)
    if cell.get(f"{_TABLE}formula") and not kind:
        return shown, Fault("formula", cell.get(f"{_TABLE}formula"))
    if kind in ("date", "time"):
        shown = cell.get(f"{_OFFICE}{kind}-value", shown).removesuffix("T00:00:00")
        return shown, Fault("date", shown)
    if kind in ("float", "percentage", "currency"):
        value = float(cell.get(f"{_OFFICE}value"))
        return str(int(value) if value.is_integer() and abs(value) < 1e15 else value), None
    return shown, None


def _text(part: Any) -> Iterator[str]:
    """The text of a paragraph: spaces are written as elements, comments are not of it."""
    yield part.text or ""
    for child in part:
        if child.tag in _SPACES:
            yield _SPACES[child.tag] * _count(child, "c", _TEXT)
        elif child.tag not in _UNSEEN:
            yield from _text(child)
        yield child.tail or ""


def _count(element: Any, name: str, space: str = _TABLE) -> int:
    """How often something is repeated or how far it reaches; at most MAX_COLUMNS * MAX_ROWS, which is refused later."""
    return min(max(1, int(element.get(f"{space}{name}", 1))), MAX_COLUMNS * MAX_ROWS)
