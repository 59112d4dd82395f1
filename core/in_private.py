"""From a group into the private chat: buttons as links that open it there, and the words that open the same by hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from core import words
from core.messages import Button, Item, Reply, Section

Link = Callable[[str], str]
"""The address that opens the private chat at what a postback opens, "" where there is none."""


def typed(postback: str) -> str:
    """What a person types instead of pressing a button; "" for what no words open."""
    verb, _, argument = postback.partition(":")
    forms = {
        "case": f"案例 {argument}",
        "happened": f"案例 {argument} {words.HAPPENED_WORD}",
        "guide": f"{words.GUIDE_WORD} {argument}",
        "menu": f"選單 {argument}",
        "guides": f"{words.GUIDES} {argument}",
        "help": "說明",
    }
    return forms.get(verb, "").strip()


def linked(reply: Reply, link: Link, alone: str = "") -> Reply:
    """The reply as a group gets it: private buttons are links.

    Where there is no link the button's label stands as words, and a line says how to reach the bot. `alone` goes
    before the data of buttons for the presser alone; without it they are left out.
    """
    card = reply.card
    sections = tuple(section for each in card.sections if (section := _linked(each, link, alone)) != Section())
    without = any(not link(button.postback) for button in _private(card.sections))
    footer = (words.NO_LINK, *card.footer) if without else card.footer
    return replace(reply, card=replace(card, sections=sections, footer=footer))


def _private(sections: tuple[Section, ...]) -> Iterator[Button]:
    return (button for section in sections for button in section.buttons if button.audience == "private")


def _linked(section: Section, link: Link, alone: str) -> Section:
    items, buttons = list(section.items), []
    for button in section.buttons:
        if button.audience == "chat":
            buttons.append(button)
        elif button.audience == "private" and (url := link(button.postback)):
            buttons.append(Button(button.label, url=url))
        elif button.audience == "private":
            items.append(Item(button.label))
        elif alone:
            buttons.append(Button(button.label, postback=alone + button.postback))
    return replace(section, items=tuple(items), buttons=tuple(buttons))
