"""The LINE channel at the wire: what comes in signed, what goes out to a fake LINE."""

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
import web_app
from core import words
from tests.support import line_events
from tests.support.fake_line import FakeLine
from tests.support.wire import Call, Fault

QUESTION = "可以把確診名單傳給家人嗎"


def shown(call: Call) -> str:
    return json.dumps(call.body["messages"], ensure_ascii=False)


def ask(client: FlaskClient, line: FakeLine, event: dict[str, Any]) -> Call:
    assert line_events.post(client, event).status_code == 200
    return line.wait(1)[-1]


def test_a_question_gets_one_reply_with_the_card(client: FlaskClient, line: FakeLine) -> None:
    call = ask(client, line, line_events.text(QUESTION))
    (message,) = call.body["messages"]
    assert message["type"] == "flex"
    assert message["altText"].startswith("未公布的確診資訊，連家人也不能傳")
    for said in ("刑法第132條", "傳染病防治法第10條及第64條第4款", "分機 1234", words.HELPED, words.DISCLAIMER):
        assert said in shown(call)
    assert [item["action"]["label"] for item in message["quickReply"]["items"]] == [words.MENU, words.HELP]
    assert len(line.calls) == 1


def test_the_signature_is_over_the_raw_bytes(client: FlaskClient, line: FakeLine) -> None:
    body = json.dumps({"events": [line_events.text(QUESTION)]}).encode()
    for wrong in ("", "x", line_events.sign(body, ""), line_events.sign(body + b" "), "ü", "A" * 9000):
        assert line_events.post_raw(client, body, wrong).status_code == 401
    assert client.post("/webhook/line", data=body).status_code == 401
    assert not line.calls
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert line_events.post_raw(client, body, **form).status_code == 200
    assert line.wait(1)


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"null", b"[]", b'{"events": 5}', b"[" * 9000 + b"]" * 9000])
def test_a_signed_body_without_events_is_taken(client: FlaskClient, body: bytes) -> None:
    assert line_events.post_raw(client, body).status_code == 200


def test_without_credentials_the_door_is_closed_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    off = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path)}))
    with caplog.at_level(logging.INFO):
        answer = web_app.create_app(off).test_client().post("/webhook/line", data=b"{}")
    assert answer.status_code == 404
    assert "LINE_CHANNEL_SECRET" in caplog.text
    off.close()


SILENT = [
    line_events.text(QUESTION, mode="standby"),
    line_events.text(QUESTION, mode="dreaming"),
    line_events.text(QUESTION, source=line_events.group()),
    line_events.mention(QUESTION, is_self=False),
    line_events.mention(QUESTION, is_self="yes"),
    line_events.text(QUESTION, source={"type": "planet"}),
    line_events.text(QUESTION, source=None),
    line_events.text(None),
    line_events.text(QUESTION, replyToken="0" * 32),
    line_events.event("message", message={"type": "sticker"}, source=line_events.group()),
    line_events.event("unsend", unsend={"messageId": "1"}),
    line_events.event("memberJoined", source=line_events.group()),
    line_events.event("messageEdited", message={"type": "text", "text": QUESTION}),
    line_events.event("messageEdited", message={"type": "text", "text": QUESTION}, source=line_events.group()),
    line_events.event("messageEdited", message={"type": "image"}, source=line_events.group()),
    line_events.mention("謝謝"),
    line_events.mention("👍"),
    line_events.event("unheardOf"),
    line_events.event("postback", postback={"data": 5}),
    {"type": 7},
    {},
    None,
    5,
]


def test_whoever_did_not_call_the_bot_is_left_in_peace(client: FlaskClient, line: FakeLine) -> None:
    """All of them at once, around one question: it alone is answered."""
    asked = line_events.text(QUESTION)
    assert line_events.post(client, *SILENT[:9], asked, *SILENT[9:]).status_code == 200
    assert [call.body["replyToken"] for call in line.wait(1)] == [asked["replyToken"]]


def test_a_group_cannot_subscribe_since_no_multicast_reaches_one(
    client: FlaskClient, bot: app.Bot, line: FakeLine
) -> None:
    call = ask(client, line, line_events.mention("訂閱"))
    assert words.NO_TIPS_HERE_TITLE in shown(call)
    assert bot.store.subscribers.count_active() == {}


@pytest.mark.parametrize("before", ["", "😀 "])
def test_a_mention_in_a_group_is_answered_without_the_name(client: FlaskClient, line: FakeLine, before: str) -> None:
    assert "第 2 案" in shown(
        ask(client, line, line_events.mention("案例2" if not before else QUESTION, before=before))
    )


