"""Workbooks in OpenDocument format (.ods), as LibreOffice saves them, read with odfpy."""

import zipfile
from collections.abc import Iterator
from typing import Any

from odf import teletype
from odf.namespaces import OFFICENS, TABLENS, TEXTNS
from odf.opendocument import load
from odf.style import Style, TableProperties
from odf.table import Table

from retrieval.sheets.archive import LOCKED
from retrieval.sheets.model import MAX_COLUMNS, MAX_ROWS, Fault, Problem, Sheet, SheetError

CALCEXTNS = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_ROW, _CELL, _COVERED = (TABLENS, "table-row"), (TABLENS, "table-cell"), (TABLENS, "covered-table-cell")
_GROUPS = {(TABLENS, name) for name in ("table-row-group", "table-header-rows", "table-rows")}
_LIMIT = 1_000_000  # repeated cells are written out; no sheet that people fill in has more


def read(archive: zipfile.ZipFile) -> list[Sheet]:
    """Every sheet, in the order of its tabs. Raises whatever odfpy raises on a damaged file, SheetError."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise SheetError(Problem("活頁簿", LOCKED))
    document = load(archive.fp)
    hidden = set(_hidden_styles(document))
    return [_sheet(table, _get(table, TABLENS, "style-name") in hidden) for table in document.getElementsByType(Table)]


def _hidden_styles(document: Any) -> Iterator[str]:
    for style in document.getElementsByType(Style):
        if any(_get(shown, TABLENS, "display") == "false" for shown in style.getElementsByType(TableProperties)):
            yield style.getAttribute("name")


def _sheet(table: Any, hidden: bool) -> Sheet:
    sheet, number, written, merged = Sheet(_get(table, TABLENS, "name"), hidden=hidden), 1, 0, []
    for row in _rows(table):
        repeated = _count(row, "number-rows-repeated")
        cells = list(_cells(row))
        if cells:
            written += min(repeated, MAX_ROWS) * len(cells)
            if written > _LIMIT:
                raise SheetError(Problem(sheet.place(number), "同樣的內容重複太多次，請確認選對檔案"))
            for at in range(number, number + min(repeated, MAX_ROWS + 1)):
                _put_row(sheet, at, cells, _get(row, TABLENS, "visibility") in ("collapse", "filter"))
            merged += [(number, column, *_spans(cell)) for column, cell in cells if _spans(cell) != (1, 1)]
        number += repeated
    for top, left, rows, columns in merged:
        sheet.fill((top, left), (top + rows - 1, left + columns - 1))
    return sheet


def _put_row(sheet: Sheet, number: int, cells: list[tuple[int, Any]], hidden: bool) -> None:
    for column, cell in cells:
        sheet.put(number, column, *_content(cell))
    if hidden:
        sheet.hidden_rows.add(number)


def _rows(parent: Any) -> Iterator[Any]:
    for child in parent.childNodes:
        if getattr(child, "qname", None) == _ROW:
            yield child
        elif getattr(child, "qname", None) in _GROUPS:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells that hold anything, with their column (from 0); a repeated one once for each column."""
    column = 0
    for cell in row.childNodes:
        if getattr(cell, "qname", None) in (_CELL, _COVERED):
            repeated = _count(cell, "number-columns-repeated")
            if cell.qname == _CELL and (cell.childNodes or _get(cell, OFFICENS, "value-type")):
                yield from ((at, cell) for at in range(column, min(column + repeated, MAX_COLUMNS + 1)))
            column += repeated


def _content(cell: Any) -> tuple[str, Fault | None]:
    """The text of a cell, and the fault of one that is no text."""
    kind = _get(cell, OFFICENS, "value-type")
    shown = "\n".join(teletype.extractText(part) for part in cell.childNodes if part.qname == (TEXTNS, "p"))
    if _get(cell, CALCEXTNS, "value-type") == "error":
        return shown, Fault("error", shown)
    if _get(cell, TABLENS, "formula") and not kind:
        return shown, Fault("formula", _get(cell, TABLENS, "formula"))
    if kind in ("date", "time"):
        shown = _get(cell, OFFICENS, f"{kind}-value").removesuffix("T00:00:00")
        return shown, Fault("date", shown)
    if kind in ("float", "percentage", "currency"):
        value = float(_get(cell, OFFICENS, "value"))
        return str(int(value) if value.is_integer() and abs(value) < 1e15 else value), None
    return shown, None


def _spans(cell: Any) -> tuple[int, int]:
    return _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")


def _count(element: Any, name: str) -> int:
    return max(1, int(_get(element, TABLENS, name) or 1))


def _get(element: Any, space: str, name: str) -> str:
    return str(element.attributes.get((space, name), ""))
