"""What differs between two libraries, row by row and cell by cell."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from retrieval.guide_rows import GUIDES
from retrieval.library import Library, named
from retrieval.library_rows import CASES, LAWS, QUESTIONS, TABLES, article_of, table_rows
from retrieval.sheets.reader import Table

Key = tuple[str, ...]
SHOWN = 5
SHORT = 12  # cells so short are shown as they are
_MEASURES = {CASES: "個", QUESTIONS: "句", LAWS: "條", GUIDES: "則"}


class CellChange(NamedTuple):
    """A cell of a changed row: the heading of its column, its text before and now."""

    heading: str
    before: str
    now: str

    def __str__(self) -> str:
        short = max(len(self.before), len(self.now)) <= SHORT
        return f"{self.heading} {self.before or '空白'} → {self.now or '空白'}" if short else self.heading


class TableChange(NamedTuple):
    """What differs in one table; rows are named in words (「第 2 案「…」」)."""

    table: Table
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, tuple[CellChange, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def lines(self, verbose: bool = False) -> Iterator[str]:
        """The change in words: some rows of each kind, with `verbose` all of them and every cell."""
        changed = [f"{row}：{'、'.join(map(str, cells))}" for row, cells in self.changed]
        if verbose:
            changed = [f"{row}{''.join(map(_in_full, cells))}" for row, cells in self.changed]
        for kind, rows in (("新增", self.added), ("移除", self.removed), ("修改", changed)):
            if rows:
                yield f"{self.table.names[0]}{kind} {len(rows)} {_MEASURES[self.table]}"
                yield from (f"  {row}" for row in (rows if verbose else rows[:SHOWN]))
            if len(rows) > SHOWN and not verbose:
                yield f"  ……還有 {len(rows) - SHOWN} {_MEASURES[self.table]}（加 --verbose 全部列出）"


def difference(old: Library, new: Library) -> list[TableChange]:
    """The tables that differ, in the order of a workbook's sheets."""
    before, now = table_rows(old), table_rows(new)
    changes = (_table_change(table, before[table], now[table]) for table in TABLES)
    return [change for change in changes if change]


def _table_change(table: Table, before: Sequence[list[str]], now: Sequence[list[str]]) -> TableChange:
    old, new = keyed_rows(table, before), keyed_rows(table, now)
    headings = [column.headings[0] for column in table.columns]
    changed = []
    for key in new:
        if key in old and old[key] != new[key]:
            cells = map(CellChange, headings, old[key], new[key])
            changed.append((row_name(table, new[key]), tuple(cell for cell in cells if cell.before != cell.now)))
    return TableChange(
        table,
        tuple(row_name(table, new[key]) for key in new if key not in old),
        tuple(row_name(table, old[key]) for key in old if key not in new),
        tuple(changed),
    )


def keyed_rows(table: Table, rows: Sequence[list[str]]) -> dict[Key, list[str]]:
    """Rows by what tells them apart: a case's number, a guide's id, a question's words, a law and its article.

    Of a question that is there twice the second has another key.
    """
    found: dict[Key, list[str]] = {}
    for row in rows:
        key = row_key(table, row)
        while key in found:
            key = (*key[:-1], str(int(key[-1]) + 1)) if table == QUESTIONS else (*key, "")
        found[key] = row
    return found


def row_key(table: Table, row: Sequence[str]) -> Key:
    """What a row is known by. 個資法 19 is 個人資料保護法 第19條."""
    if table in (CASES, GUIDES):
        return (row[0],)
    if table == LAWS:
        law, article = article_of(row[0], row[1])
        return (law, article or row[1])
    return (row[0], "1")


def row_name(table: Table, row: Sequence[str]) -> str:
    """A row in words: 第 2 案「…」."""
    if table == CASES:
        return f"第 {row[0]} 案「{row[1]}」"
    if table == GUIDES:
        return f"{row[0]}「{row[1]}」"
    if table == LAWS:
        return f"{row[0]} {row[1]}"
    return f"「{row[0]}」（{_label_named(row)}）"


def _label_named(row: Sequence[str]) -> str:
    """What a question belongs to; a number that somebody mistyped is shown as it stands."""
    return named(row[4] or int(row[1])) if row[4] or row[1].isdecimal() else row[1]


def _in_full(cell: CellChange) -> str:
    return f"\n    {cell.heading}　原：{_one_line(cell.before)}\n    {cell.heading}　新：{_one_line(cell.now)}"


def _one_line(cell: str) -> str:
    return "／".join(cell.splitlines()) or "（空白）"
