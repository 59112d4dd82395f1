"""The owner of the library at the command line: real processes, real files, a real terminal where one is asked."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.support.small_bank import small_bank
from tests.support.workbooks import Rows, xlsx
from tests.test_cli import HOME, environment, run, said_plainly

HEADER = ["編號", "標題", "情境", "涉及法規", "建議做法"]
QUESTION = "可以把確診名單傳給家人嗎"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def shipped_rows() -> Rows:
    text = (HOME / "data" / "cases.csv").read_text("utf-8")
    return [HEADER, *list(csv.reader(io.StringIO(text, newline="")))[1:]]


def questions(case: str = "") -> int:
    """How many questions the small bank has, or has of a case."""
    with Path(small_bank()).open(encoding="utf-8", newline="") as file:
        return sum(case in ("", row["case_id"]) for row in csv.DictReader(file))


def case_of(var: Path, question: str) -> int | None:
    answer = json.loads(run(var, "ask", "--json", question).stdout)
    return answer["case"]["id"] if answer["case"] else None


def at_a_terminal(
    var: Path, *arguments: str, typed: str, before: str = "", meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """Exit code and all that a person sees, who types when `before` is on the screen and `meanwhile` was done."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "bot.py", *arguments],
        cwd=HOME,
        env=environment(var),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen, waiting = b"", True
    while True:
        if waiting and before in seen.decode("utf-8", "ignore"):
            waiting = False
            meanwhile()
            os.write(controller, typed.encode())
        try:
            part = os.read(controller, 4096)
        except OSError:  # Linux: the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(controller)
    return process.wait(60), seen.decode("utf-8", "replace")


def test_a_workbook_goes_out_is_edited_comes_in_and_goes_back(var: Path, tmp_path: Path) -> None:
    """Cases rewritten in plain language are still found, which once cost 270 questions each."""
    file = tmp_path / "案例庫.xlsx"
    assert f"10 個案例、{questions()} 句問法、46 條法規、14 則一般提醒" in run(var, "cases", "export", str(file)).stdout
    same = run(var, "cases", "import", str(file))
    assert (same.returncode, "不需要換" in same.stdout) == (0, True)
    book = openpyxl.load_workbook(file)
    for number, situation in (
        (2, "有人把還沒公布的染疫者行蹤從辦公室的群組轉給家裡人，家人又轉出去，最後整個網路都看得到。"),
        (5, "考績會的委員在考績還沒核定前，就把開會的紀錄拿給別人看。"),
        (8, "印了機密的東西卻沒有馬上去拿，結果被一起用那台印表機的同事拿走了。"),
    ):
        book["案例"].cell(number + 1, 3).value = situation
    book.save(file)
    checked = run(var, "cases", "check", str(file))
    assert checked.returncode == 0, checked.stderr
    for said in (
        "案例修改 3 個",
        "第 2 案「未公布的確診資訊，連家人也不能傳」：情境",
        "直接答對",
        "正式的案例庫沒有更動",
    ):
        assert said in checked.stdout
    done = run(var, "cases", "import", str(file), "--note", "改成白話")
    assert (done.returncode, "存成第 1 版" in done.stdout) == (0, True)
    assert case_of(var, QUESTION) == 2
    listed = run(var, "cases", "versions").stdout
    assert "第 1 版（現在用的）" in listed
    assert "改成白話" in listed
    assert "情境　新：考績會的委員" in run(var, "cases", "diff", "shipped", "--verbose").stdout
    assert "存成第 2 版" in run(var, "cases", "restore", "shipped").stdout
    assert run(var, "cases", "diff", "shipped").stdout == "沒有不同。\n"
    assert "案例修改 3 個" in run(var, "cases", "diff", "1", "2").stdout
    assert "存成第 3 版" in run(var, "cases", "restore", "1").stdout
    said_plainly(run(var, "cases", "restore", "9"), 1, "沒有第 9 版")


def another_matter(tmp_path: Path) -> Path:
    rows = shipped_rows()
    rows[4] = [
        "4",
        "辦公椅報廢變賣",
        "同仁把報廢的辦公椅載回家，在網路上賣掉。",
        "刑法第336條",
        "依規定報廢。",
    ]
    file = tmp_path / "另一件事.xlsx"
    file.write_bytes(xlsx(("案例", rows)))
    return file


