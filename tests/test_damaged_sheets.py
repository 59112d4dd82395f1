"""Damaged files end in one clear error or are read; never in a fault of the program, an endless wait, or a lost row."""

import os

import pytest

from retrieval import library_sheets
from retrieval.library import Library
from retrieval.sheets.model import SheetError
from tests.support.workbooks import Rows, as_excel, damaged, ods, xlsx
from tests.test_library import rows, shipped

MANY = int(os.environ.get("DAMAGED_SHEETS", "1200"))  # ten thousand were run too
QUESTIONS: Rows = [["問法", "案例"], ["可以給他看嗎", "1"], ["午餐吃什麼", "0"]]


def files() -> dict[str, bytes]:
    tables = (("案例", rows()), ("問法", QUESTIONS))
    text = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows())
    return {
        "a.xlsx": xlsx(*tables),
        "b.xlsx": as_excel(xlsx(*tables)),
        "c.ods": ods(*tables),
        "d.csv": text.encode("utf-8-sig"),
        "e.csv": text.encode("cp950"),
        "f.txt": text.encode("utf-16"),
    }


@pytest.mark.parametrize("name", sorted(files()))
def test_a_damaged_file_is_read_or_refused_by_name(name: str) -> None:
    data, base = files()[name], shipped()
    assert library_sheets.read_file(data, name, base).library.cases == base.cases
    refused = 0
    for changed in damaged(data, MANY // 6, seed=len(data)):
        try:
            found = library_sheets.read_file(changed, name, base).library
        except SheetError as error:
            assert (error.file, bool(error.problems)) == (name, True)
            refused += 1
        else:
            assert isinstance(found, Library)
    assert refused > MANY // 6 // 4
