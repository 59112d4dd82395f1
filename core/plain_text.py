"""A reply as plain text, for the terminal and for platforms that refuse the card."""

import itertools
from collections.abc import Iterator

from core.messages import Button, Item, Reply, Section


def text(reply: Reply) -> str:
    """All the words of a card, line by line, links in full; buttons that only press are left out."""
    card = reply.card
    blocks = [card.notice, "\n".join(filter(None, [card.label, card.title])), card.body]
    blocks += ["\n".join(_section(section)) for section in card.sections]
    blocks.append("\n".join(card.footer))
    return "\n\n".join(block for block in blocks if block)


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
    for number, item in enumerate(section.items, 1):
        yield from _item(item, number)


def _item(item: Item, number: int) -> Iterator[str]:
    yield f"{number}. {item.text}"
    if item.detail:
        yield from (f"   {line}" for line in item.detail.splitlines())
    yield from (f"   {button.label}：{button.url}" for button in item.buttons if button.url)
