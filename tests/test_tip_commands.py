"""Tips on the command line: what is shown before, what is asked, what is said afterwards."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from broadcasts import words
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
    yes = types("tip", "send", answer="y\n")
    assert yes.exit_code == 0
    assert "第 1 則提醒：傳送中" in yes.output
    assert words.PREVIEW_AGAIN in types("tip", "send", answer="n\n").output


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
