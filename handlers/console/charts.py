"""Tables as SVG, made on the server: no script, no style attribute; they print, and their letters keep their size.

Across, everything is in per cent of the width, so that a chart fits a phone and a desk; upwards it is in pixels.
Colours and dashes are the style sheet's, by the key of a series.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from office import statistics_words as words
from office.tables import Row, Series, Table

LEFT, RIGHT = 12.0, 99.0  # per cent: between them stands what is drawn
TOP, BOTTOM = 18.0, 168.0  # pixels
LABELLED = 8  # that many days have room for their names on a phone
RANKED, RANK_HEIGHT, RANK_LETTERS = 10, 44, 21
RANK_WIDTH = 80.0  # per cent; its number stands behind a bar
LINES = 4


class Scale(NamedTuple):
    """From 0 to `top` in steps, both whole numbers."""

    top: int
    step: int

    def height(self, number: int) -> float:
        """How far up a number is, in pixels from the top of the picture."""
        return BOTTOM - (BOTTOM - TOP) * number / self.top


def scale_of(most: int) -> Scale:
    """At most LINES steps of 1, 2 or 5 times a power of ten."""
    step = next(
        step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if step * LINES >= most
    )
    return Scale(step * max(1, -(-most // step)), step)


def bars(table: Table) -> Markup:
    """A bar for each row, its series upon each other."""
    scale = scale_of(max((row.total for row in table.rows), default=0))
    width = (RIGHT - LEFT) / max(1, len(table.rows))
    thick = min(width * 0.76, 12)

    def drawn(at: int, row: Row) -> Iterator[Markup]:
        left, below = LEFT + width * (at + 0.5) - thick / 2, 0
        for series, number in _numbers(table, row):
            if number:
                high, low = scale.height(below + number), scale.height(below)
                below += number
                yield _bar(
                    table, row, series, number, x=_per_cent(left), width=_per_cent(thick), y=high, height=low - high
                )
        if below and len(table.rows) <= LABELLED:
            yield _text(number_text(below), x=_per_cent(left + thick / 2), y=scale.height(below) - 4, anchor="middle")

    return _over_days(table, scale, width, drawn)


def lines(table: Table) -> Markup:
    """A line for each series from row to row; over rows without a number it is interrupted."""
    most = max((number or 0 for row in table.rows for number in row.numbers), default=0)
    scale = scale_of(most)
    width = (RIGHT - LEFT) / max(1, len(table.rows))

    def drawn(at: int, row: Row) -> Iterator[Markup]:
        before = table.rows[at - 1].numbers if at else (None,) * len(table.series)
        x = LEFT + width * (at + 0.5)
        for (series, number), former in zip(_numbers(table, row), before, strict=True):
            if number is None:
                continue
            y = scale.height(number)
            if former is not None:
                ends: dict[str, Any] = {
                    "x1": _per_cent(x - width),
                    "y1": scale.height(former),
                    "x2": _per_cent(x),
                    "y2": y,
                }
                yield _element("line", class_=f"line series-{series.key}", **ends)
            dot = {"cx": _per_cent(x), "cy": y, "r": 3}
            yield _element(
                "circle", _element("title", _said(table, row, series, number)), f"series-{series.key}", **dot
            )

    return _over_days(table, scale, width, drawn)


def ranking(table: Table) -> Markup:
    """The first rows as bars that lie, each under its name."""
    rows = table.rows[:RANKED]
    most = max((row.total for row in rows), default=0) or 1

    def drawn(at: int, row: Row) -> Iterator[Markup]:
        top, left = at * RANK_HEIGHT, 0.0
        yield _text(_shortened("　".join(row.shown_labels)), x="0", y=top + 16, class_="name")
        for series, number in _numbers(table, row):
            if number:
                wide = RANK_WIDTH * number / most
                yield _bar(table, row, series, number, x=_per_cent(left), width=_per_cent(wide), y=top + 22, height=14)
                left += wide
        yield _text(number_text(row.total), x=_per_cent(left), y=top + 33, dx=6)

    marks = [mark for at, row in enumerate(rows) for mark in drawn(at, row)]
    return _picture(table, len(rows) * RANK_HEIGHT, marks)


def legend(table: Table) -> Markup:
    """Which colour is which series."""
    entries = (_element("li", _swatch(series) + Markup("{}").format(series.title)) for series in table.series)
    return _element("ul", Markup("").join(entries), "legend")


def number_text(number: int) -> str:
    """1,234; from ten thousand on 1.2萬, as people here say it."""
    return f"{number:,}" if number < 10_000 else f"{number / 10_000:.1f}".removesuffix(".0") + "萬"


def _over_days(table: Table, scale: Scale, width: float, drawn: Callable[[int, Row], Iterator[Markup]]) -> Markup:
    """Lines with their numbers, what is drawn, and the days below."""
    marks = []
    for number in range(0, scale.top + 1, scale.step):
        y = scale.height(number)
        ends: dict[str, Any] = {"x1": _per_cent(LEFT), "x2": _per_cent(RIGHT), "y1": y, "y2": y}
        marks.append(_element("line", class_="grid", **ends))
        marks.append(_text(number_text(number), x=_per_cent(LEFT - 1), y=y + 4, anchor="end"))
    every = -(-len(table.rows) // LABELLED) or 1
    for at, row in enumerate(table.rows):
        marks += drawn(at, row)
        if at % every == 0:
            day, _, weekday = row.shown_labels[0].partition("（")
            x = _per_cent(LEFT + width * (at + 0.5))
            marks.append(_text(day, x=x, y=BOTTOM + 16, anchor="middle"))
            if every == 1:
                marks.append(_text(weekday.removesuffix("）"), x=x, y=BOTTOM + 31, anchor="middle"))
    return _picture(table, BOTTOM + 36, marks)


def _picture(table: Table, height: float, marks: Sequence[Markup]) -> Markup:
    title, told = f"chart-{table.name}-title", f"chart-{table.name}-told"
    named = _element("title", table.title, id=title) + _element("desc", _told(table), id=told)
    labelled = {"aria-labelledby": f"{title} {told}", "role": "img"}
    return _element("svg", named + Markup("").join(marks), "chart", width="100%", height=height, **labelled)


def _told(table: Table) -> str:
    """The picture in a sentence; the numbers stand in the table below it."""
    if table.is_empty:
        return words.CHART_EMPTY
    most = max(table.rows, key=lambda row: row.total)
    name = " ".join(most.shown_labels)
    return words.CHART_TOLD.format(name=name, number=f"{most.total:,}", unit=table.unit)


def _numbers(table: Table, row: Row) -> Iterator[tuple[Series, int | None]]:
    return zip(table.series, row.numbers, strict=True)


def _bar(table: Table, row: Row, series: Series, number: int, **box: Any) -> Markup:
    return _element("rect", _element("title", _said(table, row, series, number)), f"bar series-{series.key}", **box)


def _said(table: Table, row: Row, series: Series, number: int) -> str:
    return f"{' '.join(row.shown_labels)} {series.title} {number:,} {table.unit}"


def _swatch(series: Series) -> Markup:
    square = _element("rect", class_=f"series-{series.key}", width=12, height=12, rx=2)
    return _element("svg", square, "swatch", width=12, height=12, **{"aria-hidden": "true"})


def _shortened(name: str) -> str:
    return name if len(name) <= RANK_LETTERS else name[: RANK_LETTERS - 1] + "…"


def _text(said: str, anchor: str = "start", class_: str = "", **place: Any) -> Markup:
    return _element("text", said, class_, **{"text-anchor": anchor}, **place)


def _per_cent(number: float) -> str:
    return f"{number:.2f}%"


def _element(name: str, content: str = "", class_: str = "", **attributes: Any) -> Markup:
    """Escapes whatever is not markup already."""
    given = {"class": class_, **attributes} if class_ else attributes
    shown = Markup("").join(
        Markup(' {}="{}"').format(key, f"{value:.4g}" if isinstance(value, float) else value)
        for key, value in given.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, shown, content)
