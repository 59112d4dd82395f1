"""Reply -> LINE messages: one Flex bubble with quick replies, or plain text where Flex cannot be.

Limits: altText 1,500 UTF-16 units, bubble 30 KB of JSON, label 20 graphemes in quick replies and 40 in
buttons, 13 quick replies, text 5,000 UTF-16 units, 5 messages a reply (LINE Messaging API reference).
LINE does not say how it counts KB; the SDK sends ASCII-escaped JSON, so that larger form is measured.
"""

import functools
import json
from collections.abc import Sequence
from typing import Any

import regex

from core import links, plain_text
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import ELLIPSIS, cut_utf16, split_lines
from handlers.wire import Json

ALT_TEXT = 1500
BUBBLE_BYTES = 30 * 1024
QUICK_REPLIES = 13
QUICK_LABEL = 20
BUTTON_LABEL = 40
TEXT = 5000
MESSAGES = 5
LINKS = 3  # side by side
OPENS = "↗"  # leaves the chat for a page

# The colours of the chat page (handlers/web/static/chat.css).
INK, SOFT, LINK, PAPER, TINT, BRAND = "#16262B", "#52656B", "#0B6378", "#FFFFFF", "#E6F1F3", "#0E5A6B"
LABEL, WARN_INK, WARN_TINT = "#CFE3E7", "#5B4300", "#FDF3D8"


def messages(reply: Reply) -> list[Json]:
    """The messages of one reply call."""
    card = reply.card
    bubble = _bubble(card, details=True)
    if _size(bubble) > BUBBLE_BYTES:
        bubble = _bubble(card, details=False)
    if _size(bubble) > BUBBLE_BYTES:
        return plain_messages(reply)
    flex = {"type": "flex", "altText": cut_utf16(reply.card.summary, ALT_TEXT), "contents": bubble}
    return [{**flex, **_quick_reply(reply.quick_replies)}]


def plain_messages(reply: Reply) -> list[Json]:
    """The same words as text messages, with every button as a quick reply."""
    parts: list[Json] = [
        {"type": "text", "text": part} for part in split_lines(plain_text.text(reply), TEXT)[:MESSAGES]
    ]
    parts[-1].update(_quick_reply(plain_text.postbacks(reply)[:QUICK_REPLIES]))
    return parts


def _size(bubble: Json) -> int:
    return len(json.dumps(bubble))


def _quick_reply(buttons: tuple[Button, ...]) -> Json:
    items = [{"type": "action", "action": _action(button, QUICK_LABEL)} for button in buttons]
    return {"quickReply": {"items": items}} if items else {}


def _action(button: Button, limit: int) -> Json:
    label = cut_label(button.label, limit)
    if button.url:
        return {"type": "uri", "label": label, "uri": button.url}
    return {"type": "postback", "label": label, "data": button.data, "displayText": button.label}


def cut_label(label: str, limit: int) -> str:
    """At most `limit` grapheme clusters, as LINE counts labels."""
    clusters = regex.findall(r"\X", label)
    return label if len(clusters) <= limit else "".join(clusters[: limit - 1]) + ELLIPSIS


def _bubble(card: Card, details: bool) -> Json:
    header = [_text(card.label, "xs", LABEL)] if card.label else []
    header.append(_text(card.title, "lg", PAPER, weight="bold"))
    body = [_notice(card.notice)] if card.notice else []
    body += [_text(card.body, "sm", INK, lineSpacing="4px", margin="md")] if card.body else []
    for section in _sections(card):
        body += (_kept if _is_of_library(section) else _section)(section, details, not body)
    body += [_text(line, "xs", SOFT, margin="md") for line in card.footer]
    bubble: Json = {"type": "bubble", "size": "mega", "header": _box(header, paddingAll="14px", backgroundColor=BRAND)}
    return bubble | ({"body": _box(body, spacing="none", paddingAll="14px")} if body else {})


