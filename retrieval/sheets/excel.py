"""Workbooks as Excel, WPS and LibreOffice save them (.xlsx, .xlsm), read with openpyxl.

openpyxl's own `load_workbook` reads styles, filters, charts and links too, and gives up when one of them is broken.
Here its parts are used one by one: workbook, texts, and of every sheet its rows and merged ranges alone.
"""

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_STYLE, ARC_WORKBOOK, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from retrieval.sheets.model import Fault, Problem, Sheet, SheetError

_STRICT = b"purl.oclc.org/ooxml"  # the ISO variant's namespaces, which openpyxl passes over in silence
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def read(archive: zipfile.ZipFile) -> list[Sheet]:
    """Every worksheet, in the order of its tabs. Raises SheetError, and whatever openpyxl raises on a damaged file."""
    if ARC_WORKBOOK in archive.namelist() and _STRICT in archive.read(ARC_WORKBOOK):
        raise SheetError(
            Problem("活頁簿", "這是「Strict Open XML」格式；請在 Excel 另存新檔，選一般的「Excel 活頁簿」")
        )
    with warnings.catch_warnings():  # of what openpyxl leaves out, which nobody here needs
        warnings.simplefilter("ignore")
        reader = _Reader(archive)
        found = [(sheet, part.target) for sheet, part in reader.parser.find_sheets() if "worksheet" in part.Type]
        return [_sheet(reader, sheet, target) for sheet, target in found]


class _Reader(ExcelReader):  # type: ignore[misc]
    """openpyxl's reader of a workbook without what only looks need."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.valid_files = archive.namelist()
        self.read_only, self.keep_vba, self.data_only, self.keep_links = True, False, True, False
        self.package: Manifest = Manifest.from_tree(fromstring(archive.read("[Content_Types].xml")))
        self.read_workbook()
        self.texts = list(self._texts())
        self.date_styles = _date_styles(self)

    def _texts(self) -> Iterator[str]:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                for _, element in iterparse(source):
                    if element.tag == f"{{{SHEET_MAIN_NS}}}si":
                        yield Text.from_tree(element).content
                        element.clear()


class _Rows(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's reader of a sheet: rows as they come, then the merged ranges; nothing else of it is looked at."""

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        self.ranges: list[str] = []
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == MERGE_TAG:
                self.ranges = [merged.get("ref", "") for merged in element]

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        stored = element.findtext(VALUE_TAG) or element.get("t") == "str"  # a text may be stored as empty
        if element.find(FORMULA_TAG) is not None and not stored:
            cell |= {"data_type": "f", "value": "=" + (element.findtext(FORMULA_TAG) or "")}
        return cell


def _sheet(reader: _Reader, found: Any, target: str) -> Sheet:
    sheet = Sheet(found.name, hidden=found.state != "visible")
    with reader.archive.open(target) as source:
        rows = _Rows(source, reader.texts, data_only=True, epoch=reader.wb.epoch, date_formats=reader.date_styles)
        for number, cells in rows.parse():
            for cell in cells:
                if cell["value"] is not None:
                    sheet.put(cell["row"], cell["column"] - 1, *_content(cell["value"], cell["data_type"]))
            if number in sheet.rows and rows.row_dimensions.get(str(number), {}).get("hidden") in ("1", "true"):
                sheet.hidden_rows.add(number)
    for merged in rows.ranges:
        left, top, right, bottom = range_boundaries(merged)
        sheet.fill((top, left - 1), (bottom, right - 1))
    return sheet


def _content(value: object, kind: str) -> tuple[str, Fault | None]:
    """The text of a cell, and the fault of one that is no text."""
    if kind == "d":
        shown = value.date().isoformat() if isinstance(value, datetime.datetime) else str(value)
        return shown, Fault("date", shown)
    if kind in ("e", "f"):
        return str(value), Fault("error" if kind == "e" else "formula", str(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), None
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)), None


def _date_styles(reader: _Reader) -> set[int]:
    """Which cell styles show numbers as dates; none where the styles cannot be read, which matters to nothing else."""
    try:
        root = fromstring(reader.archive.read(ARC_STYLE))
        own = {int(form.get("numFmtId")): form.get("formatCode") for form in root.iter(f"{{{SHEET_MAIN_NS}}}numFmt")}
        styles = root.find(f"{{{SHEET_MAIN_NS}}}cellXfs")
        numbers = [int(style.get("numFmtId", 0)) for style in styles]
    except Exception:
        return set()
    formats = [own.get(number, BUILTIN_FORMATS.get(number)) for number in numbers]
    return {at for at, form in enumerate(formats) if form and is_date_format(form)}
