"""What a spreadsheet file holds, whatever program saved it, and what can be wrong with it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

# Far more than a library of 1,000 cases and 50,000 questions, and little enough for a small machine.
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_FILLED = 2_000_000  # rows that merged cells reach over, all together


class Problem(NamedTuple):
    """What is wrong in a sheet: where, what, and the remedy, in words an ethics officer understands."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


class SheetError(Exception):
    """A sheet that cannot be taken; `problems` says why, at least one; `file` is whose they are, where it is known."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.file = ""


@contextlib.contextmanager
def of_file(name: str) -> Iterator[None]:
    """Whatever is wrong inside is this file's."""
    try:
        yield
    except SheetError as error:
        error.file = name
        raise


class Fault(NamedTuple):
    """A cell that is no text: `kind` is "date", "error" or "formula"; `shown` is what the program shows there."""

    kind: str
    shown: str


@dataclass
class Sheet:
    """One sheet: rows that hold anything, by their number as the program shows it (from 1), each a list of cells.

    `faults` are cells by row and column (from 0). `ragged` is a text file, where a row of another length than the
    header is a fault; a workbook's rows have no length.
    """

    name: str
    rows: dict[int, list[str]] = field(default_factory=dict)
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    ragged: bool = False
    _filled: int = 0

    def place(self, row: int) -> str:
        return f"{self.title}第 {row} 列"

    @property
    def title(self) -> str:
        return f"工作表「{self.name}」" if self.name else ""

    def put(self, row: int, column: int, text: str, fault: Fault | None = None) -> None:
        """Set a cell. Raises SheetError where a sheet is larger than anything that people fill in."""
        if column >= MAX_COLUMNS:
            raise SheetError(Problem(self.place(row), f"第 {MAX_COLUMNS} 欄之後還有內容，請刪除那些欄再存檔"))
        if row not in self.rows and len(self.rows) >= MAX_ROWS:
            raise SheetError(Problem(self.place(row), f"超過 {MAX_ROWS} 列，請確認選對檔案"))
        cells = self.rows.setdefault(row, [])
        cells += [""] * (column + 1 - len(cells))
        cells[column] = text
        if fault:
            self.faults[row, column] = fault

    def fill(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Repeat a merged range's first cell, both (row, column), in all of its cells in rows that hold anything."""
        (top, left), (bottom, right) = first, last
        text = next(iter(self.rows.get(top, [])[left : left + 1]), "")
        self._filled += min(bottom - top + 1, len(self.rows))
        if self._filled > MAX_FILLED:
            raise SheetError(Problem(self.place(top), "合併儲存格太多，請取消合併再存檔"))
        if text and right < MAX_COLUMNS:
            for row in self._between(top, bottom):
                for column in range(left, right + 1):
                    self.put(row, column, text, self.faults.get((top, left)))

    def _between(self, top: int, bottom: int) -> Iterator[int]:
        if bottom - top < len(self.rows):
            return (row for row in range(top, bottom + 1) if row in self.rows)
        return (row for row in list(self.rows) if top <= row <= bottom)


class SheetRow(NamedTuple):
    """A row under a header: its number as the program shows it, its cells and the headings there, both by column."""

    number: int
    cells: dict[str, str]
    headings: dict[str, str]
    title: str = ""

    def place(self, column: str) -> str:
        return f"{self.title}第 {self.number} 列「{self.headings.get(column, column)}」欄"