def test_another_matter_under_an_old_number_is_decided_by_a_person(var: Path, tmp_path: Path) -> None:
    file = str(another_matter(tmp_path))
    undecided = run(var, "cases", "import", file)
    said_plainly(undecided, 1, "--questions keep", "--questions drop")
    named = "第 4 案的內容像是換成了另一件事：原本「檢舉人身分不得透露給被檢舉人」，現在「辦公椅報廢變賣」"
    assert f"{named}；有 {questions('4')} 句問法" in undecided.stdout
    assert run(var, "cases", "versions").stdout.startswith("還沒有匯入過")
    checked = run(var, "cases", "check", file)
    assert (checked.returncode, "匯入時會被擋下" in checked.stdout) == (0, True)
    code, seen = at_a_terminal(var, "cases", "import", file, typed="n\ny\n")
    assert (code, "要留下嗎" in seen, "要換上嗎" in seen) == (0, True, True), seen
    assert f"問法移除 {questions('4')} 句" in seen
    assert case_of(var, "檢舉人的名字可以告訴被檢舉的人嗎") is None


def test_whoever_says_no_at_a_terminal_changes_nothing(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = shipped_rows()
    rows[1][1] = "新的標題"
    file.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows), "utf-8-sig")
    code, seen = at_a_terminal(var, "cases", "import", str(file), typed="n\n")
    assert (code, "沒有換上，維持原來的案例庫" in seen) == (1, True), seen
    assert "建索引" in seen, "whoever waits is told what is going on"
    assert run(var, "cases", "versions").stdout.startswith("還沒有匯入過")


def test_whoever_was_faster_is_not_overwritten_unseen(var: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for file, title in ((first, "先改的標題"), (second, "後改的標題")):
        rows = shipped_rows()
        rows[1][1] = title
        file.write_bytes(xlsx(("案例", rows)))

    def faster() -> None:
        assert run(var, "cases", "import", str(first)).returncode == 0

    command = ("cases", "import", str(second))
    code, seen = at_a_terminal(var, *command, typed="y\n", before="要換上嗎", meanwhile=faster)
    assert (code, "有人換上了別的版本" in seen) == (1, True), seen
    assert "先改的標題" in run(var, "cases", "diff", "shipped", "--verbose").stdout


def test_a_sheet_of_one_case_does_not_replace_ten_unasked(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "一個.xlsx"
    file.write_bytes(xlsx(("案例", shipped_rows()[:2])))
    refused = run(var, "cases", "import", str(file))
    said_plainly(refused, 1, "10 個案例裡有 9 個不見了", "--yes")
    forced = run(var, "cases", "import", str(file), "--yes", "--force")  # so small a bank answers less without its rest
    assert forced.returncode == 0, forced.stderr
    assert case_of(var, QUESTION) is None, "its questions are not used, and not taught as no case"
    again = tmp_path / "十個.xlsx"
    again.write_bytes(xlsx(("案例", shipped_rows())))
    assert run(var, "cases", "import", str(again), "--force").returncode == 0  # nine cases more to be taken for
    assert case_of(var, QUESTION) == 2, "a later return brings its questions back"


def test_a_question_of_a_case_that_never_was_is_let_through_by_force_alone(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "問法.xlsx"
    file.write_bytes(xlsx(("問法", [["問法", "案例"], ["這樣可以嗎", "99"]])))
    said_plainly(run(var, "cases", "import", str(file)), 1, "工作表「問法」第 2 列「案例」欄", "問法.xlsx")
    forced = run(var, "cases", "import", str(file), "--force")
    assert forced.returncode == 0, forced.stderr
    assert "1 句問法先不用，因為現在沒有：第 99 案" in forced.stdout


def test_what_was_read_is_said(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"

    def hide(book: openpyxl.Workbook) -> None:
        book["工作表1"].row_dimensions[3].hidden = True

    file.write_bytes(xlsx(("封面", [["案例彙編"]]), ("工作表1", [["標題列"], *shipped_rows()]), change=hide))
    said = run(var, "cases", "check", str(file)).stdout
    assert "案例：讀了工作表「工作表1」，第 2 列是欄名（編號、標題、情境、涉及法規、建議做法），10 列。" in said
    assert "其中 1 列是隱藏或篩選掉的，也算在內。" in said
    assert "沒有讀的工作表：封面。" in said


def test_subscribers_come_from_what_offices_save_too(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "訂閱.xlsx"
    file.write_bytes(
        xlsx(("名單", [["訂閱者名單"], ["頻道", "位址"], ["telegram", "12345"], ["line", "U" + "a" * 32]]))
    )
    assert "已匯入 2 人" in run(var, "subscribers", "import", str(file)).stdout
    file.write_bytes(xlsx(("名單", [["channel", "address"], ["line", "12345"]])))
    said_plainly(run(var, "subscribers", "import", str(file)), 1, "工作表「名單」第 2 列「address」欄", "訂閱.xlsx")
