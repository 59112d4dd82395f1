"""A troubled Telegram: one answer at the most, obedience to limits, and the token nowhere."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

import app
import config
import logs
import web_app
from broadcasts.sender import NoAnswer, Unreachable
from core import cards
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import Place
from handlers.telegram.replies import Replies
from store.tables import SubscriberState
from tests.support import telegram_updates as side
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.wire import Call, Fault

QUESTION = "可以把確診名單傳給家人嗎"


def _slept(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def replies(settings: config.Settings) -> Replies:
    telegram = settings.channels["telegram"]
    client = TelegramClient(telegram.telegram_api_base, telegram.telegram_bot_token)
    return Replies(client, _slept, lambda *_: None)


@pytest.fixture
def settings(telegram_settings: config.Settings) -> config.Settings:
    return telegram_settings


def ask(client: FlaskClient, bot: app.Bot) -> None:
    """One question, and all that becomes of it."""
    assert side.post(client, side.text(QUESTION)).status_code == 200
    bot.pool.close()


def is_marked_up(call: Call) -> bool:
    return "parse_mode" in call.body


def test_refused_markup_becomes_plain_text_with_every_word(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot
) -> None:
    telegram.faults.append(Fault(status=400, text="Bad Request: can't parse entities", only=is_marked_up))
    ask(client, bot)
    (shown,) = telegram.shown
    assert "parse_mode" not in shown
    for said in ("傳染病防治法第10條及第64條第4款", "&flno=64", "2. 有關疫情相關資訊"):
        assert said in shown["text"]
    assert "helped:2:" in str(shown["reply_markup"])


@pytest.mark.parametrize(
    ("fault", "calls", "shown"),
    [
        (Fault(status=500), 2, 1),
        (Fault(status=502), 2, 1),
        (Fault(status=429), 2, 1),
        (Fault(drop="before"), 1, 0),
        (Fault(drop="after"), 1, 1),
        (Fault(status=401), 1, 0),
        (Fault(status=404), 1, 0),
        (Fault(status=403), 1, 0),
        (Fault(status=400, text="Bad Request: chat not found"), 1, 0),
        (Fault(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nodd!"), 1, 1),
        (Fault(raw=b"nonsense\r\n\r\n"), 1, 1),
        (Fault(status=429, parameters={"retry_after": 3600}), 1, 0),
    ],
    ids=lambda value: str(vars(value))[:60] if isinstance(value, Fault) else "",
)
def test_a_troubled_telegram_brings_one_answer_at_the_most(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, fault: Fault, calls: int, shown: int
) -> None:
    """What may have arrived is never sent again: Telegram has no key against repetition."""
    telegram.faults.append(fault)
    ask(client, bot)
    assert (len(telegram.calls_of("sendMessage")), len(telegram.shown)) == (calls, shown)


def test_an_answer_that_may_have_arrived_is_not_sent_again(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.telegram.client.READ_SECONDS", 0.2)
    telegram.faults.append(Fault(delay=0.6))
    with pytest.raises(NoAnswer):
        replies(bot.settings).deliver(Place(side.PERSON), cards.note("題", "文"))
    assert len(telegram.calls_of("sendMessage")) == 1


def test_a_flood_limit_is_obeyed_by_everything_for_that_chat(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot
) -> None:
    telegram.faults.append(Fault(status=429, parameters={"retry_after": 1}))
    with ThreadPoolExecutor(3) as pool:
        pool.submit(side.post, client, side.text(QUESTION))
        telegram.wait_for("sendMessage")
        time.sleep(0.1)
        pool.submit(side.post, client, side.text("選單"))
        pool.submit(side.post, client, side.mention(QUESTION))
    first, *later = [call.at for call in telegram.calls_of("sendMessage") if call.body["chat_id"] == side.PERSON]
    assert len(later) == 2
    assert min(later) - first >= 1
    assert len(telegram.shown) == 3
    other = next(call.at for call in telegram.calls if call.body.get("chat_id") == side.GROUP)
    assert other < min(later), "other chats do not wait"


@pytest.mark.parametrize("fault", [Fault(status=403), Fault(status=400, text="Bad Request: chat not found")])
def test_who_cannot_be_reached_is_retired(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, fault: Fault
) -> None:
    bot.store.subscribers.follow("telegram", str(side.PERSON))
    telegram.faults.append(fault)
    ask(client, bot)
    assert bot.store.subscribers.state("telegram", str(side.PERSON)) == SubscriberState.GONE


def test_other_trouble_retires_nobody(client: FlaskClient, telegram: FakeTelegram, bot: app.Bot) -> None:
    bot.store.subscribers.follow("telegram", str(side.PERSON))
    telegram.faults += [Fault(status=400), Fault(status=400)]
    ask(client, bot)
    assert bot.store.subscribers.state("telegram", str(side.PERSON)) == SubscriberState.ACTIVE


def test_a_muted_chat_costs_an_answer_one_call_and_one_line(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """Plain words would not help, and the group stays subscribed."""
    bot.store.subscribers.follow("telegram", str(side.GROUP))
    telegram.faults.append(Fault(status=400, text="Bad Request: not enough rights to send text messages to the chat"))
    side.post(client, side.mention(QUESTION))
    bot.pool.close()
    assert len(telegram.calls_of("sendMessage")) == 1
    (line,) = [record for record in caplog.records if "Telegram answered" in record.message]
    assert (line.levelname, "not enough rights" in line.message) == ("WARNING", True)
    assert bot.store.subscribers.state("telegram", str(side.GROUP)) == SubscriberState.ACTIVE


def test_the_webhook_does_not_wait_for_a_slow_telegram(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot
) -> None:
    telegram.faults.append(Fault(delay=2))
    started = time.monotonic()
    assert side.post(client, side.text(QUESTION)).status_code == 200
    assert time.monotonic() - started < 1.9
    bot.close()
    assert telegram.shown, "an answer under way is finished before the stop"


def test_a_repeated_update_is_answered_once_also_by_another_process(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot
) -> None:
    update = side.text(QUESTION)
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: side.post(client, update).status_code, range(20)))
    other = app.Bot(bot.settings)
    other.library.swap(bot.library.index())
    side.post(web_app.create_app(other).test_client(), update)
    other.close()
    assert statuses == [200] * 20
    assert len(telegram.shown) == 1


def test_answers_share_connections(client: FlaskClient, telegram: FakeTelegram) -> None:
    for _ in range(5):
        side.post(client, side.text(QUESTION))
    assert len({call.connection for call in telegram.calls}) == 1


HEADERS_THAT_URLLIB3_WARNS_OF = b"HTTP/1.1 200 OK\r\nodd header\r\nContent-Length: 0\r\n\r\n"
FAULTS = [
    Fault(drop="before"),
    Fault(raw=HEADERS_THAT_URLLIB3_WARNS_OF),
    Fault(status=401),
    Fault(status=500),
    Fault(status=400, text=f"bad {TOKEN[:3]}"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.status or fault.drop or "raw"))
def test_the_token_is_in_no_log_line_and_no_metric(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="urllib3"):
        telegram.faults.append(fault)
        ask(client, bot)
    assert telegram.calls
    told = caplog.text + client.get("/metrics").text
    for secret in (TOKEN, TOKEN.partition(":")[2], side.SECRET, QUESTION):
        assert secret not in told


def test_an_unreachable_telegram_is_tried_twice_and_the_error_names_no_url(bot: app.Bot) -> None:
    nowhere = app.load_settings(
        {"VAR_DIR": str(bot.settings.var_dir), "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": "http://127.0.0.1:9"}
    )
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"^cannot connect \(\w+\)$") as caught:
        replies(nowhere).deliver(Place(5), cards.note("題", "文"))
    assert time.monotonic() - started >= 0.5
    assert caught.value.__suppress_context__


def test_the_last_wall_hides_secrets_whoever_logs_them(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    try:
        logs.start("text", (TOKEN,))
        logging.getLogger("somebody.else").warning("GET /bot%s/getMe", TOKEN)
    finally:
        logging.captureWarnings(False)
        logging.getLogger().handlers[:] = before
    said = capsys.readouterr().err
    assert "GET /bot[hidden]/getMe" in said
    assert TOKEN not in said
