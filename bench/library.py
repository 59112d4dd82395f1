"""How long a library takes to write and read as a workbook; a large one also to learn, search and change.

    python -m bench.library [--cases 1000 [--questions 50000]]

Its texts are pieces of the shipped bank's questions, put together at random: every case has a theme of its own, of
which each of its questions holds a part. Memory is the most that the process has held so far.
"""

import argparse
import io
import random
import re
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import openpyxl

from bench.report import Report, milliseconds, ratio, show, spread
from retrieval import library_sheets, library_workbook, proposal
from retrieval.library import Case, Library, Question
from retrieval.library_rows import QUESTIONS, table_rows
from retrieval.search import Index

DATA = Path(__file__).parent.parent / "data"
ASKED, TIMES = 500, 5

Value = TypeVar("Value")


def synthetic(shipped: Library, cases: int, questions: int) -> Library:
    """So many cases, and questions in turn of none and of each of them."""
    chance = random.Random(1)
    words = re.sub("[-=+@]", "", "".join(question.text for question in shipped.questions))  # no cell is a formula
    citations = shipped.cases[0].citations

    def piece(length: int) -> str:
        start = chance.randrange(len(words) - length)
        return words[start : start + length]

    made = [Case(i, piece(12), piece(100), citations, (piece(30), piece(30))) for i in range(1, cases + 1)]
    themes = [piece(40) for _ in range(cases + 1)]
    bank = []
    for row in range(questions):
        start, number = chance.randrange(25), row % len(themes)
        bank.append(Question(themes[number][start : start + 12] + piece(8), number, row + 2))
    return Library(tuple(made), tuple(bank))


def memory() -> float:
    """The most megabytes this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def searching(index: Index, text: str) -> float:
    """Milliseconds that a question takes."""
    start = time.perf_counter()
    index.search(text)
    return (time.perf_counter() - start) * 1000


def report() -> Report:
    """A workbook of some size, written and read, beside openpyxl with the very same cells and nothing else."""
    library = synthetic(library_sheets.load_folder(DATA), 200, 2_000)
    rows = [[column.name for column in QUESTIONS.columns], *table_rows(library)[QUESTIONS]]
    data, plain = library_workbook.to_bytes(library), openpyxl_written(rows)
    ours = milliseconds(lambda: library_workbook.to_bytes(library), TIMES)
    theirs = milliseconds(lambda: openpyxl_written(rows), TIMES)
    read = milliseconds(lambda: library_sheets.read_file(data, "library.xlsx", library), TIMES)
    read_theirs = milliseconds(lambda: openpyxl_read(plain), TIMES)
    cells = [("寫成活頁簿", ours, theirs), ("讀回、逐格檢查", read, read_theirs)]
    return Report(
        "案例庫的活頁簿",
        ("", "本程式", "只用 openpyxl", "比例"),
        tuple((what, spread(a, "ms"), spread(b, "ms"), ratio(a, b)) for what, a, b in cells),
        (
            "200 案、2,000 句問法。對照組只寫、只讀同樣的 2,000 列問法，沒有案例、法規、格式與檢查。",
            "`python -m bench.library --cases 1000 --questions 50000`：大的案例庫建索引、檢查一次修改要多久。",
        ),
    )


def openpyxl_written(rows: list[list[str]]) -> bytes:
    book, data = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(data)
    return data.getvalue()


def openpyxl_read(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


def timed(what: str, act: Callable[[], Value]) -> Value:
    start = time.perf_counter()
    value = act()
    print(f"{what}: {time.perf_counter() - start:.1f} s, at most {memory():.0f} MB", flush=True)
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--questions", type=int, default=50_000)
    options = parser.parse_args()
    if options.cases is None:
        show(report())
        return
    shipped = library_sheets.load_folder(DATA)
    library = synthetic(shipped, options.cases, options.questions)
    print(f"{options.cases} cases, {options.questions} questions; {memory():.0f} MB before", flush=True)
    index = timed("index", lambda: Index(library))
    asked = random.Random(2).sample(library.bank, min(ASKED, len(library.bank)))
    taken = [searching(index, question.text) for question in asked]
    print(f"search: {statistics.median(taken):.3f} ms a question, at most {memory():.0f} MB", flush=True)
    data = timed("workbook written", lambda: library_workbook.to_bytes(library))
    read = timed("workbook read", lambda: library_sheets.read_file(data, "library.xlsx", library).library)
    changed = replace(read, cases=(replace(read.cases[0], title="another title"), *read.cases[1:]))
    timed("change looked at (cases check)", lambda: proposal.propose(index, changed))


if __name__ == "__main__":
    main()
