"""Tips on the command line: what is shown before, what is asked, what is said afterwards."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from broadcasts import words
from broadcasts.model import Status
from core import dates
from store.store import Store
from tests.support.fake_line import ACCESS_TOKEN, FakeLine

Types = Callable[..., Result]
PEOPLE = [f"U{number:032x}" for number in range(10, 15)]


@pytest.fixture
def types(tmp_path: Path, line: FakeLine, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Types a command, then answers what it asks; five people subscribe on LINE."""
    settings = {
        "VAR_DIR": str(tmp_path / "var"),
        "LINE_CHANNEL_SECRET": "s",
        "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
        "LINE_API_BASE": line.base,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def types(*command: str, answer: str = "") -> Result:
        return CliRunner().invoke(cli.main, list(command), input=answer)

    people = tmp_path / "people.csv"
    people.write_text("channel,address\n" + "".join(f"line,{address}\n" for address in PEOPLE))
    assert types("subscribers", "import", str(people)).exit_code == 0
    return types


def test_it_is_shown_and_asked_before_it_is_sent(types: Types, line: FakeLine) -> None:
    line.quota = 500
    no = types("tip", "send", answer="n\n")
    assert no.exit_code == 1
    assert "LINE 5 人" in no.output
    assert "還剩 500 則" in no.output
    assert "沒有送出" in no.output
    assert types("tip", "status", "1").exit_code == 1, "nothing was made"
    yes = types("tip", "send", answer="好\n")
    assert yes.exit_code == 0
    assert "第 1 則提醒：傳送中" in yes.output
    assert words.PREVIEW_AGAIN in types("tip", "send", answer="n\n").output


def test_where_nobody_works_it_says_that_the_tip_waits(types: Types, tmp_path: Path) -> None:
    alone = types("tip", "send", "--yes", "--json")
    assert "現在沒有看到背景工作" in alone.stderr
    assert json.loads(alone.stdout)["status"] == "sending"
    with closing(Store(f"sqlite:///{tmp_path}/var/bot.sqlite3")) as store:
        store.workers.note("host-1")
    assert "背景工作" not in types("tip", "send", "--text", "收好公文", "--yes").output


@pytest.mark.parametrize(("answer", "pending", "left_out"), [("ride", 5, 0), ("some", 3, 2)])
def test_with_too_small_a_quota_there_is_a_choice(
    types: Types, line: FakeLine, answer: str, pending: int, left_out: int
) -> None:
    line.quota = 3
    done = types("tip", "send", answer=f"{answer}\n")
    assert words.PREVIEW_SHORT in done.output
    assert done.exit_code == 0
    report = json.loads(types("tip", "status", "1", "--json").output)
    assert (report["status"], report["recipients"]["pending"]) == ("sending", pending)
    assert (words.LEFT_OUT.format(count=left_out) in done.output) == bool(left_out)
    assert types("tip", "send", answer="no\n").exit_code == 1


@pytest.mark.parametrize("command", [("send", "--yes", "--json"), ("schedule", "--json", "--at")])
def test_a_tip_that_nobody_would_get_is_not_made(
    types: Types, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """With what to set, or whom to invite; nothing on stdout for a program to read."""
    command = (*command, f"{next_day(2)} 09:00") if command[-1] == "--at" else command
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "empty"))
    nobody = types("tip", *command)
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "目前沒有人訂閱" in nobody.stderr
    assert "subscribers import" in nobody.stderr
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"):
        monkeypatch.delenv(name)
    no_channel = types("tip", *command)
    assert (no_channel.exit_code, no_channel.stdout) == (1, "")
    assert "LINE_CHANNEL_SECRET" in no_channel.stderr
    assert "TELEGRAM_BOT_TOKEN" in no_channel.stderr
    assert types("tip", "status", "1").exit_code == 1, "nothing was made"


