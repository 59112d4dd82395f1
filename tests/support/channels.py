"""A person on each channel of the bot: says things, presses things, reads what is shown.

A new channel joins the contract suite (test_channels.py) by a class here and a line in CHATS.
"""

import html
import re
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple, Protocol

import app
import web_app
from commands import terminal
from core.messages import Incoming
from handlers.telegram.channel import TELEGRAM
from tests.support import line_events, telegram_updates
from tests.support.fake_line import FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram


class Seen(NamedTuple):
    """What one answer shows: its words, what can be pressed (by label), and its links in order."""

    words: str
    presses: dict[str, str]
    links: list[str]


class Chat(Protocol):
    def say(self, words: str) -> Seen: ...

    def press(self, data: str) -> Seen: ...


class LineChat:
    def __init__(self, bot: app.Bot, line: FakeLine) -> None:
        self.client, self.line = web_app.create_app(bot).test_client(), line

    def say(self, words: str) -> Seen:
        return self._seen(line_events.text(words))

    def press(self, data: str) -> Seen:
        return self._seen(line_events.event("postback", postback={"data": data}))

    def _seen(self, event: dict[str, Any]) -> Seen:
        count = len(self.line.calls)
        line_events.post(self.client, event)
        messages = self.line.wait(count + 1)[-1].body["messages"]
        parts = list(_walk(messages))
        actions = [part["action"] for part in parts if isinstance(part.get("action"), dict)]
        return Seen(
            "\n".join(part["text"] for part in parts if part.get("type") == "text"),
            {action["label"]: action["data"] for action in actions if action["type"] == "postback"},
            [action["uri"] for action in actions if action["type"] == "uri"],
        )


class WebChat:
    def __init__(self, bot: app.Bot, _: FakeLine) -> None:
        self.client = web_app.create_app(bot).test_client()

    def say(self, words: str) -> Seen:
        return self._seen({"text": words})

    def press(self, data: str) -> Seen:
        return self._seen({"press": data})

    def _seen(self, sent: dict[str, str]) -> Seen:
        answer = self.client.post("/api/chat", json=sent).get_json()
        text = answer["html"]
        presses = re.findall(r'<button[^>]*value="([^"]*)"[^>]*>(.*?)(?:<small>.*?)?</button>', text, re.S)
        links = [html.unescape(url) for url in re.findall(r'href="(https:[^"]*)"', text)]
        words = html.unescape(re.sub(r"<[^>]+>", "\n", text))
        return Seen(words, {html.unescape(label): html.unescape(data) for data, label in presses}, links)


class TerminalChat:
    """A person in a terminal presses by typing the command that is shown."""

    def __init__(self, bot: app.Bot, _: FakeLine) -> None:
        self.conversation = bot.conversation

    def say(self, words: str) -> Seen:
        turn = self.conversation.handle(Incoming("text", "terminal", text=words))
        assert turn is not None
        assert turn.reply is not None
        lines = terminal.text(turn.reply, width=10_000).splitlines()
        plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in lines]
        pairs = zip(plain, plain[1:], strict=False)
        asked = f"{terminal.ASK} "
        presses = {label.lstrip("• "): line.removeprefix(asked) for label, line in pairs if line.startswith(asked)}
        return Seen("\n".join(plain), presses, [line for line in plain if line.startswith("https:")])

    press = say


class TelegramChat:
    def __init__(self, bot: app.Bot, _: FakeLine) -> None:
        self.telegram = _telegram()
        settings = replace(
            bot.settings.channels["telegram"],
            telegram_bot_token=TOKEN,
            telegram_webhook_secret=telegram_updates.SECRET,
            telegram_api_base=self.telegram.base,
        )
        webhook = TELEGRAM.connect(settings).webhook(bot.conversation, bot.pool)
        bot.settings = replace(bot.settings, channels={**bot.settings.channels, "telegram": settings})
        self.client = web_app.create_app(bot, {"telegram": webhook}).test_client()

    def say(self, words: str) -> Seen:
        return self._seen(telegram_updates.text(words))

    def press(self, data: str) -> Seen:
        return self._seen(telegram_updates.press(data))

    def _seen(self, update: dict[str, Any]) -> Seen:
        count = len(self.telegram.shown)
        telegram_updates.post(self.client, update)
        shown = self.telegram.wait(count + 1)[count]
        keys = [key for row in shown["reply_markup"]["inline_keyboard"] for key in row]
        links = [html.unescape(url) for url in re.findall(r'<a href="([^"]*)"', shown["text"])]
        words = html.unescape(re.sub(r"<[^>]+>", "", shown["text"]))
        return Seen(words, {key["text"]: key["callback_data"] for key in keys}, links)


@cache
def _telegram() -> FakeTelegram:
    """One for all tests: a chat is not told when its test ends."""
    return FakeTelegram()


CHATS: dict[str, type[Any]] = {"line": LineChat, "telegram": TelegramChat, "web": WebChat, "terminal": TerminalChat}


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item)
