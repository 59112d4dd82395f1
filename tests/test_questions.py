"""What the question bank promises, and that it is kept apart from what measures it."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from retrieval import evaluate
from retrieval import text as texts
from retrieval.identity import similarity
from retrieval.library import NO_CASE
from retrieval.search import Index
from tests.accuracy import MAY_FALL, falls_when_masked

HERE = Path(__file__).parent
HELD_OUT = [HERE / f"questions_held_out{number}.csv" for number in ("", "_2", "_3", "_4")]
MEASURING = [*HELD_OUT, HERE / "whistleblowers.csv", HERE / "happened.csv"]
DEV = HERE.parent.parent / "shared" / "eval" / "dev.csv"
NEAR_COPY = 0.8


def queries(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["query"] for row in csv.DictReader(file)]


def copies(index: Index, path: Path) -> list[tuple[str, str]]:
    """Questions of a file and the near copies of them in the bank."""
    measured = {texts.key(query): query for query in queries(path) if texts.key(query)}
    pairs: dict[str, list[str]] = {}
    for key in measured:
        for i in range(len(key) - 1):
            pairs.setdefault(key[i : i + 2], []).append(key)
    found = []
    for question in index.library.questions:
        key = texts.key(question.text)
        shared = Counter(other for i in range(len(key) - 1) for other in pairs.get(key[i : i + 2], []))
        likely = [other for other, count in shared.items() if count >= (len(key) + len(other)) / 4]
        near = [other for other in likely if similarity(key, other) >= NEAR_COPY]
        found += [(measured[other], question.text) for other in {*near, key} & measured.keys()]
    return found


def test_the_bank_has_enough_of_everything(index: Index) -> None:
    counts = Counter(question.case_id for question in index.library.questions)
    assert counts[NO_CASE] >= 600
    assert all(counts[case.id] >= 100 for case in index.library.cases)


def test_no_question_stands_twice(index: Index) -> None:
    keys = Counter(texts.key(question.text) for question in index.library.questions)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("path", [*MEASURING, DEV], ids=lambda path: path.stem)
def test_the_bank_holds_nothing_of_what_measures_it(index: Index, path: Path) -> None:
    if not path.exists():
        pytest.skip("not on this machine")
    assert copies(index, path) == []


@pytest.mark.parametrize("path", HELD_OUT, ids=lambda path: path.stem)
def test_accuracy_is_not_below_what_is_recorded(index: Index, path: Path) -> None:
    floors = json.loads((HERE / "accuracy_floors.json").read_text("utf-8"))
    labelled = evaluate.read(path, index.library.entries)
    report = evaluate.measure(index, labelled)
    assert evaluate.floor_violations(report, floors[path.stem]) == []
    falls = falls_when_masked(index, labelled, report)
    assert max(falls.values()) <= MAY_FALL, "what is masked in a question costs it next to nothing"
