"""`make eval`: accuracy on every labelled set at hand; fails when one falls below what is recorded."""

import json
import sys
from pathlib import Path

from commands.questions import report_text
from retrieval import evaluate, library_sheets
from retrieval.search import Index

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
SETS = {
    "questions_held_out": HERE / "questions_held_out.csv",
    **{f"questions_held_out_{number}": HERE / f"questions_held_out_{number}.csv" for number in (2, 3, 4)},
    "dev": HERE.parent.parent / "shared" / "eval" / "dev.csv",
}


def main() -> int:
    floors = json.loads((HERE / "accuracy_floors.json").read_text("utf-8"))
    index = Index(library_sheets.load_folder(DATA))
    fallen = 0
    for name, path in SETS.items():
        if not path.exists():
            print(f"{name}: not here, passed over")
            continue
        report = evaluate.measure(index, evaluate.read(path, index.library.entries))
        problems = evaluate.floor_violations(report, floors[name])
        print(f"{name}\n{report_text(report)}\n" + "".join(f"  退步：{problem}\n" for problem in problems))
        fallen += len(problems)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