def test_a_draft_that_needs_others_says_whom_it_waits_for(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIP_APPROVALS", "2")
    alone = types("tip", "send", "--yes", "--json")
    assert json.loads(alone.stdout)["status"] == "draft"
    assert "只有 1 位管理者" in alone.stderr
    monkeypatch.setenv("ADMIN_LINE_IDS", PEOPLE[0])
    assert "2 位管理者確認" in types("tip", "send", "--yes").stderr
    assert types("tip", "cancel", "1").exit_code == 0
    assert types("tip", "cancel", "1").exit_code == 1
    assert types("tip", "pause", "2").exit_code == 1


@pytest.mark.parametrize("text", ["", "字" * 2001])
def test_a_text_that_cannot_be_sent_is_refused(types: Types, text: str) -> None:
    refused = types("tip", "send", "--text", text, "--yes")
    assert refused.exit_code == 2
    assert "提醒" in refused.output


def test_a_tip_is_scheduled_listed_and_taken_back(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIP_TIME", "09:00")
    sunday = next_day(6)
    done = types(
        "tip", "schedule", "--at", f"{sunday:%Y-%m-%d} 09:00", "--text", "收好公文 https://a.tw", "--case", "2"
    )
    assert done.exit_code == 0, done.output
    assert f"排在 {dates.day(sunday)}09:00 送出" in done.output
    assert "不是上班日" in done.output
    assert "LINE 5 人" in done.output
    assert words.OPEN_CASE in done.output
    listed = types("tip", "list").output
    coming, before = listed.split(words.BEFORE)
    assert f"{dates.day(sunday)}09:00　{words.STATUS[Status.APPROVED]}　收好公文" in coming
    assert coming.count("每日提醒") == 5
    assert words.NOTHING_BEFORE in before
    assert types("tip", "cancel", "1").exit_code == 0
    coming, before = types("tip", "list").output.split(words.BEFORE)
    assert "收好公文" not in coming
    assert words.STATUS[Status.CANCELLED] in before


def test_without_words_it_is_the_tip_of_that_day(types: Types) -> None:
    day = next_day(2)
    done = types("tip", "schedule", "--at", f"{day:%Y/%m/%d} 9:00", "--json")
    assert json.loads(done.stdout)["status"] == "approved"
    again = types("tip", "schedule", "--at", f"{day:%Y/%m/%d} 17:00").output
    name = types("tip", "list").output.splitlines()[1].split("　")[-1]
    assert name[:20] in again, "the day keeps its tip"


def test_a_scheduled_tip_that_needs_others_says_so(types: Types) -> None:
    done = types("tip", "schedule", "--at", f"{next_day(2)} 09:00", "--text", "收好公文", "--approvals", "2", "--json")
    assert json.loads(done.stdout)["status"] == "draft"
    assert words.PREVIEW_APPROVALS_BY_THEN.format(count=2) in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "2020-01-02 09:00"], "已經過了"),
        (["--at", "明天九點"], "2026-11-26 09:00"),
        (["--at", "2099-01-02 09:00"], "年份"),
        (["--at", f"{date.today().year + 1}-02-30 09:00"], "沒有這一天"),
        (["--at", f"{date.today() + timedelta(1)} 09:00", "--text", "好", "--case", "999"], "沒有第 999 案"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_in_plain_words(types: Types, options: list[str], said: str) -> None:
    refused = types("tip", "schedule", *options)
    assert refused.exit_code == 2
    assert said in refused.output
    assert types("tip", "status", "1").exit_code == 1, "nothing was made"


def test_what_is_done_at_the_command_line_is_written_down(types: Types, tmp_path: Path) -> None:
    types("tip", "send", "--text", "收好公文", "--yes")
    types("tip", "cancel", "1")
    store = Store(f"sqlite:///{tmp_path}/var/bot.sqlite3")
    lines = [(line.actor.split("（")[0], line.detail) for line in store.actions.all() if line.action == "tip"]
    store.close()
    assert lines[-1] == ("指令列", words.CANCELLED)
    assert (words.PROGRAM.split("（")[0], words.STARTED) in lines


def next_day(weekday: int) -> date:
    """The next such day of the week (Monday is 0), tomorrow at the earliest."""
    tomorrow = date.today() + timedelta(1)
    return tomorrow + timedelta((weekday - tomorrow.weekday()) % 7)
