"""The command line as its user runs it: real processes, real files."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support import warm
from tests.support.ports import free_port
from tests.support.small_bank import small_bank

HOME = Path(__file__).parent.parent
QUESTION = "可以把確診名單傳給家人嗎"
Done = subprocess.CompletedProcess[str]


def environment(var: Path, **settings: str) -> dict[str, str]:
    warm.share(var)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "VAR_DIR": str(var), "QUESTIONS_PATH": small_bank(), "PYTHONUTF8": "1", **settings}


def run(var: Path, *arguments: str, stdin: str = "", **settings: str) -> Done:
    command = [sys.executable, "bot.py", *arguments]
    return subprocess.run(
        command, cwd=HOME, env=environment(var, **settings), input=stdin, capture_output=True, text=True, timeout=120
    )


def said_plainly(done: Done, code: int, *names: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < len(done.stderr.splitlines()) <= 12
    assert all(name in done.stderr for name in names), done.stderr


def test_ask_shows_the_card_or_json_for_each_line(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "--json", "-", stdin=f"{QUESTION}\n\n選單\r\n")
    first, blank, third = map(json.loads, done.stdout.splitlines())
    assert (first["verdict"], first["case"]["id"], blank["verdict"]) == ("answer", 2, "none")
    assert third["question"] == "選單", "with --json a word is a question like any other"
    card = run(tmp_path, "ask", QUESTION).stdout
    for said in ("第 2 案", "傳染病防治法第10條及第64條第4款", "flno=64", "疾管署"):
        assert said in card
    assert "\x1b[" not in card, "no colours into a pipe"


def run_at_terminal(var: Path, *arguments: str, **settings: str) -> tuple[str, str]:
    """What it wrote on stdout, which is a file, and on stderr, which is a terminal."""
    ours, theirs = pty.openpty()
    command, piped = [sys.executable, "bot.py", *arguments], subprocess.PIPE
    with subprocess.Popen(
        command, cwd=HOME, env=environment(var, **settings), stdout=piped, stderr=theirs, stdin=subprocess.DEVNULL
    ) as process:
        stdout, _ = process.communicate(timeout=120)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, said
    return stdout.decode(), said


def test_long_work_says_what_it_does_at_a_terminal_alone(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("channel,address\ntelegram,5\n")
    for arguments, steps in (
        (("migrate",), ["資料表"]),
        (("ask", "--json", QUESTION), ["準備搜尋"]),
        (("subscribers", "import", str(people)), ["讀 people.csv", "存 1 人"]),
        (("cases", "export", str(tmp_path / "library.xlsx")), ["寫 library.xlsx"]),
        (("cases", "check", str(tmp_path / "library.xlsx")), ["讀 library.xlsx", "準備搜尋"]),
    ):
        stdout, said = run_at_terminal(tmp_path, *arguments)
        assert "……" not in stdout
        lines = [line for line in said.splitlines() if "……" in line]
        assert len(lines) == len(steps), said
        assert all(step in line for step, line in zip(steps, lines, strict=True))
    piped = run(tmp_path, "ask", "--json", QUESTION)
    assert (piped.stderr, json.loads(piped.stdout)["question"]) == ("", QUESTION)


def test_a_library_goes_out_and_in_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    ours = partial(run, tmp_path)
    sheet = tmp_path / "cases.csv"
    assert ours("migrate").returncode == 0
    assert ours("cases", "export", str(sheet)).returncode == 0
    before = sheet.read_bytes()
    extra = "11,除濕機漏水,檔案室的除濕機漏水把永久保存的案卷泡爛了,檔案法第24條,每日巡檢\r\n"
    sheet.write_bytes(before + extra.encode())
    assert ours("cases", "import", str(sheet)).returncode == 0
    answer = json.loads(ours("ask", "--json", "除濕機漏水把檔案室的案卷泡爛了").stdout)
    assert (answer["verdict"], answer["case"]["id"]) == ("answer", 11)
    sheet.write_bytes(before + extra.replace("檔案法第24條", "").encode())
    said_plainly(ours("cases", "import", str(sheet)), 1, "第 12 列「laws」欄")
    ours("cases", "export", str(sheet))
    assert "除濕機" in sheet.read_text("utf-8-sig")


def test_what_a_person_can_mend_is_said_with_the_remedy(tmp_path: Path) -> None:
    said_plainly(run(tmp_path, "cases", "check", str(tmp_path / "none.csv")), 1, "none.csv")
    said_plainly(run(tmp_path, "serve", LINE_CHANNEL_SECRET="very-secret"), 2, "LINE_CHANNEL_ACCESS_TOKEN")
    said_plainly(run(tmp_path, "fly"), 2)
    blocked = tmp_path / "file"
    blocked.touch()
    said_plainly(run(blocked / "var", "serve"), 2, "VAR_DIR")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said_plainly(run(tmp_path, "serve", "--port", port), 1, port)


def test_ask_needs_no_store(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert json.loads(run(blocked / "var", "ask", "--json", QUESTION).stdout)["case"]["id"] == 2


def test_an_account_is_kept_without_its_password(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    done = run(tmp_path, "admin", "add", "chief", "--password-stdin", stdin="a long pass phrase\n")
    assert done.returncode == 0
    kept = (path for path in tmp_path.rglob("*") if path.is_file())
    assert not [path for path in kept if b"a long pass phrase" in path.read_bytes()]
    said_plainly(run(tmp_path, "admin", "add", "chief", "--password-stdin", stdin="short\n"), 2)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_serve_answers_and_stops_cleanly(tmp_path: Path, log_format: str) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "bot.py", "serve", "--port", str(port)],
        cwd=HOME,
        env=environment(tmp_path, LOG_FORMAT=log_format),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert fetch(f"http://127.0.0.1:{port}/readyz") == {"ready": True}
        sent = json.dumps({"question": QUESTION}).encode()
        assert fetch(f"http://127.0.0.1:{port}/api/ask", sent)["case"]["id"] == 2
    finally:
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in log
    assert QUESTION not in log
    assert "LINE_CHANNEL_SECRET" in log, "a channel that is off says which setting is missing"
    assert log.index("library ready") < log.index(f"http://127.0.0.1:{port}/"), "no question waits for the index"
    if log_format == "json":
        assert all({"time", "level", "message"} <= set(json.loads(line)) for line in log.splitlines())


def fetch(url: str, data: bytes | None = None, seconds: float = 60) -> Any:
    """Waits for the server to come up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return json.loads(answer.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
