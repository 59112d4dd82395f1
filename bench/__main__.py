"""Runs the benchmarks and writes docs/benchmarks.md: python -m bench [NAME …]; with names, those are only printed.

Each runs in a process of its own, so that the memory of one is not the memory of another.
"""

import multiprocessing
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from bench import machine
from bench.report import Report, markdown, reported, show

HERE = Path(__file__).parent
FIRST = ("webhook", "steps", "start")  # what people wait for
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEAD = """\
# 效能量測

這一頁由 `make bench` 寫成，不要用手改。每個數字旁邊都有同一次執行裡量到的對照組；
數字是中位數，括號裡是第一與第三四分位數。
單獨跑其中一項：`.venv/bin/python -m bench.名稱`。資料量更大時的時間與記憶體見 [scaling.md](scaling.md)。
"""


def names() -> list[str]:
    """The modules here that report."""
    there = (path.stem for path in HERE.glob("*.py") if "\ndef report(" in path.read_text("utf-8"))
    return sorted(there, key=lambda name: (name not in FIRST, name))


def run(name: str) -> Report | None:
    """The report, or nothing where it failed, which is said."""
    started = time.monotonic()
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            found = alone.submit(reported, name).result()
    except Exception:  # the others are still to be measured
        traceback.print_exc()
        return None
    show(found)
    print(f"bench.{name}: {time.monotonic() - started:.0f} s", flush=True)
    return found


def page(at_start: float, reports: list[Report], lacking: list[str]) -> str:
    """The whole of docs/benchmarks.md."""
    table = "\n".join(f"| {name} | {value} |" for name, value in machine.facts())
    state = f"量測日期 {date.today()}，開始時的負載 {at_start:.2f}。{machine.warning(at_start)}"
    state += f"這一次沒有量到：{'、'.join(lacking)}。" if lacking else ""
    return "\n".join((HEAD, f"| 機器 | |\n|---|---|\n{table}\n\n{state}\n", *map(markdown, reports)))


def main() -> int:
    """What is measured is on the page at once."""
    at_start = machine.load()
    print(machine.warning(at_start), flush=True)
    chosen = sys.argv[1:]
    left = chosen or names()
    found: list[Report] = []
    for name in tuple(left):
        if report := run(name):
            found.append(report)
            left = [each for each in left if each != name]
            if not chosen:
                PAGE.write_text(page(at_start, found, left), "utf-8")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
