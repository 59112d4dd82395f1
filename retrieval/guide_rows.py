"""Rows of the sheet 一般提醒 as guides, and back; every complaint with its cell."""

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.library import Guide
from retrieval.lists import items_of
from retrieval.sheets import cells
from retrieval.sheets.model import Problem, SheetError, SheetRow
from retrieval.sheets.reader import Column, Table

GUIDES = Table(
    (
        Column("id", ("代號", "提醒代號")),
        Column("title", ("標題", "名稱")),
        Column("answer", ("回答", "說明")),
        Column("steps", ("做法", "步驟")),
        Column("laws", ("相關法規", "涉及法規", "法規")),
        Column("keywords", ("關鍵字", "關鍵詞")),
        Column("status", ("狀態",)),
        Column("checked", ("核對日期", "查核日期"), dates=True),
        Column("source", ("依據", "出處", "來源")),
    ),
    ("一般提醒", "guides"),
)
DRAFT, APPROVED = "草案", "核定"
STATUSES = {"": False, "draft": False, DRAFT: False, "approved": True, APPROVED: True}

# Together they fit whole into one Telegram message (4,096) and one LINE bubble (30 KB), with the texts of the laws.
LIMITS = {"title": 100, "answer": 600, "steps": 1200, "laws": 600, "keywords": 1000, "checked": 40, "source": 1000}
MAX_STEPS = 10
MAX_LAWS = 10
MAX_ID = 40
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BETWEEN_KEYWORDS = re.compile(r"[\s、，,；;]+")


def read_guides(rows: Sequence[SheetRow]) -> tuple[Guide, ...]:
    """Guides from sheet rows, their laws not yet read; raises SheetError with every problem found."""
    problems = [problem for row in rows for problem in _problems(row)]
    problems += cells.doubled(rows, "id", lambda row: cells.text(row, "id"))
    if problems:
        raise SheetError(*problems)
    return tuple(map(_guide, rows))


def rows_of(guides: Iterable[Guide]) -> list[list[str]]:
    """Guides as rows of text, as `read_guides` takes them again."""
    return [
        [
            *(guide.id, guide.title, guide.answer, "\n".join(guide.steps), "\n".join(guide.citations)),
            *("、".join(guide.keywords), APPROVED if guide.approved else DRAFT, guide.checked, guide.source),
        ]
        for guide in guides
    ]


def with_status(row: Sequence[str], status: str) -> tuple[str, ...]:
    """A row of the table with another status."""
    return tuple(status if column.name == "status" else cell for column, cell in zip(GUIDES.columns, row, strict=True))


def _guide(row: SheetRow) -> Guide:
    return Guide(
        id=cells.text(row, "id"),
        title=" ".join(cells.text(row, "title").split()),
        answer=cells.text(row, "answer"),
        steps=items_of(cells.text(row, "steps")),
        citations=items_of(cells.text(row, "laws")),
        keywords=tuple(filter(None, _BETWEEN_KEYWORDS.split(cells.text(row, "keywords")))),
        approved=STATUSES[cells.text(row, "status")],
        checked=cells.text(row, "checked"),
        source=cells.text(row, "source"),
    )


def _problems(row: SheetRow) -> Iterator[Problem]:
    yield from cells.formula_problems(row)
    name, status = cells.text(row, "id"), cells.text(row, "status")
    if not _ID.fullmatch(name) or len(name) > MAX_ID or name.isdecimal():
        what = f"{cells.unfit(name, '代號')}，請用小寫英文字母、數字和連字號，最多 {MAX_ID} 個字，例如 ai-tools"
        yield Problem(row.place("id"), what)
    yield from cells.length_problems(row, LIMITS, needed=("title", "answer", "steps"))
    if status not in STATUSES:
        yield Problem(row.place("status"), f"「{status}」不是狀態，請填 {DRAFT} 或 {APPROVED}")
    for column, most in (("steps", MAX_STEPS), ("laws", MAX_LAWS)):
        many = len(items_of(row.cells[column]))
        if many > most:
            yield Problem(row.place(column), f"有 {many} 項，最多 {most} 項，請精簡")
