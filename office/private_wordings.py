"""What of a wording looks like private data: a warning before it enters the library, and whoever enters it decides."""

from collections.abc import Iterable, Iterator

from core import privacy
from office import words
from retrieval.edits import Row
from retrieval.guide_rows import GUIDES
from retrieval.library import Library
from retrieval.library_rows import CASES, QUESTIONS
from retrieval.library_sheets import Read
from retrieval.sheets.model import Problem
from retrieval.sheets.reader import Table

_OF_LAWS = ("laws", "link", "source")  # columns that quote what is public
_READ = (CASES, QUESTIONS, GUIDES)


def of_row(table: Table, row: Row) -> tuple[str, ...]:
    """The kinds of private data that a row seems to hold."""
    if table not in _READ:
        return ()
    return privacy.kinds_in(
        cell for column, cell in zip(table.columns, row, strict=True) if column.name not in _OF_LAWS
    )


def of_file(read: Read, live: Library) -> Iterator[Problem]:
    """Each cell of somebody's file with private data that is no question of the live library word for word."""
    known = {question.text for question in live.questions}
    for table, found in read.tables.items():
        for row in found.rows if table in _READ else ():
            for column, text in row.cells.items():
                if column not in _OF_LAWS and text not in known and (kinds := privacy.mask(text).kinds):
                    yield Problem(row.place(column), said(kinds))


def warning(table: Table, row: Row) -> str:
    """What to tell whoever types the row, "" for nothing."""
    kinds = of_row(table, row)
    return said(kinds) if kinds else ""


def said(kinds: Iterable[str]) -> str:
    """The warning, without a word of what was found."""
    return words.LOOKS_PRIVATE.format(kinds="、".join(kinds))
