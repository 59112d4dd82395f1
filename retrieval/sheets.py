"""Spreadsheets in and out: CSV (UTF-8, BOM, Big5/CP950) and .xlsx, as Excel in Taiwan saves them."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMULA_SIGNS = ("=", "+", "-", "@")
MAX_FILE_BYTES = 512 * 1024 * 1024


class Problem(NamedTuple):
    """What is wrong in a sheet: where, what, and the remedy, in words an ethics officer understands."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


class SheetError(Exception):
    """A sheet that cannot be taken; `problems` says why, at least one."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SheetRow(NamedTuple):
    """One row: its number as the spreadsheet shows it (the header is row 1), and its cells by column."""

    number: int
    cells: dict[str, str]

    def place(self, column: str) -> str:
        return f"第 {self.number} 列「{column}」欄"


def read(path: Path, columns: Sequence[str], others: bool = False) -> list[SheetRow]:
    """The rows of a .csv or .xlsx file under a header of exactly these columns, or of these and `others`.

    Blank rows are left out. Raises SheetError with every problem found, OSError when the file cannot be read.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SheetError(Problem(path.name, "檔案超過 512 MB，請確認選對檔案"))
    return parse(path.read_bytes(), path.name, columns, others)


def parse(data: bytes, name: str, columns: Sequence[str], others: bool = False) -> list[SheetRow]:
    """As `read`, from bytes; `name` is only for messages and for telling a workbook by its ending."""
    if data.startswith(b"PK\x03\x04"):
        lines = _workbook_lines(data, name)
    elif name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise SheetError(Problem(name, "這不是 Excel 活頁簿（.xlsx），請用 Excel 另存成 .xlsx 或 CSV UTF-8"))
    else:
        lines = _csv_lines(_decode(data, name), name)
    return _under_header(lines, name, columns, others)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV that Excel opens as it is: UTF-8 with BOM, CRLF between rows."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([columns, *rows])
    return stream.getvalue().encode("utf-8-sig")


def _decode(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise SheetError(Problem(name, "檔案裡有空字元（NUL），不是文字試算表；請用 Excel 重新另存成 CSV UTF-8"))
        return text
    raise SheetError(Problem(name, "讀不出文字編碼，請用 Excel 另存成「CSV UTF-8（逗號分隔）」"))


def _csv_lines(text: str, name: str) -> list[list[str]]:
    lines: list[list[str]] = []
    try:
        lines.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        row = len(lines) + 1
        raise SheetError(
            Problem(f"{name} 第 {row} 列", '引號沒有成對，這一列之後讀不下去；請檢查該列的 " 是否少了一個')
        ) from error
    return lines


def _workbook_lines(data: bytes, name: str) -> list[list[str]]:
    import openpyxl  # only for a workbook: it loads numpy
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
        return [[_cell_text(cell) for cell in row] for row in sheet.iter_rows()]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise SheetError(Problem(name, "這個 Excel 檔打不開或已損壞，請用 Excel 重新另存成 .xlsx")) from error


def _cell_text(cell: object) -> str:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", "") == "f":
        return str(value) if str(value).startswith("=") else f"={value}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _under_header(lines: list[list[str]], name: str, columns: Sequence[str], others: bool) -> list[SheetRow]:
    if not lines:
        raise SheetError(Problem(name, f"檔案是空的；第一列應該是欄名 {'、'.join(columns)}"))
    header = [cell.strip() for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    _check_header(header, name, columns, others)
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        problems += _line_problems(number, line, header)
        rows.append(SheetRow(number, dict(zip(header, line, strict=False))))
    if problems:
        raise SheetError(*problems)
    return rows


def _check_header(header: list[str], name: str, columns: Sequence[str], others: bool) -> None:
    where = f"{name} 第 1 列（欄名）"
    missing = [column for column in columns if column not in header]
    doubled = sorted({column for column in header if header.count(column) > 1})
    unknown = [] if others else [column for column in header if column not in columns]
    problems = [Problem(where, f"缺少欄位 {'、'.join(missing)}；第一列應該是 {','.join(columns)}")] if missing else []
    problems += [Problem(where, f"欄位 {'、'.join(doubled)} 出現兩次，請只留一欄")] if doubled else []
    if unknown and not missing:
        problems.append(Problem(where, f"不認得欄位 {'、'.join(unknown) or '（空白）'}，請刪除"))
    if problems:
        raise SheetError(*problems)


def _line_problems(number: int, line: list[str], header: list[str]) -> Iterable[Problem]:
    if any(cell.strip() for cell in line[len(header) :]):
        yield Problem(f"第 {number} 列", f"多了 {len(line) - len(header)} 格，應為 {len(header)} 格；請檢查逗號與引號")
    if len(line) < len(header):
        yield Problem(f"第 {number} 列", f"只有 {len(line)} 格，應為 {len(header)} 格；請檢查逗號與引號")
    for column, cell in zip(header, line, strict=False):
        if CONTROL.search(cell):
            yield Problem(f"第 {number} 列「{column}」欄", "含有看不見的控制字元，請刪除後重新輸入")


def formula_problems(row: SheetRow) -> Iterable[Problem]:
    """Cells that a spreadsheet would run instead of show, for sheets that people will open again."""
    for column, cell in row.cells.items():
        if cell.lstrip().startswith(FORMULA_SIGNS):
            sign = cell.lstrip()[0]
            yield Problem(row.place(column), f"以「{sign}」開頭，試算表會當成公式；請改成文字")