@pytest.mark.parametrize("place", [{"index": 900, "length": 5}, {"index": -5, "length": 9}, {"index": "0"}, {}])
def test_a_mention_at_an_impossible_place_is_still_a_call(client: FlaskClient, line: FakeLine, place: Any) -> None:
    who = {"type": "user", "isSelf": True, **place}
    event = line_events.text(QUESTION, source=line_events.group(), message={"mention": {"mentionees": [who, None, 5]}})
    assert "刑法" in shown(ask(client, line, event))


def test_line_emojis_are_not_part_of_the_question(client: FlaskClient, line: FakeLine) -> None:
    event = line_events.text("(hi)選單(hi)", message={"emojis": [{"index": 0, "length": 4}, {"index": 6, "length": 4}]})
    assert words.MENU_TITLE in shown(ask(client, line, event))


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file", "location", "sticker", "hologram"])
def test_what_is_not_text_gets_one_kind_line(client: FlaskClient, line: FakeLine, kind: str) -> None:
    call = ask(client, line, line_events.event("message", message={"type": kind, "id": "1"}))
    assert words.ATTACHMENT_TITLE in shown(call)


def test_follow_greets_with_the_menu_and_is_remembered(client: FlaskClient, line: FakeLine, bot: app.Bot) -> None:
    call = ask(client, line, line_events.event("follow"))
    assert words.GREETING_TITLE in shown(call)
    assert '"data": "case:10"' in shown(call)
    who = line_events.user()["userId"]
    assert bot.store.subscribers.state("line", who) == "active"
    line_events.post(client, line_events.event("unfollow"))
    assert bot.store.subscribers.state("line", who) == "gone"


def follow(is_unblocked: Any = None) -> dict[str, Any]:
    return line_events.event("follow", **({} if is_unblocked is None else {"follow": {"isUnblocked": is_unblocked}}))


@pytest.mark.parametrize("is_unblocked", [True, False, None, "yes"])
def test_who_said_stop_stays_stopped_until_they_ask(
    client: FlaskClient, line: FakeLine, bot: app.Bot, is_unblocked: Any
) -> None:
    who = line_events.user()["userId"]
    come_back = follow(is_unblocked)
    line_events.post(client, follow(False))
    line_events.post(client, line_events.text("不要再傳了"))
    line_events.post(client, line_events.event("unfollow"))
    line_events.post(client, come_back)
    assert bot.store.subscribers.state("line", who) == "stopped"
    greeting = shown(line.wait(3)[-1])
    assert words.TIPS_IN_GREETING["stopped"] in greeting
    assert '"data": "subscribe"' in greeting
    assert '"data": "stop"' not in greeting
    line_events.post(client, line_events.text("恢復訂閱"))
    assert bot.store.subscribers.state("line", who) == "active"


def test_who_only_blocked_the_bot_gets_tips_again(client: FlaskClient, line: FakeLine, bot: app.Bot) -> None:
    line_events.post(client, follow(False))
    assert words.TIPS_IN_GREETING["active"] in shown(line.wait(1)[-1])
    line_events.post(client, line_events.event("unfollow"))
    line_events.post(client, follow(True))
    assert bot.store.subscribers.state("line", line_events.user()["userId"]) == "active"
    assert words.TIPS_IN_GREETING["active"] in shown(line.wait(2)[-1])


def test_an_unblock_by_somebody_unknown_is_no_wish_for_tips(client: FlaskClient, line: FakeLine, bot: app.Bot) -> None:
    assert words.TIPS_IN_GREETING["never"] in shown(ask(client, line, follow(True)))
    assert bot.store.subscribers.count_active() == {}


def test_pictures_sent_together_get_one_kind_line(client: FlaskClient, line: FakeLine) -> None:
    sets = [{"id": "S1", "index": number, "total": 3} for number in (2, 1, 3)]
    pictures = [line_events.event("message", message={"type": "image", "imageSet": each}) for each in sets]
    line_events.post(client, *pictures)
    line_events.post(client, line_events.text(QUESTION))
    assert len(line.wait(2)) == 2


def test_an_edit_in_a_group_is_answered_when_it_calls_the_bot_and_says_something_new(
    client: FlaskClient, line: FakeLine
) -> None:
    def said(words: str, kind: str, at: int) -> dict[str, Any]:
        return {**line_events.mention(words), "type": kind, "timestamp": at}

    line_events.post(client, said("案例3", "message", 10))
    for words_now, at in (("案例2", 30), ("案例2", 40), ("案例1", 20)):  # the same again, and one that was overtaken
        line_events.post(client, said(words_now, "messageEdited", at))
    assert ["第 3 案" in shown(call) for call in line.wait(2)] == [True, False]
    line_events.post(client, line_events.text(QUESTION))
    assert len(line.wait(3)) == 3


