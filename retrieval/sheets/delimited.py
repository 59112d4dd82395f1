"""Text files as Excel saves them: CSV and "Unicode text", in UTF-8, UTF-16 or Big5 (CP950)."""

import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice

import text_encodings
from retrieval.sheets.model import Problem, Sheet, SheetError

DELIMITERS = (",", "\t", ";")
HEADER_WITHIN = 30
RESAVE = "請用 Excel 另存成「CSV UTF-8（逗號分隔）」"
_WEB_PAGE = ("<html", "<!doctype", "<table", "<?xml", "<meta")


def read(data: bytes, name: str, is_heading: Callable[[str], bool]) -> Sheet:
    """The one sheet of a text file, cut by the delimiter under which most headings are known. Raises SheetError."""
    text, odd = _decode(data, name)
    if text.lstrip()[:20].lower().startswith(_WEB_PAGE):
        raise SheetError(Problem(name, "這其實是網頁檔，不是試算表；請用 Excel 開啟，另存成 .xlsx"))
    if "\x00" in text:
        raise SheetError(Problem(name, f"檔案裡有空字元（NUL），不是文字試算表；{RESAVE}"))
    return _sheet(text, name, _delimiter(text, is_heading), odd)


def _delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    lines = list(islice(io.StringIO(text), HEADER_WITHIN))

    def known(delimiter: str) -> int:
        return max(
            (sum(is_heading(cell.strip('" \r\n')) for cell in line.split(delimiter)) for line in lines), default=0
        )

    return max(DELIMITERS, key=known)


def _decode(data: bytes, name: str) -> tuple[str, set[str]]:
    """The text, and which of its characters are not of Big5's standard part."""
    try:
        return text_encodings.decode(data)
    except text_encodings.Undecodable as error:
        what = "有讀不出的字，檔案可能壞了；" if error.is_damaged else "讀不出文字編碼，"
        raise SheetError(Problem(f"{name} 第 {error.line} 行", what + RESAVE)) from error


def _sheet(text: str, name: str, delimiter: str, odd: set[str]) -> Sheet:
    sheet, number = Sheet("", ragged=True), 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if any(cell.strip() for cell in cells):
                sheet.put(number, len(cells) - 1, "")
                sheet.rows[number] = cells
                sheet.warnings += _odd_characters(sheet.place(number), cells, odd)
    except csv.Error as error:
        where, limit = f"{name} 第 {number + 1} 列", csv.field_size_limit()
        what = '引號沒有成對，這一列之後讀不下去；請檢查該列的 " 是否少了一個'
        raise SheetError(Problem(where, f"一格超過 {limit} 個字，請精簡" if "limit" in str(error) else what)) from error
    return sheet


def _odd_characters(where: str, cells: list[str], odd: set[str]) -> Iterator[Problem]:
    for number, cell in enumerate(cells, 1) if odd else ():
        for character in sorted(odd.intersection(cell)):
            what = f"「{character}」（U+{ord(character):04X}）是香港增補字或造字，請確認沒有變成別的字"
            yield Problem(f"{where}第 {number} 欄", what)
