"""A question that fits no case, handed over by its asker: shown as it is kept, kept by that press alone."""

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

import app
import web_app
from commands import terminal
from core import handover, plain_text, words
from core.conversation import Conversation
from core.messages import CARRY, Button, Incoming, Reply, pressed
from handlers.line import render
from tests.support import line_events, telegram_updates
from tests.support.channels import TelegramChat
from tests.support.chat_page import post_form
from tests.support.fake_line import FakeLine
from tests.support.memory import TODAY, Memory
from tests.support.wire import Fault

UNKNOWN = '今天晚餐\n 吃什麼😀 A123456789 可以 <b>嗎</b> & "他"'
KEPT = '今天晚餐 吃什麼😀 ［身分證字號］ 可以 <b>嗎</b> & "他"'


def answer(talk: Conversation, incoming: Incoming) -> Reply:
    turn = talk.handle(incoming)
    assert turn
    assert turn.reply
    return turn.reply


def say(talk: Conversation, text: str) -> Reply:
    return answer(talk, Incoming("text", "web", text=text))


def press(talk: Conversation, carried: str) -> Reply:
    return answer(talk, Incoming("postback", "web", text="handover", carried=carried))


def offered(reply: Reply) -> list[Button]:
    return [button for button in plain_text.postbacks(reply) if button.carry]


def kept(bot: app.Bot) -> list[str]:
    return [question.text for question in bot.store.missed_questions.waiting(100)]


def test_what_is_shown_is_what_is_kept_and_only_the_press_keeps_it(talk: Conversation, memory: Memory) -> None:
    reply = say(talk, UNKNOWN)
    (section,) = [section for section in reply.card.sections if section.heading == words.HANDOVER_HEADING]
    assert [item.text for item in section.items] == [KEPT]
    assert [(button.label, button.carry) for button in section.buttons] == [(words.HANDOVER, KEPT)]
    assert not memory.calls
    thanks = press(talk, section.buttons[0].carry)
    assert memory.calls == [("keep", KEPT, TODAY)]
    assert thanks.card.title == words.HANDED_OVER_TITLE
    assert "90 天" in thanks.card.body
    assert thanks.card.sections == (talk.office.section,)
    assert "政風室：分機 1234" in talk.office.section.items[0].text


@pytest.mark.parametrize(
    "text", ["可以把確診名單傳給家人嗎", "洩密罪判多久", "😀" * 50, "不想活了，晚餐吃什麼", "選單"]
)
def test_nothing_is_offered_where_there_is_an_answer_or_no_question(talk: Conversation, text: str) -> None:
    assert not offered(say(talk, text))


@pytest.mark.parametrize("carried", ["", " \n", "。。。", "\u200b", "不想活了"])
def test_a_press_that_brings_nothing_keeps_nothing_and_says_so(
    talk: Conversation, memory: Memory, carried: str
) -> None:
    assert press(talk, carried).card.body == words.HANDOVER_LOST_BODY
    assert not memory.calls


def test_what_comes_back_is_masked_again(talk: Conversation, memory: Memory) -> None:
    press(talk, "打 0912-345-678\n找他" + "長" * 500)
    (_, text, _) = memory.calls[0]
    assert text == "打 ［電話號碼］ 找他" + "長" * (CARRY - 12) + "…"


@given(some.text())
def test_the_kept_form_is_one_short_line_and_its_own_kept_form(text: str) -> None:
    once = handover.kept_form(text)
    assert handover.kept_form(once) == once
    assert plain_text.utf16_length(once) <= CARRY
    assert "\n" not in once


def test_a_cut_that_leaves_a_number_is_masked_too() -> None:
    long_number = "字" * (CARRY - 11) + "091234567890"
    assert handover.kept_form(long_number) == "字" * (CARRY - 11) + "［電話號碼］…"