def test_a_redelivery_is_answered_once_also_by_another_process(
    client: FlaskClient, line: FakeLine, bot: app.Bot
) -> None:
    event = line_events.text(QUESTION)
    ask(client, line, event)
    again = {**event, "replyToken": "fresh", "deliveryContext": {"isRedelivery": True}}
    line_events.post(client, again, again)
    other = app.Bot(bot.settings)
    other.library.swap(bot.library.index())
    line_events.post(web_app.create_app(other).test_client(), again)
    other.close()
    assert len(line.calls) == 1


def test_one_failing_event_costs_its_siblings_nothing(client: FlaskClient, line: FakeLine) -> None:
    line.faults.append(Fault(status=500, only=lambda call: call.body["replyToken"] == bad["replyToken"]))
    line.faults.append(Fault(status=500, only=lambda call: call.body["replyToken"] == bad["replyToken"]))
    bad, good = line_events.text(QUESTION), [line_events.text(QUESTION) for _ in range(4)]
    assert line_events.post(client, good[0], bad, *good[1:]).status_code == 200
    line.wait(6)
    assert all(line.delivered(event["replyToken"]) for event in good)


def test_a_refused_card_becomes_plain_text_with_every_word(client: FlaskClient, line: FakeLine) -> None:
    line.faults.append(Fault(status=400, text="messages[0] is invalid", only=lambda call: call.is_flex))
    ask(client, line, line_events.text(QUESTION))
    flex, plain = line.wait(2)
    assert plain.body["messages"][0]["type"] == "text"
    assert "傳染病防治法第10條及第64條第4款" in shown(plain)
    assert "flno=64" in shown(plain)
    assert [call.body["replyToken"] for call in (flex, plain)] == [flex.body["replyToken"]] * 2


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        (Fault(status=500), 2),
        (Fault(status=429), 2),
        (Fault(drop="before"), 2),
        (Fault(drop="after"), 2),
        (Fault(status=200, body={}), 1),
        (Fault(status=200, body=["odd"]), 1),
        (Fault(status=400, text="Invalid reply token"), 1),
    ],
    ids=["500", "429", "dropped before", "dropped after", "empty 200", "odd 200", "token used"],
)
def test_a_troubled_line_brings_one_answer_at_the_most(
    client: FlaskClient, line: FakeLine, fault: Fault, calls: int
) -> None:
    line.faults.append(fault)
    event = line_events.text(QUESTION)
    ask(client, line, event)
    assert len(line.wait(calls, 3)) == calls
    assert len(line.delivered(event["replyToken"])) == (0 if fault.status == 400 else 1)


def test_a_dead_token_of_the_channel_is_named_and_not_shown(
    client: FlaskClient, line: FakeLine, caplog: pytest.LogCaptureFixture
) -> None:
    line.faults.append(Fault(status=401))
    ask(client, line, line_events.text(QUESTION))
    assert "LINE_CHANNEL_ACCESS_TOKEN" in caplog.text
    assert "fake-access-token" not in caplog.text
    assert QUESTION not in caplog.text


def test_the_log_never_holds_a_question(
    client: FlaskClient, line: FakeLine, bot: app.Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not when something breaks on it."""
    secret = "獨一無二的祕密句子"

    class Broken:
        def search(self, text: str) -> None:
            raise ValueError(f"cannot read {text}")

    bot.conversation.answerer.index = lambda: Broken()  # type: ignore[assignment, return-value]
    with caplog.at_level(logging.DEBUG):
        assert line_events.post(client, line_events.text(secret)).status_code == 200
    assert "event failed: ValueError" in caplog.text
    assert secret not in caplog.text


def test_the_webhook_does_not_wait_for_a_slow_line(client: FlaskClient, line: FakeLine, bot: app.Bot) -> None:
    line.faults.append(Fault(delay=3))
    event = line_events.text(QUESTION)
    started = time.monotonic()
    assert line_events.post(client, event).status_code == 200
    assert time.monotonic() - started < 2.5, "LINE counts a webhook as failed after 2 s"
    bot.close()
    assert line.delivered(event["replyToken"]), "an answer under way is finished before the stop"


def test_replies_share_connections(client: FlaskClient, line: FakeLine) -> None:
    for _ in range(5):
        line_events.post(client, line_events.text(QUESTION))
    assert len({call.connection for call in line.wait(5)}) == 1


def test_nothing_of_a_message_is_stored(client: FlaskClient, line: FakeLine, bot: app.Bot, tmp_path: Path) -> None:
    event = line_events.text("監視器影像外流獨特字串")
    ask(client, line, event)
    line_events.post(client, line_events.event("unsend", unsend={"messageId": event["message"]["id"]}))
    bot.close()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "獨特字串".encode() in path.read_bytes()]
