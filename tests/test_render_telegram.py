"""The card as Telegram's HTML: inside the limits, well formed, and the same content as LINE's."""

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import click
import pytest

from commands import terminal
from core import cards, menu_cards, plain_text, words
from core import plain_text as fit
from core.answers import Answer
from core.contact import Office
from core.messages import Button, Card, Item, Reply, Section
from handlers.line import render as line
from handlers.telegram import render as telegram
from retrieval.laws import Law
from retrieval.library import Case
from retrieval.library_rows import MAX_ADVICE, MAX_ITEMS, MAX_ITEMS_TEXT, MAX_TITLE
from retrieval.search import Index
from tests.support.results import results

OFFICE = Office("政風室 <&>", "分機 \"1\" 'x'")
TAGS = {"b", "i", "a", "blockquote"}
NASTY = "</b></blockquote><script>&amp;\"'<"


class Balanced(HTMLParser):
    """Objects to what Telegram refuses: unknown tags, wrong nesting, links that go nowhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert tag not in self.open
        assert tag != "a" or (dict(attributes)["href"] or "").startswith("https://")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def replies(index: Index) -> list[Reply]:
    cases, guides = index.library.cases, index.library.guides
    return [
        *(cards.of_case(case, OFFICE, others=cases[:2]) for case in cases),
        *(cards.of_answer(Answer("x", found, NASTY), 10, OFFICE) for found in results(index.library)),
        *(cards.first_aid(case, OFFICE) for case in cases),
        *(cards.of_guide(guide, OFFICE) for guide in guides),
        menu_cards.guides(guides, 1),
        menu_cards.menu(cases * 2, 1),
        menu_cards.greeting(cases),
        menu_cards.help_card(OFFICE),
        cards.note(NASTY, NASTY),
        cards.of_case(huge_case(), OFFICE),
    ]


def huge_case() -> Case:
    """As large as the library lets a case be, and made of what must be escaped."""
    item = "<&" * (MAX_ITEMS_TEXT // MAX_ITEMS // 4)
    laws = tuple(Law(item + str(number), ()) for number in range(MAX_ITEMS))
    return Case(1, "題" * MAX_TITLE, "😀" * 1000, (), (item,) * MAX_ITEMS, laws, advice=("<&" * (MAX_ADVICE // 2),))


def shown(message: dict[str, Any]) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", message["text"])) if "parse_mode" in message else message["text"]


def keys(message: dict[str, Any]) -> list[dict[str, str]]:
    return [key for row in message["reply_markup"]["inline_keyboard"] for key in row]


def test_every_card_is_one_message_inside_the_limits(index: Index) -> None:
    for reply in replies(index):
        (message,) = telegram.messages(reply)
        Balanced(message["text"])
        assert telegram.shown_length(message["text"]) == fit.utf16_length(shown(message)) <= telegram.TEXT
        assert all(0 < len(key["callback_data"].encode()) <= 64 for key in keys(message))
        assert all(key["text"] for key in keys(message))
        assert len(keys(message)) == len({key["callback_data"] for key in keys(message)}) <= 100


def line_texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in line_texts(item)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if value.get("type") == "text" else []
    return own + [text for item in value.values() for text in line_texts(item)]


@pytest.mark.parametrize("number", range(1, 11))
def test_every_face_says_the_same_in_the_same_order(index: Index, number: int) -> None:
    case = index.library.case(number)
    assert case
    reply = cards.of_case(case, OFFICE)
    said = [reply.card.label, reply.card.title]
    for section in reply.card.sections:
        said += (
            [section.heading, *(item.text for item in section.items)] if section.items and section.items[0].text else []
        )
    faces = {
        "LINE": "\n".join(line_texts(line.messages(reply)[0]["contents"])),
        "Telegram": shown(telegram.messages(reply)[0]),
        "plain text": plain_text.text(reply),
        "terminal": click.unstyle(terminal.text(reply, 1000)),
    }
    for face, text in faces.items():
        at = 0
        for words_of in filter(None, (*said, words.DISCLAIMER)):
            at = text.find(words_of, at)
            assert at >= 0, f"missing on {face}, or out of order: {words_of}"
            at += len(words_of)
    laws = [article.url for law in case.laws for article in law.articles if article.url]
    assert re.findall(r'"uri": "(https[^"]*)"', json.dumps(line.messages(reply))) == laws
    assert re.findall(r'href="([^"]*)"', html.unescape(telegram.messages(reply)[0]["text"])) == laws


def test_a_citation_with_one_article_is_its_link_and_several_stand_below(index: Index) -> None:
    case = index.library.case(2)
    assert case
    text = telegram.messages(cards.of_case(case, OFFICE))[0]["text"]
    assert re.search(r'1\. <a href="[^"]*flno=132">刑法第132條（洩漏國防以外秘密罪）</a>', text)
    assert re.search(r"2\. 傳染病防治法第10條及第64條第4款（[^）]*）\n<a [^>]*>第10條</a>　<a [^>]*>第64條</a>", text)


def test_the_keyboard_has_first_aid_then_others_then_the_ways_on_then_helped(index: Index) -> None:
    cases = index.library.cases
    (message,) = telegram.messages(cards.of_case(cases[0], OFFICE, others=cases[1:3]))
    rows = [[key["text"] for key in row] for row in message["reply_markup"]["inline_keyboard"]]
    assert rows == [
        [words.HAPPENED],
        [cases[1].title],
        [cases[2].title],
        [words.MENU, words.HELP],
        [words.HELPED, words.NOT_HELPED],
    ]
    assert shown(message).endswith(f"▼ {words.OTHER_CASES}／{words.DID_IT_HELP}")


def large(lead: int, detail: int, text: int) -> Reply:
    """With so much of each: the lead may go, the explanations may go, the items may not."""
    items = tuple(Item(f"{number}法" + "條" * text, "說" * detail) for number in range(10))
    return Reply(Card("題", "s", body="導" * lead, sections=(Section("法", items),)), (Button("選", postback="menu"),))


def test_what_is_too_long_loses_explanations_then_the_lead_then_its_markup() -> None:
    for reply, kept in [
        (large(100, 100, 100), "說導條"),
        (large(100, 400, 100), "導條"),
        (large(4000, 400, 100), "條"),
    ]:
        (message,) = telegram.messages(reply)
        assert {letter for letter in "說導條" if letter in message["text"]} == set(kept)
        Balanced(message["text"])
    parts = telegram.messages(large(100, 10, 1000))
    assert len(parts) > 2
    assert not any("parse_mode" in part for part in parts)
    assert all(fit.utf16_length(part["text"]) <= telegram.TEXT for part in parts)
    lines = [line for part in parts for line in part["text"].split("\n")]
    assert [line[-1000:] for line in lines if "條" in line] == ["條" * 1000] * 10, "no law is cut"
    assert [("reply_markup" in part) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_plain_text_holds_every_word_and_every_press(index: Index) -> None:
    for reply in replies(index):
        parts = telegram.plain_messages(reply)
        text = "\n".join(part["text"] for part in parts)
        kept = fit.without_carried(reply)
        assert all(item.text in text for section in kept.card.sections for item in section.items)
        assert keys(parts[-1]) == keys(telegram.messages(kept)[0])


def test_what_is_pressed_has_no_number_that_could_be_typed(index: Index) -> None:
    near = tuple(Item(case.title, "", (cards.opens(case),)) for case in index.library.cases[1:3])
    reply = Reply(Card("像哪一個？", "s", sections=(Section(items=near),)))
    for text in (shown(telegram.messages(reply)[0]), plain_text.text(reply), terminal.text(reply)):
        assert near[0].text in text
        assert not re.search(r"^\s*1\.", text, re.M), "typed, it would open case 1"
