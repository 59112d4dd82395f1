"""A new channel is a folder's worth of code and one registry entry: here it lives in this file, and all of it works."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Blueprint, request

import app
import web_app
from broadcasts import words
from broadcasts.sender import PreparedMessage
from commands.subscribers import subscribers
from config import ChannelSettings, setting
from core import plain_text
from core.conversation import Conversation
from core.messages import ChannelSpec, Incoming, Reply, TurnOutcome
from handlers.channel import Channel, Here
from handlers.event_pool import EventPool, Job
from handlers.registry import CHANNELS
from office.facts import Fact
from retrieval.search import Index
from settings.types import as_ids, as_text
from tests.support.waiting import wait_for

ADMIN, PERSON = "p1", "p2"


def read_address(text: str) -> str | None:
    return text if text.startswith("p") else None


@dataclass(frozen=True)
class PagerSettings(ChannelSettings):
    pager_token: str | None = setting(as_text, None, "turns the pager on", secret=True)
    admin_pager_ids: tuple[str, ...] = setting(as_ids(read_address, "p1"), "", "who may send tips from a pager")


SPEC = ChannelSpec(
    name="pager",
    title="呼叫器",
    needs=("PAGER_TOKEN",),
    token_setting="PAGER_TOKEN",
    admin_setting="ADMIN_PAGER_IDS",
    read_address=read_address,
    address_form=" p 加上號碼",
    batch_size=2,
    has_retry_keys=True,
)


class PagerSender:
    """Keeps what would have been sent; a retry key is sent once."""

    spec = SPEC

    def __init__(self, _: PagerSettings) -> None:
        self.sent: list[tuple[str, str]] = []
        self._keys: set[str] = set()

    def prepare(self, reply: Reply) -> PreparedMessage:
        text = plain_text.text(reply)

        def send(addresses: Sequence[str], key: str) -> None:
            if not key or key not in self._keys:
                self._keys.add(key)
                self.sent.extend((address, text) for address in addresses)

        return send

    def warm(self) -> None:
        pass

    def remaining_quota(self) -> int | None:
        return None

    def webhook(self, conversation: Conversation, pool: EventPool) -> "PagerWebhook":
        return PagerWebhook(self, conversation, pool)

    def look_over(self, here: Here) -> Iterator[Fact]:
        yield Fact("呼叫器", f"訂閱的有 {here.people} 人")


class PagerWebhook:
    def __init__(self, sender: PagerSender, conversation: Conversation, pool: EventPool) -> None:
        self.blueprint = Blueprint("pager", __name__)
        self.blueprint.post("/webhook/pager")(self.webhook)
        self._sender, self._conversation, self._pool = sender, conversation, pool

    def webhook(self) -> str:
        sent = json.loads(request.get_data())
        self._pool.run([Job(lambda: self._take(sent["from"], sent["text"]))])
        return ""

    def _take(self, address: str, text: str) -> None:
        turn = self._conversation.handle(Incoming("text", "pager", address, text))
        if turn and turn.reply:
            self._sender.prepare(turn.reply)([address], "")
            turn.finish(TurnOutcome())

    def register(self, url: str) -> str:
        return f"呼叫器：{url}"

    def poll(self, stopping: threading.Event) -> None: ...


PAGER = Channel(SPEC, PagerSettings, PagerSender)


@pytest.fixture
def bot(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[app.Bot]:
    monkeypatch.setitem(CHANNELS, "pager", PAGER)
    settings = app.load_settings({"VAR_DIR": str(tmp_path), "PAGER_TOKEN": "secret-token", "ADMIN_PAGER_IDS": ADMIN})
    bot = app.Bot(settings)
    bot.store.migrate()
    bot.library.swap(index)
    yield bot
    bot.close()


@pytest.fixture
def sent(bot: app.Bot) -> list[tuple[str, str]]:
    sender = bot.senders["pager"]
    assert isinstance(sender, PagerSender)
    return sender.sent


def say(bot: app.Bot, text: str, address: str = PERSON) -> None:
    body = json.dumps({"from": address, "text": text})
    assert web_app.create_app(bot).test_client().post("/webhook/pager", data=body).status_code == 200


def press(bot: app.Bot, label: str, reply: Reply) -> Reply:
    data = next(button.postback for button in plain_text.postbacks(reply) if button.label == label)
    turn = bot.conversation.handle(Incoming("postback", "pager", ADMIN, data))
    assert turn
    assert turn.reply
    return turn.reply


def test_it_answers(bot: app.Bot, sent: list[tuple[str, str]]) -> None:
    say(bot, "可以把確診名單傳給家人嗎")
    assert sent[0][0] == PERSON
    assert "第 2 案" in sent[0][1]


def test_it_is_off_without_its_settings(bot: app.Bot, tmp_path: Path) -> None:
    off = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path)}))
    assert web_app.create_app(off).test_client().post("/webhook/pager").status_code == 404
    off.close()


def test_its_secret_is_known_as_one(bot: app.Bot) -> None:
    assert "secret-token" in bot.settings.secrets


def test_its_people_go_out_and_in(
    bot: app.Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    sheet = tmp_path / "people.csv"
    sheet.write_text("channel,address\npager,p2\npager,p7\n")
    subscribers(["import", str(sheet)], standalone_mode=False)
    sheet.unlink()
    subscribers(["export", str(sheet)], standalone_mode=False)
    assert sheet.read_text("utf-8-sig").split() == ["channel,address", "pager,p2", "pager,p7"]
    sheet.write_text("channel,address\npager,x\n")
    with pytest.raises(Exception, match="呼叫器 的 address 應為"):
        subscribers(["import", str(sheet)], standalone_mode=False)


def test_a_tip_goes_out_is_paused_and_goes_on(bot: app.Bot, sent: list[tuple[str, str]]) -> None:
    for address in ("p2", "p3", "p4"):
        bot.store.subscribers.follow("pager", address)
    asked = bot.conversation.handle(Incoming("text", "pager", ADMIN, "推播"))
    assert asked
    assert asked.reply
    assert "呼叫器 3 人" in plain_text.text(asked.reply)
    sending = press(bot, words.CONFIRM, asked.reply)
    paused = press(bot, words.PAUSE, sending)
    assert words.PAUSED_BY_ADMIN in plain_text.text(paused)
    press(bot, words.RESUME, paused)
    bot.start_worker()
    wait_for(lambda: {address for address, _ in sent} >= {"p2", "p3", "p4", ADMIN})
    told = [text for address, text in sent if address == ADMIN]
    assert words.TALLY.format(sent=3, failed=0, unknown=0, pending=0) in told[0]
    assert sorted(address for address, _ in sent) == [ADMIN, "p2", "p3", "p4"], "each once"


def test_its_admins_are_named(bot: app.Bot, sent: list[tuple[str, str]]) -> None:
    say(bot, "我的編號", "p9")
    assert "ADMIN_PAGER_IDS" in sent[0][1]
    web = bot.conversation.handle(Incoming("text", "web", text="我的編號"))
    assert web
    assert web.reply
    assert "呼叫器" in plain_text.text(web.reply), "where one can ask for it"
