"""Spreadsheets out: CSV, and workbooks that an office can fill in (written with openpyxl)."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LINE_HEIGHT, MAX_HEIGHT = 16, 409  # points; the second is Excel's limit
ROWS_TO_FILL_IN = 2000  # how far below the last row drop-downs reach


class Choice(NamedTuple):
    """A drop-down for a column: a range or a quoted list, as Excel writes it, and what is said beside the cell.

    What is typed instead is let through; the import says what it cannot take.
    """

    values: str
    hint: str


@dataclass(frozen=True)
class Layout:
    """A sheet of a workbook: its name, headings, rows, the width of each column in characters.

    `choices`: drop-downs, and `numbers`: columns of whole numbers, both by position. All else is text, but a text
    that begins with "=" is a formula where `formulas` says so.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    choices: Mapping[int, Choice] = field(default_factory=dict)
    numbers: Sequence[int] = ()
    formulas: bool = False


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV that Excel opens as it is: UTF-8 with BOM, CRLF between rows."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([columns, *rows])
    return stream.getvalue().encode("utf-8-sig")


def to_workbook(layouts: Sequence[Layout]) -> bytes:
    """An .xlsx with these sheets: wrapped columns, header frozen, drop-downs. Cells are texts, but for `numbers`."""
    import openpyxl  # only for a workbook: it loads numpy

    book = openpyxl.Workbook()
    book.remove(book.active)
    for layout in layouts:
        _fill(book.create_sheet(layout.name), layout)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, layout: Layout) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="top")
    for at, row in enumerate([layout.headings, *layout.rows], 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(at, column, _LOOKS_ESCAPED.sub("_x005F_", text) or None)
            if text and not layout.formulas:
                cell.data_type = "s"
            if at > 1 and column - 1 in layout.numbers:
                cell.value = int(text)
            cell.alignment = wrapped
        lines = max(map(_lines, row, layout.widths))
        if lines > 1:  # LibreOffice finds the height of a row only where somebody edits it
            sheet.row_dimensions[at].height = min(LINE_HEIGHT * lines, MAX_HEIGHT)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
    for column, width in enumerate(layout.widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    for column, choice in layout.choices.items():
        _add_choice(sheet, get_column_letter(column + 1), len(layout.rows) + ROWS_TO_FILL_IN, choice)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as two others."""
    wide = [len(line) + sum(character > "\u2e7f" for character in line) for line in text.splitlines()]
    return sum(-(-max(1, columns) // (width - 1)) for columns in wide)


def _add_choice(sheet: Any, letter: str, last: int, choice: Choice) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=choice.values, allow_blank=True, showErrorMessage=False)
    rule.prompt, rule.showInputMessage = choice.hint, True
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)
