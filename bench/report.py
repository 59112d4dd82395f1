"""What a benchmark found: figures beside those of a peer that was measured in the same run.

Every module of bench/ has `report() -> Report` of at most a minute; `python -m bench.NAME` prints it, `make bench`
writes all of them into docs/benchmarks.md.
"""

import math
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Report(NamedTuple):
    """A table: every figure beside its peer's; its texts in Traditional Chinese."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]  # what is compared with what, the command, how to read it


def figure(value: float) -> str:
    """Three significant digits, never a power of ten."""
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{min(max(digits, 0), 6)}f}"


def spread(values: Sequence[float], unit: str = "") -> str:
    """The median and, in brackets, the quartiles."""
    low, middle, high = statistics.quantiles([*values] * 2 if len(values) == 1 else values, n=4, method="inclusive")
    return f"{figure(middle)}{unit and ' '}{unit}（{figure(low)}–{figure(high)}）"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """How many times the peer's median ours is."""
    return f"{figure(statistics.median(ours) / statistics.median(theirs))} 倍"


def milliseconds(act: Callable[[], object], times: int) -> list[float]:
    """How long each of so many calls took."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def markdown(report: Report) -> str:
    lines = (report.columns, ("---",) * len(report.columns), *report.rows)
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"## {report.title}\n\n{table}\n\n" + "\n".join(f"- {note}" for note in report.notes) + "\n"


def show(report: Report) -> None:
    """Print it, in columns as wide as a terminal shows Chinese."""
    lines = (report.columns, *report.rows)
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    print(f"\n{report.title}\n")
    for cells in lines:
        print("  ".join(padded(cells, widths)).rstrip())
    print("", *report.notes, sep="\n", flush=True)


def padded(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for cell, wide in zip(cells, widths, strict=True):
        yield cell + " " * (wide - width(cell))


def width(text: str) -> int:
    """Columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
