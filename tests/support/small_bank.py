"""A part of the shipped questions, for processes that start, or measure answers, many times."""

from pathlib import Path

SHIPPED = Path(__file__).parent.parent.parent / "data" / "questions.csv"


def small_bank(folder: Path) -> str:
    """A sixteenth of them, as a file in this folder: the value of QUESTIONS_PATH."""
    rows = SHIPPED.read_text("utf-8").splitlines(keepends=True)
    path = folder / "small_bank.csv"
    path.write_text("".join([rows[0], *rows[1::16]]), "utf-8")
    return str(path)
