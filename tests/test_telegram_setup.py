"""Telegram without a public address (polling), and `webhook set`."""

import dataclasses
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
import cli
import config
import web_app
from core import words
from tests.support import line_events
from tests.support import telegram_updates as side
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.wire import Fault

HOME = Path(__file__).parent.parent
QUESTION = "可以把確診名單傳給家人嗎"
CARD = "未公布的確診資訊，連家人也不能傳"
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.fixture
def settings(telegram_settings: config.Settings) -> config.Settings:
    telegram = dataclasses.replace(telegram_settings.channels["telegram"], telegram_webhook_secret=None)
    return dataclasses.replace(
        telegram_settings, public_url=None, channels={**telegram_settings.channels, "telegram": telegram}
    )


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.telegram.polling.REST_SECONDS", (0.05,))


def start(bot: app.Bot) -> None:
    web_app.start_polling(bot, web_app.open_webhooks(bot))


def test_updates_are_fetched_answered_and_confirmed(bot: app.Bot, telegram: FakeTelegram) -> None:
    first, odd, last = side.text(QUESTION), side.update(unheard_of={}), side.text("說明")
    telegram.updates = [first, odd, last]
    start(bot)
    assert {message["text"].split("\n")[1] for message in telegram.wait(2)} >= {f"<b>{CARD}</b>"}
    turns = telegram.wait_for("getUpdates", 4)
    assert turns[0].body["allowed_updates"] == KINDS
    assert turns[0].body["timeout"] > 0
    offsets = [call.body.get("offset") for call in turns]
    assert offsets[:2] == [None, last["update_id"] + 1], "confirmed by the turn after the one that brought them"
    assert None in offsets[2:], "after an empty turn Telegram may number anew"
    assert len(telegram.shown) == 2
    assert [command["command"] for command in telegram.calls_of("setMyCommands")[0].body["commands"]] == [
        *words.COMMAND_MENU
    ]


def test_a_webhook_is_removed_first_and_the_log_says_so(
    bot: app.Bot, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.webhook = "https://old.example.org/webhook"
    telegram.updates = [side.text(QUESTION)]
    with caplog.at_level(logging.INFO):
        start(bot)
        assert telegram.wait()
    assert "a webhook was set and is removed" in caplog.text
    assert telegram.calls_of("deleteWebhook")[0].body == {}, "what is waiting is not thrown away"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(status=502), "502"),
        (Fault(drop="before"), "connection lost"),
        (Fault(status=401), "check TELEGRAM_BOT_TOKEN"),
        (Fault(status=409), "another program polls with this token"),
        (Fault(status=429, parameters={"retry_after": 0.2}), "429"),
        (Fault(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nodd!"), ""),
    ],
    ids=lambda value: str(value.status or value.drop or "odd") if isinstance(value, Fault) else "",
)
def test_polling_survives(
    bot: app.Bot, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, fault: Fault, told: str
) -> None:
    telegram.faults += [dataclasses.replace(fault, method=method) for method in ("getWebhookInfo", "getUpdates")]
    telegram.updates = [side.text(QUESTION)]
    start(bot)
    assert CARD in telegram.wait()[0]["text"]
    assert told in caplog.text
    assert TOKEN not in caplog.text


def test_polling_ends_with_the_bot_and_leaves_what_it_did_not_take(bot: app.Bot, telegram: FakeTelegram) -> None:
    start(bot)
    telegram.wait_for("getUpdates")
    bot.close()
    telegram.updates = [side.text(QUESTION)]
    time.sleep(0.2)  # the turn that was under way
    turns = len(telegram.calls_of("getUpdates"))
    assert len(telegram.wait_for("getUpdates", turns + 1, seconds=0.3)) == turns, "it goes on"
    assert telegram.updates
    assert not telegram.shown


def test_with_a_public_address_nothing_is_fetched(telegram_settings: config.Settings, telegram: FakeTelegram) -> None:
    bot = app.Bot(telegram_settings)
    start(bot)
    assert not telegram.wait_for("getWebhookInfo", seconds=0.2)
    bot.close()


def webhook_set(var: Path, url: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "bot.py", "webhook", "set", url],
        cwd=HOME,
        env={**kept, "PYTHONUTF8": "1", "VAR_DIR": str(var), **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )


def credentials(line: FakeLine, telegram: FakeTelegram) -> dict[str, str]:
    return {
        "LINE_CHANNEL_SECRET": line_events.SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
        "LINE_API_BASE": line.base,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": side.SECRET,
        "TELEGRAM_API_BASE": telegram.base,
    }


def test_webhook_set_registers_every_channel(tmp_path: Path, line: FakeLine, telegram: FakeTelegram) -> None:
    done = webhook_set(tmp_path, "https://bot.example.org/", **credentials(line, telegram))
    assert done.returncode == 0, done.stderr
    assert [row.partition("：")[0] for row in done.stdout.splitlines()] == ["LINE", "Telegram"]
    (call,) = telegram.calls_of("setWebhook")
    assert (call.body["url"], call.body["secret_token"], call.body["allowed_updates"]) == (
        "https://bot.example.org/webhook/telegram",
        side.SECRET,
        KINDS,
    )
    assert [row.body for row in line.calls] == [{"endpoint": "https://bot.example.org/webhook/line"}]
    commands = telegram.calls_of("setMyCommands")[0].body["commands"]
    assert all(command["command"].isascii() for command in commands)
    assert not any(command["description"].isascii() for command in commands)


def test_webhook_set_keeps_a_path(tmp_path: Path, line: FakeLine, telegram: FakeTelegram) -> None:
    webhook_set(tmp_path, "https://x.gov.tw/leak/", **credentials(line, telegram))
    assert telegram.webhook == "https://x.gov.tw/leak/webhook/telegram"
    assert [row.body for row in line.calls] == [{"endpoint": "https://x.gov.tw/leak/webhook/line"}]


def test_webhook_set_says_plainly_what_failed_and_goes_on(
    tmp_path: Path, line: FakeLine, telegram: FakeTelegram
) -> None:
    line.faults.append(Fault(status=400, text="Invalid webhook endpoint URL"))
    done = webhook_set(tmp_path, "https://bot.example.org", **credentials(line, telegram))
    assert (done.returncode, telegram.webhook) == (1, "https://bot.example.org/webhook/telegram")
    assert "Invalid webhook endpoint URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_webhook_set_tells_what_to_mend(tmp_path: Path, telegram: FakeTelegram) -> None:
    for url in ("http://bot.example.org", "bot.example.org", "https://", "https://x.org/?a=1"):
        refused = CliRunner().invoke(cli.main, ["webhook", "set", url])
        assert (refused.exit_code, "https://" in refused.output) == (2, True)
    done = webhook_set(tmp_path, "https://bot.example.org")
    assert (done.returncode, "TELEGRAM_BOT_TOKEN" in done.stderr) == (2, True)
    token_alone = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": telegram.base}
    done = webhook_set(tmp_path, "https://bot.example.org", **token_alone)
    assert (done.returncode, "TELEGRAM_WEBHOOK_SECRET" in done.stderr) == (2, True)
    assert not telegram.webhook
