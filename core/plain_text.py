"""A reply as plain text, for platforms that refuse the card, and text cut the way each platform counts it.

Nothing here cuts a law or a countermeasure: callers see to that.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from core import links
from core.messages import Button, Item, Reply, Section

ELLIPSIS = "…"
SHORT = 300
_SENTENCE_END = re.compile(r"[。；;！？]")


def text(reply: Reply) -> str:
    """All the words of a card, line by line, links in full; buttons that only press are left out."""
    card = reply.card
    blocks = [card.notice, "\n".join(filter(None, [card.label, card.title])), card.body]
    blocks += ["\n".join(_section(section)) for section in card.sections]
    blocks.append("\n".join(card.footer))
    return links.set_off("\n\n".join(block for block in blocks if block))


def without_carried(reply: Reply) -> Reply:
    """The reply for faces whose presses can carry no text: without the sections that would need it."""
    sections = tuple(section for section in reply.card.sections if not section.carried)
    return replace(reply, card=replace(reply.card, sections=sections))


def postbacks(reply: Reply) -> tuple[Button, ...]:
    """Every button that only presses, in order, each once."""
    card = reply.card
    found = [
        button
        for section in card.sections
        for button in (*itertools.chain.from_iterable(item.buttons for item in section.items), *section.buttons)
    ]
    return tuple(dict.fromkeys(button for button in (*found, *reply.quick_replies) if button.postback))


def _section(section: Section) -> Iterator[str]:
    if not section.items:
        return
    if section.heading:
        yield f"【{section.heading}】"
    for mark, item in section.marked:
        yield from _item(item, mark)


def _item(item: Item, mark: str) -> Iterator[str]:
    if item.text:
        yield mark + item.text
    if item.detail:
        yield from (f"   {line}" for line in item.detail.splitlines())
    yield from (f"   {_address(button)}" for button in item.buttons if button.url)


def _address(button: Button) -> str:
    """In full; a telephone number stands in the words."""
    return button.label if button.url.startswith("tel:") else f"{button.label}：{button.url}"


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as LINE and Telegram count texts (an emoji is 2)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_utf16(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, never through a character."""
    if utf16_length(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    return kept.rstrip() + ELLIPSIS


def split_lines(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units each, cut between lines (a longer line is cut)."""
    parts: list[str] = []
    for line in text.split("\n"):
        line = cut_utf16(line, limit)
        if parts and utf16_length(parts[-1]) + 1 + utf16_length(line) <= limit:
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return parts


def shorten(text: str, limit: int = SHORT) -> str:
    """At most about `limit` characters, cut behind a sentence where there is one, else between its parts."""
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit)]
    if ends and ends[-1] > limit // 3:
        return text[: ends[-1]]
    comma = text.rfind("，", limit // 3, limit - 1)
    return text[: comma if comma > 0 else limit - 1] + "…"