def test_a_store_that_is_down_or_a_full_day_gets_a_kind_no(
    talk: Conversation, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    memory.broken = True
    assert press(talk, "晚餐").card.body == words.HANDOVER_FAILED_BODY
    assert "store" in caplog.text
    assert "晚餐" not in caplog.text
    memory.broken = False
    for number in range(handover.MOST_A_DAY):
        assert press(talk, f"晚餐{number}").card.title == words.HANDED_OVER_TITLE
    assert press(talk, "晚餐").card.body == words.HANDOVER_FULL_BODY


def test_a_terminal_has_nothing_to_press(talk: Conversation) -> None:
    shown = terminal.text(say(talk, UNKNOWN))
    assert words.NONE_TITLE in shown
    assert words.HANDOVER_HEADING not in shown


def actions(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in actions(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") == "postback" else []
    return own + [found for item in value.values() for found in actions(item)]


def handing_over(messages: Any) -> str:
    (action,) = [action for action in actions(messages) if action["data"].startswith("handover")]
    assert plain_text.utf16_length(action["data"]) <= 300
    return str(action["data"])


@pytest.mark.parametrize("refused", [False, True], ids=["card", "plain"])
def test_line_carries_the_text_in_the_button(bot: app.Bot, line: FakeLine, refused: bool) -> None:
    client = web_app.create_app(bot).test_client()
    if refused:
        line.faults.append(Fault(400, "A message (messages[0]) in the request body is invalid"))
    line_events.post(client, line_events.text(UNKNOWN))
    messages = line.wait(2 if refused else 1)[-1].body["messages"]
    assert KEPT in (messages[0]["text"] if refused else json.dumps(messages, ensure_ascii=False).replace('\\"', '"'))
    tap = {"postback": {"data": handing_over(messages)}}
    assert not kept(bot)
    for _ in range(2):
        count = len(line.calls)
        line_events.post(client, line_events.event("postback", **tap))
        thanks = line.wait(count + 1)[-1].body["messages"]
        assert words.HANDED_OVER_TITLE in json.dumps(thanks, ensure_ascii=False)
    assert kept(bot) == [KEPT], "a second tap keeps nothing twice"


@pytest.mark.parametrize("question", ["長" * 3000, "😀問" * 500, "👩‍👩‍👧‍👦問" * 100, "é" * 400])
def test_however_long_the_question_is_the_buttons_stay_inside_lines_limits(talk: Conversation, question: str) -> None:
    reply = say(talk, question)
    for messages in (render.messages(reply), render.plain_messages(reply)):
        assert pressed(handing_over(messages)) == ("handover", offered(reply)[0].carry)


def test_telegram_reads_the_text_back_from_the_bots_own_message(bot: app.Bot, line: FakeLine) -> None:
    chat = TelegramChat(bot, line)
    count = len(chat.telegram.shown)
    telegram_updates.post(chat.client, telegram_updates.text(UNKNOWN))
    sent = chat.telegram.wait(count + 1)[count]
    under = telegram_updates.as_shown(sent)
    assert under["text"].count(KEPT) == 1
    assert not kept(bot)
    for number in range(2):
        telegram_updates.post(chat.client, telegram_updates.press("handover", under))
        assert words.HANDED_OVER_TITLE in chat.telegram.wait(count + 2 + number)[-1]["text"]
    assert kept(bot) == [KEPT]


def quoted(text: str, **entity: Any) -> dict[str, Any]:
    return telegram_updates.message(text=text, entities=[{"type": "blockquote", **entity}])


LOST = {
    "inaccessible": {"message_id": 1, "date": 0, "chat": telegram_updates.chat(telegram_updates.PERSON)},
    "none": None,
    "without entities": telegram_updates.message(text="晚餐"),
    "an explanation": telegram_updates.message(
        text="晚餐", entities=[{"type": "expandable_blockquote", "offset": 0, "length": 2}]
    ),
    "places of nonsense": quoted("晚餐", offset=-1, length="2"),
    "behind the end": quoted("晚餐", offset=5, length=2),
    "entities of nonsense": telegram_updates.message(text="晚餐", entities=["blockquote", None, {}]),
}


@pytest.mark.parametrize("name", LOST)
def test_a_message_that_telegram_no_longer_brings_is_asked_for_again(bot: app.Bot, line: FakeLine, name: str) -> None:
    chat = TelegramChat(bot, line)
    count = len(chat.telegram.shown)
    telegram_updates.post(chat.client, telegram_updates.press("handover", LOST[name]))
    assert "請再問一次" in chat.telegram.wait(count + 1)[count]["text"]
    assert not kept(bot)


def page_button(page: str) -> str:
    (found,) = re.findall(r'value="(handover[^"]*)"', page)
    return html.unescape(found)


def test_the_page_carries_the_text_with_and_without_a_script(bot: app.Bot) -> None:
    client: FlaskClient = web_app.create_app(bot).test_client()
    fragment = client.post("/api/chat", json={"text": UNKNOWN}).get_json()["html"]
    whole = post_form(client, q=UNKNOWN).get_data(as_text=True)
    assert page_button(fragment) == page_button(whole) == f"handover\n{KEPT}"
    assert f"<blockquote>{html.escape(KEPT).replace('&quot;', '&#34;')}</blockquote>" in fragment
    assert not kept(bot)
    thanks = client.post("/api/chat", json={"press": page_button(fragment)}).get_json()["html"]
    assert words.HANDED_OVER_TITLE in thanks
    sent_by_a_form = page_button(whole).replace("\n", "\r\n")
    assert words.HANDED_OVER_TITLE in post_form(client, press=sent_by_a_form).get_data(as_text=True)
    assert kept(bot) == [KEPT]


def test_the_office_may_have_any_name(talk: Conversation) -> None:
    talk.office = replace(talk.office, name="{0}<b>")
    assert "{0}<b>" in press(talk, "晚餐").card.sections[0].items[0].text
