"""What platforms refuse of what is sent to them: limits and forms, each broken one as a sentence.

Sources: LINE Messaging API reference (message objects, Flex, actions, quick replies) and Telegram Bot API (sendMessage,
HTML style, InlineKeyboardButton, answerCallbackQuery), as handlers/*/render.py name them.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import regex

from tests.support.wire import Call

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"(https?://|tel:|line://)[!-~]+")
_TAG = re.compile(r"<(/?)(b|i|a|blockquote)((?: expandable| href=\"[^\"<>]*\")?)>|[<>]|&(?!(?:lt|gt|amp|quot|#x27);)")


def broken_by_line(call: Call) -> list[str]:
    """What is wrong with a reply call."""
    return broken_in_line_messages(call.body["messages"])


def broken_in_line_messages(messages: list[dict[str, Any]]) -> list[str]:
    found = [f"{len(messages)} messages"] if not 1 <= len(messages) <= 5 else []
    return found + [said for message in messages for said in (*_message(message), *_halves(message))]


def broken_by_telegram(call: Call) -> list[str]:
    """What is wrong with a message or the answer to a press; other calls carry no words."""
    if call.method == "answerCallbackQuery":
        toast = call.body.get("text", "")
        return [*_length("toast", toast, 0, 200), *_halves(toast)]
    return broken_in_telegram_message(call.body) if call.method == "sendMessage" else []


def broken_in_telegram_message(body: dict[str, Any]) -> list[str]:
    shown, wrong = _shown(body["text"]) if body.get("parse_mode") == "HTML" else (body["text"], [])
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    wrong += [f"a row of {len(row)} buttons" for row in rows if len(row) > 8]
    wrong += [said for row in rows for button in row for said in _key(button)]
    return [*_length("text", shown, 1, 4096), *wrong, *_halves([body["text"], rows])]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _length(what: str, text: str, least: int, most: int) -> Iterator[str]:
    if not least <= _units(text.strip() if least else text) <= most:
        yield f"{what} of {_units(text)} characters: {text[:40]!r}"


def _halves(value: Any) -> Iterator[str]:
    """Half a surrogate pair is no text of UTF-8."""
    if _LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        yield "half a surrogate pair"


# LINE


def _message(message: dict[str, Any]) -> Iterator[str]:
    if message["type"] == "text":
        yield from _length("text", message["text"], 1, 5000)
    else:
        yield from _length("altText", message["altText"], 1, 1500)
        size = len(json.dumps(message["contents"]))
        yield from [f"a bubble of {size} bytes"] * (size > 30 * 1024)
        for part in _parts(message["contents"]):
            yield from _part(part)
    items = (message.get("quickReply") or {}).get("items") or []
    yield from [f"{len(items)} quick replies"] * (len(items) > 13)
    for item in items:
        yield from _action(item["action"], 20)


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _parts(inner)


def _part(part: dict[str, Any]) -> Iterator[str]:
    if part.get("type") == "text" and not part.get("contents"):
        yield from _length("words", part.get("text", ""), 1, 30 * 1024)
    if part.get("type") in ("postback", "uri"):
        yield from _action(part, 40)


def _action(action: dict[str, Any], label: int) -> Iterator[str]:
    if not 1 <= len(regex.findall(r"\X", action.get("label", ""))) <= label:
        yield f"label {action.get('label')!r}"
    if action["type"] == "uri":
        if len(action["uri"]) > 1000 or not _ADDRESS.fullmatch(action["uri"]):
            yield f"address {action['uri'][:80]!r}"
    else:
        yield from _length("data", action["data"], 1, 300)
        yield from _length("displayText", action.get("displayText", "x"), 1, 300)


# Telegram


def _shown(text: str) -> tuple[str, list[str]]:
    """The text without its markup, and what of the markup is none of Telegram's."""
    opened: list[str] = []
    wrong: list[str] = []
    for tag in _TAG.finditer(text):
        if not tag[2]:
            wrong.append(f"{tag[0]!r} is not escaped")
        elif not tag[1]:
            wrong += [f"<{tag[2]}> inside itself"] if tag[2] in opened else []
            opened.append(tag[2])
        elif not opened or opened.pop() != tag[2]:
            wrong.append(f"</{tag[2]}> closes nothing")
    wrong += [f"<{name}> stays open" for name in opened]
    return html.unescape(_TAG.sub(lambda tag: "" if tag[2] else tag[0], text)), wrong


def _key(button: dict[str, Any]) -> Iterator[str]:
    if not button["text"].strip():
        yield "a button without words"
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        yield f"callback_data {button['callback_data']!r}"
    if "url" in button and not re.fullmatch(r"(https?|tg)://[!-~]+", button["url"]):
        yield f"address {button['url'][:80]!r}"
