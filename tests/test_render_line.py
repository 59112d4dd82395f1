"""The Flex card: inside LINE's limits, and whole after the SDK, which drops keys that it does not know."""

import json
from typing import Any

from linebot.v3.messaging import ReplyMessageRequest

from core import cards, menu_cards, plain_text, words
from core.answers import Answer
from core.contact import Office
from core.messages import Reply
from handlers.line import render
from retrieval.laws import Law
from retrieval.library import Case
from retrieval.library_rows import MAX_ADVICE, MAX_ADVICE_ITEMS, MAX_ITEMS, MAX_ITEMS_TEXT, MAX_TITLE
from retrieval.search import Index
from tests.support.results import results

OFFICE = Office("政風室", "分機 1234")


def replies(index: Index) -> list[Reply]:
    cases, guides = index.library.cases, index.library.guides
    return [
        *(cards.of_case(case, OFFICE, others=cases[:2]) for case in cases),
        *(cards.of_answer(Answer("x", found, "已遮住"), 10, OFFICE) for found in results(index.library)),
        *(cards.first_aid(case, OFFICE) for case in cases),
        *(cards.of_guide(guide, OFFICE) for guide in guides),
        menu_cards.guides(guides, 1),
        menu_cards.menu(cases, 1),
        menu_cards.greeting(cases),
        menu_cards.help_card(OFFICE),
        cards.note("題", "文"),
    ]


def huge_case() -> Case:
    """As large as the library lets a case be."""
    item = "字" * (MAX_ITEMS_TEXT // MAX_ITEMS // 2)
    return Case(
        1,
        "題" * MAX_TITLE,
        "情" * 1000,
        (),
        (item,) * MAX_ITEMS,
        tuple(Law(item + str(n), ()) for n in range(MAX_ITEMS)),
        advice=("話" * (MAX_ADVICE // MAX_ADVICE_ITEMS),) * MAX_ADVICE_ITEMS,
    )


def walk(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from walk(item)


def test_the_sdk_passes_every_key_on(index: Index) -> None:
    for reply in replies(index):
        body = {"replyToken": "t", "messages": render.messages(reply)}
        passed_on = json.loads(json.dumps(ReplyMessageRequest.from_dict(body).to_dict()))
        assert passed_on == body | {"notificationDisabled": False}


def test_every_card_is_inside_the_limits(index: Index) -> None:
    for reply in [*replies(index), cards.of_case(huge_case(), OFFICE)]:
        (message,) = render.messages(reply)
        assert message["type"] == "flex"
        assert 0 < plain_text.utf16_length(message["altText"]) <= render.ALT_TEXT
        assert len(json.dumps(message["contents"])) <= render.BUBBLE_BYTES
        assert len(message.get("quickReply", {"items": []})["items"]) <= render.QUICK_REPLIES
        for part in walk(message):
            assert part.get("text") != ""
            if part.get("type") == "postback":
                assert 0 < len(part["label"]) <= render.BUTTON_LABEL
                assert len(part["data"]) <= 300
            if part.get("type") == "uri":
                assert part["uri"].isascii()
                assert len(part["uri"]) <= 1000


def test_the_conclusion_comes_first_and_tells_the_cases_apart(index: Index) -> None:
    texts = [render.messages(cards.of_case(case, OFFICE))[0]["altText"] for case in index.library.cases]
    assert len(set(texts)) == len(texts)
    assert all(text.startswith(case.title) for text, case in zip(texts, index.library.cases, strict=True))


def test_what_is_too_large_loses_its_explanations_then_becomes_text(index: Index) -> None:
    reply = cards.of_case(index.library.cases[4], OFFICE)
    laws = next(section for section in reply.card.sections if section.heading == words.LAWS)
    items = laws.items * 9
    section = type(laws)(words.LAWS, items)
    large = Reply(type(reply.card)(reply.card.title, "s", sections=(section,)), reply.quick_replies)
    (message,) = render.messages(large)
    shown = json.dumps(message, ensure_ascii=False)
    assert message["type"] == "flex"
    assert items[1].text in shown
    assert items[1].detail.splitlines()[0] not in shown
    enormous = Reply(type(reply.card)(reply.card.title, "s", sections=(section,) * 4), reply.quick_replies)
    assert {message["type"] for message in render.messages(enormous)} == {"text"}


def test_plain_text_holds_every_word_and_every_press(index: Index) -> None:
    for reply in replies(index):
        messages = render.plain_messages(reply)
        assert 1 <= len(messages) <= render.MESSAGES
        shown = "\n".join(message["text"] for message in messages)
        for section in reply.card.sections:
            for item in section.items:
                assert item.text in shown
        pressed = [item["action"]["data"] for item in messages[-1].get("quickReply", {"items": []})["items"]]
        assert pressed == [button.data for button in plain_text.postbacks(reply)][: render.QUICK_REPLIES]
