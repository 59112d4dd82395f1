"""A spreadsheet file, whatever program saved it, as rows under a known header.

Which reader serves which format: .xlsx and .xlsm excel.py, .ods opendocument.py, text delimited.py. Whatever a reader's
library says of a damaged file becomes one SheetError here.
"""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from retrieval.sheets import archive, delimited
from retrieval.sheets.cells import cell_problems, plain
from retrieval.sheets.delimited import HEADER_WITHIN
from retrieval.sheets.model import MAX_FILE_BYTES, Problem, Sheet, SheetError, SheetRow, of_file


class Column(NamedTuple):
    """A column of a table: its name in the program, and the headings that people write, the usual one first."""

    name: str
    headings: tuple[str, ...]
    required: bool = True
    dates: bool = False


class Table(NamedTuple):
    """What a sheet holds, and how such sheets are called. `others`: further columns are passed over, not refused."""

    columns: tuple[Column, ...]
    names: tuple[str, ...] = ()
    others: bool = False

    def column(self, heading: str) -> str | None:
        """The name of the column under a heading, as people write it."""
        wanted = plain(heading)
        known = (column.name for column in self.columns if wanted in map(plain, (column.name, *column.headings)))
        return next(known, None)


class TableRows(NamedTuple):
    """The rows of one table, and what was read for it, to be shown."""

    rows: list[SheetRow]
    sheet: Sheet
    header: int
    headings: tuple[str, ...]


def read(path: Path, table: Table) -> list[SheetRow]:
    """The rows of a file that holds one table; raises SheetError with every problem found, OSError."""
    return parse(read_bytes(path), path.name, table).rows


def read_bytes(path: Path) -> bytes:
    """A file of bounded size; raises SheetError, OSError."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SheetError(Problem(path.name, f"檔案超過 {MAX_FILE_BYTES // 1024 // 1024} MB，請確認選對檔案"))
    return path.read_bytes()


def parse(data: bytes, name: str, table: Table) -> TableRows:
    """As `read`, from bytes; `name` is for messages, and for telling a workbook by its ending."""
    with of_file(name):
        sheets = open_sheets(data, name, [table])
        found = find(sheets, table)
        if found is None:
            raise SheetError(missing_header(sheets, table, name))
        return found


def open_sheets(data: bytes, name: str, tables: Sequence[Table]) -> list[Sheet]:
    """Every sheet of a file, whatever its format; `tables` tell by which delimiter a text is cut. Raises SheetError."""
    if data.startswith(archive.OLE):
        raise SheetError(archive.ole_problem(data, name))
    if data.startswith(archive.ZIP):
        sheets = _workbook(data, name)
    elif name.lower().endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        raise SheetError(Problem(name, "這不是 Excel 活頁簿，只是檔名像；請用 Excel 另存成 .xlsx 或 CSV UTF-8"))
    else:
        sheets = [delimited.read(data, name, lambda heading: any(table.column(heading) for table in tables))]
    if not any(sheet.rows for sheet in sheets):
        raise SheetError(Problem(name, f"檔案是空的；第一列應該是欄名 {_usual_headings(tables[0])}"))
    return sheets


def find(sheets: Sequence[Sheet], table: Table) -> TableRows | None:
    """The table on the sheet of its name; without such a sheet on the first with its header, visible ones first.

    Raises SheetError with every problem of its header and rows.
    """
    for sheet in named(sheets, table) or sorted(sheets, key=lambda sheet: sheet.hidden):
        header = _header(sheet, table)
        if header and not header.missing:
            return _under(sheet, header, table)
    return None


def named(sheets: Sequence[Sheet], table: Table) -> list[Sheet]:
    """The sheets that are called as this table is."""
    names = set(map(plain, table.names))
    return [sheet for sheet in sheets if plain(sheet.name) in names]


def missing_header(sheets: Sequence[Sheet], table: Table, name: str) -> Problem:
    """What of a table's header is not there: on which sheet it was looked for, and what was found instead."""
    sheets = named(sheets, table) or sheets
    found = [(sheet, header) for sheet in sheets if (header := _header(sheet, table))]
    best = max(found, key=lambda pair: len(pair[1].columns), default=None)
    usual = f"欄名應該是 {_usual_headings(table)}"
    if best is None:
        read = "、".join(sheet.title for sheet in sheets if sheet.name)
        return Problem(name, f"找不到欄名{f'（看過{read}）' if read else ''}；{usual}")
    sheet, header = best
    english = all(heading.isascii() for heading in header.columns.values())
    lacking = "、".join(column.name if english else column.headings[0] for column in header.missing)
    there = "、".join(cell.strip()[:20] for cell in sheet.rows[header.row] if plain(cell))
    return Problem(f"{name} {sheet.place(header.row)}（欄名）", f"只找到 {there}，缺少欄位 {lacking}；{usual}")


