"""Time and memory against size: python -m bench.growth [--cases 1000 10000 100000] [--people 10000 100000 1000000]

Each size is measured in a process of its own. Writes docs/growth-*.svg and the table of docs/scaling.md.
"""

import argparse
import multiprocessing
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bench import growth_cases, growth_people, machine
from bench.growth_cases import Found
from bench.plots import Curve, svg
from bench.report import Report, figure, markdown, show

DOCS = Path(__file__).parent.parent / "docs"
PAGE, MARKED = DOCS / "scaling.md", re.compile("(?<=<!-- growth -->\n).*(?=<!-- /growth -->)", re.DOTALL)
LARGE_CASES, LARGE_PEOPLE = (1_000, 10_000, 100_000), (10_000, 100_000, 1_000_000)
SMALL_CASES, SMALL_PEOPLE = (500, 5_000), (2_000, 20_000)
STEEP = 1.1  # what grows with a larger exponent is a fault, or is explained


class Axis(NamedTuple):
    """What is made larger, how one size is measured, and the beginning of its pictures' names."""

    title: str
    name: str
    measure: Callable[[int], Found]


CASES = Axis("案例數", "cases", growth_cases.measure)
PEOPLE = Axis("訂閱人數", "people", growth_people.measure)
UNITS = {"秒": "seconds", "毫秒": "milliseconds", "MB": "memory"}


def measured(axis: Axis, sizes: Sequence[int]) -> list[Curve]:
    """The curves along an axis."""
    values: dict[str, list[tuple[float, float]]] = {}
    for size in sizes:
        started = time.monotonic()
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            for name, value in alone.submit(axis.measure, size).result().items():
                values.setdefault(name, []).append((size, value))
        print(f"{axis.title} {size:,}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return [Curve(name, tuple(points)) for name, points in values.items()]


def table(axis: Axis, curves: Sequence[Curve]) -> Report:
    """Every value at every size, and the exponent of its growth."""
    sizes = [size for size, _ in curves[0].points]
    rows = tuple(
        (curve.name, *(figure(value) for _, value in curve.points), f"{curve.slope:.2f}{' ⚠' * (curve.slope > STEEP)}")
        for curve in curves
    )
    columns = (axis.title, *(f"{size:,.0f}" for size in sizes), "指數")
    return Report(f"{axis.title}與時間、記憶體", columns, rows, NOTES)


NOTES = (
    "指數是雙對數圖上的斜率：1 是量加倍、時間也加倍；0 是不受影響；超過 1.1 的標 ⚠。",
    "案例與問題是用出貨案例、題庫的詞接成的（一階馬可夫鏈，`bench/grown.py`），每一案都不同；"
    "出貨的題庫照舊，新的案例沒有問法。",
    "啟動是建索引；匯入是 `cases import` 的檢查加存檔；畫面是後台的一頁，五次的中位數；"
    "推播送到本機的假 LINE，一個背景工作，SQLite。",
)


def plots(axis: Axis, curves: Sequence[Curve]) -> Iterator[tuple[str, str]]:
    """Name and content of a picture for each unit."""
    for unit, name in UNITS.items():
        of_unit = [Curve(curve.name.removesuffix(unit).strip(), curve.points) for curve in curves if _in(unit, curve)]
        if of_unit:
            yield f"growth-{axis.name}-{name}.svg", svg(f"{axis.title}變大時", axis.title, unit, of_unit)


def _in(unit: str, curve: Curve) -> bool:
    return curve.name.endswith(unit) and (unit != "秒" or not curve.name.endswith("毫秒"))


def report() -> Report:
    """Small sizes of both."""
    cases, people = (table(*each) for each in _small())
    rows = (*cases.rows, people.columns, *people.rows)
    return Report("變大的時候", cases.columns, rows, (*NOTES, "更大的：`make bench-growth`（scaling.md）。"))


def _small() -> Iterator[tuple[Axis, list[Curve]]]:
    yield CASES, measured(CASES._replace(measure=growth_cases.without_import), SMALL_CASES)
    yield PEOPLE, measured(PEOPLE, SMALL_PEOPLE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="*", default=LARGE_CASES)
    parser.add_argument("--people", type=int, nargs="*", default=LARGE_PEOPLE)
    options, at_start, written = parser.parse_args(), machine.load(), []
    for axis, sizes in ((CASES, options.cases), (PEOPLE, options.people)):
        if sizes:
            curves = measured(axis, sizes)
            show(table(axis, curves))
            pictures = dict(plots(axis, curves))
            for name, content in pictures.items():
                (DOCS / name).write_text(content, "utf-8")
            shown = "\n".join(f"![{axis.title}變大時]({name})" for name in pictures)
            written.append(f"{markdown(table(axis, curves))}\n{shown}\n")
    state = f"{date.today()}，{machine.processor()}、{machine.cores()} 核心。{machine.warning(at_start)}\n"
    page = PAGE.read_text("utf-8")
    PAGE.write_text(MARKED.sub(lambda _: "\n".join((state, *written)), page), "utf-8")


if __name__ == "__main__":
    main()
