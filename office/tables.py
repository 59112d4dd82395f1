"""Numbers under headings: what a chart, a table of a page and a CSV file are all made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core import dates

Label = str | date


class Series(NamedTuple):
    """A column of numbers; `key` names it to the style sheet, whose colour for it is the same on every chart."""

    key: str
    title: str


class Row(NamedTuple):
    """What the numbers are of, and a number for each series; None: nobody counted."""

    labels: tuple[Label, ...]
    numbers: tuple[int | None, ...]

    @property
    def total(self) -> int:
        return sum(number or 0 for number in self.numbers)

    @property
    def shown_labels(self) -> tuple[str, ...]:
        """As people here write them."""
        return tuple(dates.short_day(label) if isinstance(label, date) else label for label in self.labels)


@dataclass(frozen=True)
class Table:
    """`headings` are those of the labels; `unit` is what is counted, as a measure word."""

    name: str
    title: str
    unit: str
    headings: tuple[str, ...]
    series: tuple[Series, ...]
    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.headings, *(series.title for series in self.series))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see: no number, or none but zeros."""
        return not any(row.total for row in self.rows)

    @property
    def totals(self) -> tuple[int, ...]:
        """Of each series."""
        return tuple(sum(row.numbers[at] or 0 for row in self.rows) for at in range(len(self.series)))

    def texts(self) -> Iterator[list[str]]:
        """The rows for a file: days as ISO writes them, which every spreadsheet reads; "" where nobody counted."""
        for row in self.rows:
            labels = (label.isoformat() if isinstance(label, date) else label for label in row.labels)
            yield [*labels, *("" if number is None else str(number) for number in row.numbers)]
