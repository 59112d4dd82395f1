"""`make eval`: accuracy on every labelled set at hand; fails when one falls below what is recorded."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commands.questions import report_text
from core import privacy
from retrieval import evaluate, library_sheets
from retrieval.evaluate import Labelled, Report
from retrieval.search import Index

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
SETS = {
    "questions_held_out": HERE / "questions_held_out.csv",
    **{f"questions_held_out_{number}": HERE / f"questions_held_out_{number}.csv" for number in (2, 3, 4)},
    "dev": HERE.parent.parent / "shared" / "eval" / "dev.csv",
}

PRIVATE = (
    *("王大明先生", "A123456789", "0912-345-678", "（陳小姐）", "wang@gmail.com", "ABC-1234", "李國華科長"),
    *("台北市信義區市府路1號3樓", "府人字第1130012345號", "192.168.1.10"),
)
MAY_FALL = 0.01  # of top1 and helped, where private data stands in the questions


def with_private_data(labelled: Sequence[Labelled]) -> list[Labelled]:
    """The same questions with private data before, in or behind them, masked as the bot does it."""
    masked = []
    for number, each in enumerate(labelled):
        at = (0, len(each.query) // 2, len(each.query))[number % 3]
        typed = each.query[:at] + PRIVATE[number % len(PRIVATE)] + each.query[at:]
        masked.append(replace(each, query=privacy.mask(typed).text))
    return masked


def falls_when_masked(index: Index, labelled: Sequence[Labelled], report: Report) -> dict[str, float]:
    """By how much each share falls where private data stood in the questions."""
    masked = evaluate.measure(index, with_private_data(labelled))
    return {share: report.shares[share] - masked.shares[share] for share in ("top1", "helped")}


def main() -> int:
    floors = json.loads((HERE / "accuracy_floors.json").read_text("utf-8"))
    index = Index(library_sheets.load_folder(DATA))
    fallen = 0
    for name, path in SETS.items():
        if not path.exists():
            print(f"{name}: not here, passed over")
            continue
        labelled = evaluate.read(path, index.library.entries)
        report = evaluate.measure(index, labelled)
        problems = [*evaluate.floor_violations(report, floors[name])]
        falls = falls_when_masked(index, labelled, report)
        problems += [f"遮住個資後 {share} 少了 {fall:.3f}" for share, fall in falls.items() if fall > MAY_FALL]
        print(f"{name}\n{report_text(report)}\n" + "".join(f"  退步：{problem}\n" for problem in problems))
        fallen += len(problems)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