def _sections(card: Card) -> list[Section]:
    """The card's, between the links of what stands above and below them, since words cannot be tapped on LINE."""
    above, below = links.buttons(card.body), links.buttons("\n".join(card.footer))
    return [
        *([Section(buttons=above)] if above else []),
        *card.sections,
        *([Section(buttons=below)] if below else []),
    ]


def _is_of_library(section: Section) -> bool:
    """Whether it looks the same on many a card and holds nothing of one asker's: no words, no vote."""
    return bool(section.items) and not section.carried


@functools.lru_cache(maxsize=1024)
def _kept(section: Section, details: bool, first: bool) -> list[Json]:
    """Drawn once; nobody changes what is drawn."""
    return _section(section, details, first)


def _section(section: Section, details: bool, first: bool) -> list[Json]:
    """LINE cannot fold, so of what is folded it shows what matters most, and a button opens the rest."""
    section = links.tappable(section)
    if section.inline:
        return [_side_by_side(section)]
    if section.folded:
        items = [_folded(item, mark) for mark, item in section.marked if item.text]
    else:
        items = [_item(item, mark, details) for mark, item in section.marked]
    heading = section.heading if items or not section.folded else ""
    found = [] if first or not heading else [_separator()]
    found += [_text(heading, "sm", BRAND, weight="bold", margin="none" if first else "md")] if heading else []
    unfold = [_link(section.unfold, margin="md")] if section.unfold else []
    return found + items + unfold + [_row(button) for button in section.buttons]


def _side_by_side(section: Section) -> Json:
    asked = [_text(section.heading, "xs", SOFT, gravity="center")] if section.heading else []
    return _box([*asked, *map(_plain_button, section.buttons)], "horizontal", spacing="sm", margin="md")


def _item(item: Item, mark: str, details: bool) -> Json:
    texts = [_text(item.detail, "xs", SOFT, margin="xs")] if item.detail and details else []
    if [button.label for button in item.buttons] == [item.text]:
        return _row(item.buttons[0], texts)
    rows = [_row(button) for button in item.buttons]
    return _box([_text(mark + item.text, "sm", INK), *texts, *rows], margin="sm")


def _folded(item: Item, mark: str) -> Json:
    """The words, and what matters most of their explanation; one link is the words, several stand side by side."""
    brief = [_text(item.brief, "xs", INK)] if item.brief else []
    if len(item.buttons) == 1:
        return _box([_link(item.buttons[0], mark + item.text, "sm"), *brief], margin="sm")
    rows = [item.buttons[at : at + LINKS] for at in range(0, len(item.buttons), LINKS)]
    beside = [_box(list(map(_link, row)), "horizontal", spacing="md") for row in rows]
    return _box([_text(mark + item.text, "sm", INK), *brief, *beside], margin="sm")


def _link(button: Button, words: str = "", size: str = "xs", **style: Any) -> Json:
    sign = OPENS if button.url else "›"
    return _text(f"{words or button.label} {sign}", size, LINK, action=_action(button, BUTTON_LABEL), **style)


def _row(button: Button, below: Sequence[Json] = ()) -> Json:
    """A button as a tappable row, since LINE's own buttons cut long labels instead of wrapping them."""
    words = f"{button.label} {OPENS}" if button.url.startswith("http") else button.label
    style = {"margin": "sm", "paddingAll": "8px", "cornerRadius": "8px", "backgroundColor": TINT}
    return _box([_text(words, "sm", LINK), *below], **style, action=_action(button, BUTTON_LABEL))


def _plain_button(button: Button) -> Json:
    return {"type": "button", "style": "secondary", "height": "sm", "action": _action(button, BUTTON_LABEL)}


def _notice(words: str) -> Json:
    return _box(
        [_text(words, "xs", WARN_INK)], paddingAll="10px", cornerRadius="8px", backgroundColor=WARN_TINT, margin="none"
    )


def _box(contents: list[Json], layout: str = "vertical", **style: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": contents, **style}


def _text(words: str, size: str, color: str, **style: Any) -> Json:
    return {"type": "text", "text": words, "size": size, "color": color, "wrap": True, **style}


def _separator() -> Json:
    return {"type": "separator", "margin": "md"}
