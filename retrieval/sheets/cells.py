"""What a cell holds: a number, a text, or something that is no text and why."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from retrieval.sheets.model import Fault, Problem, SheetRow

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
FORMULA_SIGNS = ("=", "+", "-", "@")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_FAULTS = {
    "date": "是日期（{shown}），不是文字；請把儲存格格式改成「文字」再重新輸入",
    "error": "是錯誤值 {shown}；請改成文字，或清空這一格",
    "formula": "是公式，而且檔案裡沒有算好的結果；請改成文字（複製後選「貼上值」）",
}


def cell_problems(row: SheetRow, name: str, fault: Fault | None, dates: bool) -> Iterator[Problem]:
    """What is wrong with a cell of a row; `dates`: a date is none of it."""
    if fault and not (dates and fault.kind == "date"):
        yield Problem(row.place(name), _FAULTS[fault.kind].format(shown=fault.shown))
    if CONTROL.search(row.cells[name]):
        yield Problem(row.place(name), "含有看不見的控制字元，請刪除後重新輸入")
    for character in sorted(set(PRIVATE.findall(row.cells[name]))):
        what = f"「{character}」（U+{ord(character):04X}）是造字，手機上顯示不出來；請改用標準字"
        yield Problem(row.place(name), what)


def formula_problems(row: SheetRow) -> Iterator[Problem]:
    """Cells that a spreadsheet would run instead of show, for sheets that people will open again."""
    for column, cell in row.cells.items():
        if cell.lstrip().startswith(FORMULA_SIGNS):
            sign = cell.lstrip()[0]
            yield Problem(row.place(column), f"以「{sign}」開頭，試算表會當成公式；請改成文字")


def text(row: SheetRow, column: str) -> str:
    """A cell in the one form that is kept; "" where the sheet has no such column."""
    return unicodedata.normalize("NFC", row.cells.get(column, "")).strip()


def length_problems(row: SheetRow, limits: Mapping[str, int], needed: Collection[str]) -> Iterator[Problem]:
    """Cells that are blank although `needed`, and cells of more characters than `limits` allow."""
    for column, limit in limits.items():
        cell = row.cells.get(column, "").strip()
        if not cell and column in needed:
            yield Problem(row.place(column), "空白，請填寫，或刪除這一列")
        elif len(cell) > limit:
            yield Problem(row.place(column), f"有 {len(cell)} 個字，最多 {limit} 個字，請精簡")


def unfit(cell: str, what: str) -> str:
    """How a problem begins where a cell is not `what` it has to be: quoted, or said to be blank."""
    return f"「{said}」不是{what}" if (said := cell.strip()) else "空白"


def doubled(rows: Sequence[SheetRow], column: str, key: Callable[[SheetRow], object]) -> Iterator[Problem]:
    """Rows whose `key` an earlier row has already; None is no key."""
    seen: dict[object, int] = {}
    for row in rows:
        first = seen.setdefault(key(row), row.number)
        if first != row.number and key(row) is not None:
            yield Problem(row.place(column), f"「{row.cells[column].strip()}」和第 {first} 列重複，請只留一個")


def number(cell: str) -> int | None:
    """A whole number in any digits, spaces and unseen characters around it ignored; None: it is none."""
    text = plain(cell)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def plain(text: str) -> str:
    """A text as headings and numbers are compared: no spaces, nothing unseen, one width and case."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
