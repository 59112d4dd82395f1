"""Reply -> Telegram messages: HTML with an inline keyboard, or plain text where the markup is refused.

Limits: text 4,096 UTF-16 units after entity parsing (Bot API, sendMessage);
a button's postback is at most 64 bytes by the contract of core.messages.Button. What a button carries does not fit in
there: it is shown as the message's only plain quotation, and events.py reads it back.
"""

import html
import re
from collections.abc import Iterator

from core import links, plain_text
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import split_lines, utf16_length
from handlers.wire import Json

TEXT = 4096
TEL = "tel:"
_TAG = re.compile(r"<[^>]*>")


def messages(reply: Reply) -> list[Json]:
    """One message; what is too long loses its explanations, then its body, and goes as plain text in the end."""
    for details, body in ((True, True), (False, True), (False, False)):
        text = _text(reply.card, details, body)
        if shown_length(text) <= TEXT:
            return [{**_message(text), "parse_mode": "HTML", **_keyboard(reply)}]
    return plain_messages(reply)


def plain_messages(reply: Reply) -> list[Json]:
    """The same words without markup, the keyboard under the last message; what would carry text is left out.

    So are buttons that are links: one that Telegram does not like, a host of the intranet, say, is refused with the
    message, and the words hold the address anyhow.
    """
    reply = plain_text.without_carried(reply)
    parts = [_message(part) for part in split_lines(plain_text.text(reply), TEXT)]
    parts[-1].update(_keyboard(reply, links=False))
    return parts


def shown_length(text: str) -> int:
    """What counts against the limit: the text without its tags, entities read."""
    return utf16_length(html.unescape(_TAG.sub("", text)))


def _message(text: str) -> Json:
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _text(card: Card, details: bool, body: bool) -> str:
    blocks = [
        "\n".join(filter(None, [_safe(card.label), _bold(card.title)])),
        f"<i>{_safe(card.notice)}</i>" if card.notice else "",
        _words(card.body) if body else "",
        *("\n".join(_section(section, details)) for section in card.sections if section.items),
        "\n".join(map(_words, card.footer)),
        _below(card),
    ]
    return "\n\n".join(filter(None, blocks))


def _section(section: Section, details: bool) -> Iterator[str]:
    if not details and not any(item.text for item in section.items):
        return
    if section.heading:
        yield _bold(section.heading)
    for mark, item in section.marked:
        if item.text in section.carried:
            yield f"<blockquote>{_safe(item.text)}</blockquote>\n<i>{_safe(item.detail)}</i>"
            continue
        if item.text:
            yield mark + _item(item)
        if item.detail and details:
            yield f"<blockquote expandable>{_words(item.detail)}</blockquote>"


def _item(item: Item) -> str:
    """With one link the words are the link; with several each stands under the words.

    Telegram knows no tel: links, but makes a number tappable that is written with its country code.
    """
    numbers = [_number(button) for button in item.buttons if button.url.startswith(TEL)]
    opened = [button for button in item.buttons if button.url and not button.url.startswith(TEL)]
    if len(opened) == 1 and not numbers and not links.found(item.text):
        return _link(item.text, opened[0].url)
    links_below = "　".join(_link(button.label, button.url) for button in opened)
    return "\n".join(filter(None, [_words(item.text), *numbers, links_below]))


def _number(button: Button) -> str:
    dialled, _, _ = button.url.removeprefix(TEL).partition(",")
    return _safe(f"{button.label}（直撥 {dialled}）" if dialled.startswith("+") else button.label)


def _below(card: Card) -> str:
    """What the buttons under the message are for, in their order."""
    headings = [section.heading for section in card.sections if section.heading and not section.items]
    return _safe("▼ " + "／".join(headings)) if headings else ""


def _keyboard(reply: Reply, links: bool = True) -> Json:
    rows = [row for row in _rows(reply, links) if row]
    return {"reply_markup": {"inline_keyboard": [[_key(button) for button in row] for row in rows]}} if rows else {}


def _key(button: Button) -> Json:
    return {"text": button.label, **({"url": button.url} if button.url else {"callback_data": button.postback})}


def _rows(reply: Reply, links: bool) -> Iterator[list[Button]]:
    """The card's buttons, then the ways on; last, side by side, what closes a card."""
    sections = reply.card.sections
    for section in sections:
        yield from ([button] for button in _presses(section, reply, links) if not section.inline)
    yield list(reply.quick_replies)
    yield from (_presses(section, reply, links) for section in sections if section.inline)


def _presses(section: Section, reply: Reply, links: bool) -> list[Button]:
    """Links of an item stand in its words, and the ways on in a row of their own."""
    found = [button for item in section.items for button in item.buttons if button.postback]
    found += [button for button in section.buttons if button.postback or links]
    return [button for button in found if button not in reply.quick_replies]


def _link(words: str, url: str) -> str:
    return f'<a href="{_safe(url)}">{_safe(words)}</a>'


def _words(text: str) -> str:
    """Telegram finds addresses by itself, but takes the Chinese behind them along; numbers it is left to find."""
    return "".join(
        _link(piece.words, piece.url) if piece.is_address else _safe(piece.words) for piece in links.split(text)
    )


def _bold(words: str) -> str:
    return f"<b>{_safe(words)}</b>"


def _safe(words: str) -> str:
    return html.escape(words)
