"""Text files as Excel saves them: CSV and "Unicode text", in UTF-8, UTF-16 or Big5 (CP950)."""

import codecs
import contextlib
import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice

from retrieval.sheets.model import Problem, Sheet, SheetError

DELIMITERS = (",", "\t", ";")
HEADER_WITHIN = 30
# More characters outside of Big5's standard part than this, and the text is none in Big5.
ODD_SHARE = 0.05
RESAVE = "請用 Excel 另存成「CSV UTF-8（逗號分隔）」"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
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
    encoding = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        return data.decode(encoding), set()
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        if encoding != "utf-8" or _is_mostly_utf8(data):
            raise SheetError(Problem(f"{name} 第 {row} 行", f"有讀不出的字，檔案可能壞了；{RESAVE}")) from error
        odd: set[str] = set()
        lines = [_from_big5(line, odd) for line in data.split(b"\n")]
        text = "\n".join(line for line in lines if line is not None)
        if None in lines or sum(map(text.count, odd)) > len(text) * ODD_SHARE:
            raise SheetError(Problem(f"{name} 第 {row} 行", f"讀不出文字編碼，{RESAVE}")) from error
        return text, odd


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether a text in UTF-8 was damaged in few places, so that it is not taken for Big5."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 10 < sum(character > "\x7f" for character in text)


def _from_big5(line: bytes, odd: set[str]) -> str | None:
    """CP950, with Hong Kong's characters and, as Windows has them, private ones from U+E000 on; None: not Big5.

    The same bytes may be an agency's own character or one of Hong Kong's, so both are noted in `odd`.
    """
    with contextlib.suppress(UnicodeDecodeError):
        return line.decode("cp950")
    text, at = [], 0
    while at < len(line):
        size = 1 if line[at] < 0x80 else 2
        pair = line[at : at + size]
        character = _standard(pair)
        if character is None:
            character = _hong_kong(pair) or _private(pair)
            if character is None:
                return None
            odd.update(character)
        text.append(character)
        at += size
    return "".join(text)


def _standard(pair: bytes) -> str | None:
    try:
        return pair.decode("cp950")
    except UnicodeDecodeError:
        return None


def _hong_kong(pair: bytes) -> str | None:
    try:
        return pair.decode("big5hkscs")
    except UnicodeDecodeError:
        return None


# First and last lead byte, and where Windows puts the rows of these in Unicode (Microsoft's table bestfit950).
_PRIVATE_ROWS = ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8))
_ROW_LENGTH = 157


def _private(pair: bytes) -> str | None:
    if len(pair) < 2:
        return None
    lead, trail = pair
    column = trail - 0x40 if 0x40 <= trail <= 0x7E else trail - 0x62 if 0xA1 <= trail <= 0xFE else None
    for first, last, start in _PRIVATE_ROWS:
        if column is not None and first <= lead <= last:
            return chr(start + (lead - first) * _ROW_LENGTH + column)
    return None


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
