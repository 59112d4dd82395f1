"""Numbers of a cell, and its items, one a line, with the list marks taken off that an office writes before them."""

import re

# 「1. 」, 「２、」, 「3) 」: a mark is none before a digit (1.5) or a unit (「2、級」 of 「1、2、級」).
_MARK = re.compile(
    r"^\s*(\d{1,2})\s*[.．、)）]"
    r"(?!\s*(?:\d|公尺|公里|公分|公斤|公克|小時|分鐘|個月|級|樓|萬元|億元|千元|百元|元|[%％℃]))\s*"
)
_BETWEEN = re.compile(r"[\s、,，;；.．和與及]+")


def numbers_of(cell: str) -> tuple[int, ...] | None:
    """The numbers listed in a cell, 「1、3」 or 「第1、3項」, each once, in order; None where it says anything else."""
    found = [part for part in _BETWEEN.split(cell.strip().removeprefix("第").removesuffix("項")) if part]
    return tuple(sorted(set(map(int, found)))) if all(part.isdecimal() for part in found) else None


def items_of(cell: str) -> tuple[str, ...]:
    """The items of a cell. Marks are taken off only where they run 1, 2, 3 … down the cell; else they are text."""
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    marks = [int(found[1]) for line in lines if (found := _MARK.match(line))]
    if marks != list(range(1, len(marks) + 1)):
        return tuple(lines)
    return tuple(bare for line in lines if (bare := _MARK.sub("", line).strip()))
