"""Reply -> coloured text for a terminal, each line at most `width` columns (a Chinese character takes two)."""

import unicodedata
from collections.abc import Iterator

import click

from commands.common import PROGRAM
from core import plain_text
from core.in_private import typed
from core.messages import Button, Item, Reply, Section

INDENT = 3
ASK = f"{PROGRAM} ask"


def text(reply: Reply, width: int = 78) -> str:
    """The card as lines; click strips the colours where the output is no terminal."""
    card = plain_text.without_carried(reply).card
    lines = [click.style(line, fg="yellow") for line in _wrap(card.notice, width)] + [""] * bool(card.notice)
    if card.label:
        lines.append(click.style(card.label, dim=True))
    lines += [click.style(line, bold=True) for line in _wrap(card.title, width)]
    lines += ["", *_wrap(card.body, width)] if card.body else []
    for section in card.sections:
        lines += _section(section, width)
    lines += ["", *(click.style(line, dim=True) for said in card.footer for line in _wrap(said, width))]
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section, width: int) -> Iterator[str]:
    presses = [button for button in section.buttons if _command(button)]
    if not section.items and not presses:
        return
    yield ""
    if section.heading:
        yield click.style(section.heading, fg="cyan", bold=True)
    for mark, item in section.marked:
        yield from _item(item, mark, width)
    for button in presses:
        yield f"  • {button.label}"
        yield click.style(f"    {ASK} {_command(button)}", dim=True)


def _item(item: Item, mark: str, width: int) -> Iterator[str]:
    mark = mark.ljust(INDENT)
    for line in _wrap(item.text, width - INDENT):
        yield mark + line
        mark = " " * INDENT
    for line in item.detail.splitlines():
        yield from (click.style(" " * INDENT + part, dim=True) for part in _wrap(line, width - INDENT))
    for button in item.buttons:
        yield " " * INDENT + _target(button)


def _target(button: Button) -> str:
    """Where it leads: a number to call, an address, or what is typed."""
    if button.url.startswith("tel:"):
        return click.style(button.label, fg="blue")
    return click.style(button.url or f"{ASK} {_command(button)}", fg="blue", underline=bool(button.url))


def _command(button: Button) -> str:
    """What a person types in a terminal, as one word, instead of pressing; nothing for what has no use there."""
    return typed(button.postback).replace(" ", "")


def _wrap(text: str, width: int) -> list[str]:
    lines, line, used = [], "", 0
    for character in text:
        columns = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if character == "\n" or used + columns > width:
            lines.append(line)
            line, used = "", 0
        if character != "\n":
            line, used = line + character, used + columns
    return [*lines, line] if line else lines
