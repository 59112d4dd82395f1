"""How long a large library takes to learn, search, write, read and change.

    python -m bench.library [--cases 1000] [--questions 50000]

Its texts are pieces of the shipped bank's questions, put together at random: every case has a theme of its own, of
which each of its questions holds a part. Memory is the most that the process has held so far.
"""

import argparse
import random
import re
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from retrieval import library_sheets, library_workbook, proposal
from retrieval.library import Case, Library, Question
from retrieval.search import Index

DATA = Path(__file__).parent.parent / "data"
ASKED = 500

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


def timed(what: str, act: Callable[[], Value]) -> Value:
    start = time.perf_counter()
    value = act()
    print(f"{what}: {time.perf_counter() - start:.1f} s, at most {memory():.0f} MB", flush=True)
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=50_000)
    options = parser.parse_args()
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