class _Header(NamedTuple):
    row: int
    columns: dict[str, str]  # heading as it stands, by column name
    at: dict[int, str]  # column name, by position
    missing: tuple[Column, ...]


def _workbook(data: bytes, name: str) -> list[Sheet]:
    opened = archive.open_archive(data, name)
    read = _reader(set(opened.namelist()), name)
    try:
        return read(opened)
    except SheetError:
        raise
    except Exception as error:  # whatever openpyxl and defusedxml say of a damaged file
        raise SheetError(Problem(name, archive.DAMAGED)) from error


def _reader(members: set[str], name: str) -> Callable[[zipfile.ZipFile], list[Sheet]]:
    """Who reads a ZIP with these members; each format loads its own library."""
    if "content.xml" in members:
        from retrieval.sheets import opendocument

        return opendocument.read
    if "xl/workbook.bin" in members:
        raise SheetError(Problem(name, archive.BINARY_EXCEL))
    if not any(member.startswith("xl/") for member in members):
        raise SheetError(Problem(name, archive.NO_WORKBOOK))
    from retrieval.sheets import excel

    return excel.read


def _header(sheet: Sheet, table: Table) -> _Header | None:
    """The first of the topmost rows with every heading; else the one with the most, if it has any."""
    best: _Header | None = None
    for number in islice(sorted(sheet.rows), HEADER_WITHIN):
        cells = sheet.rows[number]
        at = {position: name for position, cell in enumerate(cells) if (name := table.column(cell))}
        lacking = tuple(column for column in table.columns if column.required and column.name not in at.values())
        header = _Header(number, {name: cells[position].strip() for position, name in at.items()}, at, lacking)
        if not lacking:
            return header
        if len(header.columns) > (len(best.columns) if best else 0):
            best = header
    return best


def _under(sheet: Sheet, header: _Header, table: Table) -> TableRows:
    width, problems, rows = _width(sheet, header), list(_header_problems(sheet, header, table)), []
    dates = {column.name for column in table.columns if column.dates}
    for number in sorted(sheet.rows):
        cells = sheet.rows[number]
        if number <= header.row or not any(cell.strip() for cell in cells):
            continue
        row = SheetRow(number, dict.fromkeys(header.columns, ""), header.columns, sheet.title)
        problems += _length_problems(sheet, number, cells, width)
        for position, name in header.at.items():
            cell = cells[position] if position < len(cells) else ""
            row.cells[name] = cell.replace("\r\n", "\n").replace("\r", "\n")
            problems += cell_problems(row, name, sheet.faults.get((number, position)), name in dates)
        rows.append(row)
    if problems:
        raise SheetError(*problems)
    return TableRows(rows, sheet, header.row, tuple(header.columns.values()))


def _width(sheet: Sheet, header: _Header) -> int:
    """How many columns there are: up to the last heading."""
    filled = [position for position, cell in enumerate(sheet.rows[header.row]) if plain(cell)]
    return filled[-1] + 1


def _header_problems(sheet: Sheet, header: _Header, table: Table) -> Iterator[Problem]:
    where = f"{sheet.place(header.row)}（欄名）"
    names = list(header.at.values())
    doubled = sorted({header.columns[name] for name in names if names.count(name) > 1})
    if doubled:
        yield Problem(where, f"欄位 {'、'.join(doubled)} 出現兩次，請只留一欄")
    cells = sheet.rows[header.row]
    unknown = [cell.strip() for position, cell in enumerate(cells) if plain(cell) and position not in header.at]
    if unknown and not table.others:
        yield Problem(where, f"不認得欄位 {'、'.join(unknown)}，請刪除這一欄")


def _length_problems(sheet: Sheet, number: int, cells: list[str], width: int) -> Iterator[Problem]:
    if any(cell.strip() for cell in cells[width:]):
        yield Problem(sheet.place(number), f"多了 {len(cells) - width} 格，應為 {width} 格；請檢查逗號與引號")
    if sheet.ragged and len(cells) < width:
        yield Problem(sheet.place(number), f"只有 {len(cells)} 格，應為 {width} 格；請檢查逗號與引號")


def _usual_headings(table: Table) -> str:
    return "、".join(column.headings[0] for column in table.columns if column.required)
