"""Curves as an SVG file, both axes logarithmic: a line for each, its name at its end, readable on light and dark."""

import html
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 190, 44, 44
COLOURS = ("#2a7ab0", "#c2571a", "#2d8a4e", "#8a4fb0", "#b03060", "#7a7a1f", "#1f8a8a", "#9a6a3a")
STYLE = (
    "text{font:13px 'Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif;fill:#333}"
    "line{stroke:#8886;stroke-width:1}.paper{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.paper{fill:#161616}}"
)


class Curve(NamedTuple):
    """What was measured at each size, both above 0."""

    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def slope(self) -> float:
        """The exponent of the growth: of log value over log size, by least squares; NaN from one size alone."""
        places = [(math.log(size), math.log(value)) for size, value in self.points]
        middle = [sum(axis) / len(places) for axis in zip(*places, strict=True)]
        across = sum((x - middle[0]) ** 2 for x, _ in places)
        return float(sum((x - middle[0]) * (y - middle[1]) for x, y in places) / across) if across else math.nan


def svg(title: str, size_name: str, unit: str, curves: Sequence[Curve]) -> str:
    """The whole file."""
    sizes, values = zip(*(point for curve in curves for point in curve.points), strict=True)
    across = _Axis(*_decades(sizes), LEFT, WIDTH - RIGHT)
    up = _Axis(*_decades(values), HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">',
        f'<style>{STYLE}</style><rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        _text(12, 24, f"{title}（{unit}）", "start"),
        *_grid(across, up, size_name),
        *_drawn(curves, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Axis(NamedTuple):
    """From which power of ten to which, drawn from here to there."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return float(self.start + share * (self.end - self.start))


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _grid(across: _Axis, up: _Axis, size_name: str) -> Iterator[str]:
    for power in range(across.low, across.high + 1):
        x = across.at(10.0**power)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield _text(x, HEIGHT - BOTTOM + 18, _written(power), "middle")
    for power in range(up.low, up.high + 1):
        y = up.at(10.0**power)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(LEFT - 8, y + 4, _written(power), "end")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, size_name, "middle")


def _drawn(curves: Sequence[Curve], across: _Axis, up: _Axis) -> Iterator[str]:
    """Lines, points, and names at the right ends, pushed apart where they would overlap."""
    free = HEIGHT - BOTTOM + 0.0
    by_end = sorted(zip(curves, itertools.cycle(COLOURS), strict=False), key=lambda each: each[0].points[-1][1])
    for curve, colour in by_end:
        places = [(across.at(size), up.at(value)) for size, value in curve.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        free = min(places[-1][1] + 4, free)
        yield _text(places[-1][0] + 10, free, curve.name, "start", colour)
        free -= 16


def _text(x: float, y: float, text: str, anchor: str, colour: str = "") -> str:
    style = f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{html.escape(text)}</text>'


def _written(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
