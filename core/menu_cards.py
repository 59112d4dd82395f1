"""The lists one chooses from, the greeting and the help, as Cards."""

from collections.abc import Sequence
from dataclasses import replace

from core import words
from core.cards import GUIDES, HELP, MENU, QUICK_REPLIES, STOP, SUBSCRIBE, opens
from core.contact import Office
from core.messages import Button, Card, Item, Reply, Section
from retrieval.library import Case, Entry, Guide

MENU_PAGE_SIZE = 10


def menu(cases: tuple[Case, ...], page: int, title: str = words.MENU_TITLE, body: str = words.MENU_BODY) -> Reply:
    """All cases, a page of them at a time, and the way to the guides."""
    return _list(cases, page, "menu", (title, body), GUIDES)


def guides(known: tuple[Guide, ...], page: int) -> Reply:
    """All guides, a page of them at a time."""
    return _list(
        known, page, "guides", (words.GUIDES_TITLE, words.GUIDES_BODY if known else words.NO_GUIDES_BODY), MENU
    )


def _list(entries: Sequence[Entry], page: int, verb: str, said: tuple[str, str], beside: Button) -> Reply:
    """Entries to open, a page of them at a time; a page that does not exist is the first."""
    title, body = said
    pages = max(1, -(-len(entries) // MENU_PAGE_SIZE))
    page = page if 1 <= page <= pages else 1
    buttons = tuple(map(opens, entries[(page - 1) * MENU_PAGE_SIZE : page * MENU_PAGE_SIZE]))
    if pages > 1:
        label, following = (words.FIRST_PAGE, 1) if page == pages else (words.NEXT_PAGE, page + 1)
        buttons += (Button(label, postback=f"{verb}:{following}"),)
    heading = words.MENU_PAGE.format(page=page, pages=pages) if pages > 1 else ""
    sections = (Section(heading, buttons=buttons), Section(buttons=(beside,)))
    return Reply(Card(title, f"{title}。{body}", body=body, sections=sections), (HELP,))


def greeting(cases: tuple[Case, ...], standing: str = "") -> Reply:
    """Hello, the menu, and whether tips will come: `standing`, one of words.TIPS_IN_GREETING where it is known."""
    card = menu(cases, 1, words.GREETING_TITLE, words.GREETING_BODY).card
    tips = filter(None, [words.TIPS_IN_GREETING.get(standing)])
    return Reply(replace(card, footer=(*tips, words.PRIVACY)), (*QUICK_REPLIES, *change_of(standing)))


def change_of(standing: str) -> tuple[Button, ...]:
    """The way to change whether tips come."""
    return {"active": (STOP,), "stopped": (SUBSCRIBE,), "never": (SUBSCRIBE,)}.get(standing, ())


def help_card(office: Office) -> Reply:
    """How to use the bot."""
    items = tuple(Item(text) for text in words.HELP_ITEMS)
    card = Card(
        words.HELP_TITLE,
        f"{words.HELP_TITLE}：{words.HELP_ITEMS[0]}",
        sections=(Section(words.HELP_HEADING, items), Section(buttons=(MENU,)), office.section),
        footer=(words.DISCLAIMER,),
    )
    return Reply(card, (MENU,))
