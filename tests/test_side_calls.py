"""What a platform refuses beside the messages silences no channel; and whoever polls spares it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app
import config
import web_app
from broadcasts.model import QuotaPolicy
from tests.support import line_events
from tests.support import telegram_updates as side
from tests.support.fake_line import FakeLine
from tests.support.fake_telegram import FakeTelegram
from tests.support.installation import LINE, TELEGRAM, Installation
from tests.support.wire import Call, Fault
from tests.test_telegram_setup import credentials, webhook_set

HOME = Path(__file__).parent.parent
QUESTION = "可以把確診名單傳給家人嗎"
REST = 0.2
REFUSALS = [
    Fault(status=400),
    Fault(status=403),
    Fault(status=404),
    Fault(status=429),
    Fault(status=502),
    Fault(drop="before"),
]


@pytest.fixture
def settings(tmp_path: Path, telegram: FakeTelegram, line: FakeLine) -> config.Settings:
    """On both, Telegram without a public address."""
    given = credentials(line, telegram) | {"VAR_DIR": str(tmp_path)}
    return app.load_settings({name: value for name, value in given.items() if name != "TELEGRAM_WEBHOOK_SECRET"})


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.telegram.polling.REST_SECONDS", (REST, 2 * REST))


def refuses(*methods: str, fault: Fault) -> Callable[[Call], Fault | None]:
    return lambda call: fault if call.method in methods else None


def poll(bot: app.Bot) -> None:
    web_app.start_polling(bot, web_app.open_webhooks(bot))


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: str(fault.status or fault.drop))
def test_polling_answers_whatever_else_telegram_refuses(
    bot: app.Bot, telegram: FakeTelegram, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.misbehave = refuses("getWebhookInfo", "deleteWebhook", "setMyCommands", "getMe", fault=fault)
    telegram.updates = [side.text(QUESTION), side.mention(QUESTION)]
    poll(bot)
    assert telegram.wait()
    telegram.wait_for("getUpdates", 4)
    for lacking in ("setMyCommands", "getMe"):
        assert len(telegram.calls_of(lacking)) == 1
    assert caplog.text.count("the menu of commands is not set") == 1


def test_a_webhook_that_is_not_given_up_at_once_is_in_the_end(bot: app.Bot, telegram: FakeTelegram) -> None:
    telegram.webhook = "https://old.example.org/webhook"
    telegram.faults += [Fault(status=500, method="getWebhookInfo"), Fault(status=500, method="deleteWebhook")]
    telegram.updates = [side.text(QUESTION)]
    poll(bot)
    assert telegram.wait()


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: str(fault.status or fault.drop))
def test_a_webhook_is_registered_without_a_menu(
    tmp_path: Path, telegram: FakeTelegram, line: FakeLine, fault: Fault
) -> None:
    telegram.misbehave = refuses("setMyCommands", fault=fault)
    done = webhook_set(tmp_path, "https://bot.example.org", **credentials(line, telegram))
    assert done.returncode == 0, done.stderr
    assert "指令選單沒有設定成功" in done.stdout
    assert telegram.webhook


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_line_answers_a_group_without_knowing_itself(
    client: FlaskClient, line: FakeLine, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    line.misbehave = refuses("info", fault=Fault(status=status))
    for _ in range(2):
        line_events.post(client, line_events.mention(QUESTION, source=line_events.group()))
    assert len(line.wait(2)) == 2
    assert caplog.text.count("LINE: own ID not known yet") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_tip_goes_out_where_line_does_not_tell_its_quota(installation: Installation, status: int) -> None:
    installation.subscribe(LINE[:3], TELEGRAM[:3])
    installation.platforms.line.misbehave = refuses("quota", "consumption", fault=Fault(status=status))
    installation.worker()
    assert installation.finished(installation.send(QuotaPolicy.SOME))["sent"] == 6


def test_a_token_that_is_not_taken_is_said_once(
    bot: app.Bot, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.misbehave = lambda _: Fault(status=401)
    poll(bot)
    telegram.wait_for("getUpdates", 3)
    assert caplog.text.count("check TELEGRAM_BOT_TOKEN") == 1
    assert "TELEGRAM_BOT_TOKEN）" in caplog.text
    telegram.misbehave = lambda _: None
    telegram.updates = [side.text(QUESTION)]
    assert telegram.wait()


def test_two_who_poll_say_it_once_and_rest_longer(
    bot: app.Bot, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    conflict = Fault(status=409, text="Conflict: terminated by other getUpdates request")
    telegram.misbehave = refuses("getUpdates", fault=conflict)
    poll(bot)
    turns = [call.at for call in telegram.wait_for("getUpdates", 4)]
    gaps = [later - earlier for earlier, later in zip(turns, turns[1:], strict=False)]
    assert gaps[0] >= REST
    assert min(gaps[1:]) >= 2 * REST
    assert caplog.text.count("another program polls with this token") == 1


@pytest.mark.parametrize("answer", ["nothing", "the same as before", "nonsense"])
def test_who_answers_at_once_with_nothing_new_is_not_asked_without_end(
    bot: app.Bot, telegram: FakeTelegram, answer: str
) -> None:
    telegram.holds = 0
    if answer == "the same as before":
        telegram.forgets = True
        telegram.updates = [side.text(QUESTION)]
    if answer == "nonsense":
        page = b"<html>"
        raw = Fault(raw=b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page))
        telegram.misbehave = refuses("getUpdates", fault=raw)
    poll(bot)
    turns = [call.at for call in telegram.wait_for("getUpdates", 5)][1:]
    assert min(later - earlier for earlier, later in zip(turns, turns[1:], strict=False)) >= REST
    assert len(telegram.shown) == (answer == "the same as before")


def test_how_long_to_wait_is_obeyed(bot: app.Bot, telegram: FakeTelegram) -> None:
    telegram.faults += [Fault(status=429, parameters={"retry_after": 1}, method="getUpdates")]
    poll(bot)
    first, second = [call.at for call in telegram.wait_for("getUpdates", 2)]
    assert second - first >= 1


def test_a_machine_without_zone_data_is_enough() -> None:
    """The package tzdata has them."""
    code = "import app; print(app.load_settings({}).timezone, app.load_settings({'TIMEZONE': 'Asia/Tokyo'}).timezone)"
    environment = {"PATH": os.environ["PATH"], "PYTHONTZPATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=HOME, env=environment, capture_output=True, text=True)
    assert done.stdout == "Asia/Taipei Asia/Tokyo\n", done.stderr
