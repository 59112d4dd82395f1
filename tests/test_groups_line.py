"""LINE's groups at the wire: brief, with links that open the private chat, the words typed in already."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from core import words
from tests.support import line_events
from tests.support.fake_line import FakeLine
from tests.support.wire import Fault

QUESTION = "可以把確診名單傳給家人嗎"
SITUATION = "未經公告之確診個案足跡"
CHAT = "https://line.me/R/oaMessage/%40216fake/"
ROOM = {"type": "room", "roomId": "R" + "1" * 32}


def answer(client: FlaskClient, line: FakeLine, event: dict[str, Any]) -> str:
    """The messages of the reply to an event, as JSON."""
    count = len(line.wait(0))
    assert line_events.post(client, event).status_code == 200
    return json.dumps(line.wait(count + 1)[count].body["messages"], ensure_ascii=False)


def links(value: Any) -> list[str]:
    value = json.loads(value) if isinstance(value, str) else value
    if isinstance(value, list):
        return [uri for item in value for uri in links(item)]
    if not isinstance(value, dict):
        return []
    inside = [uri for item in value.values() if isinstance(item, (dict, list)) for uri in links(item)]
    return ([value["uri"]] if value.get("type") == "uri" else []) + inside


@pytest.mark.parametrize("source", [line_events.group(), ROOM], ids=["group", "room of unknown people"])
def test_a_group_gets_the_brief_card_and_the_way_to_the_rest(
    client: FlaskClient, line: FakeLine, source: dict[str, str]
) -> None:
    shown = answer(client, line, line_events.mention(QUESTION, source=source))
    assert all(said in shown for said in ("連家人也不能傳", "刑法第132條", "傳染病防治法第10條及第64條第4款"))
    assert not any(said in shown for said in (SITUATION, "罰則", words.HELPED, "postback", "quickReply", words.ONLY_ME))
    (link,) = links(shown)
    assert link.startswith(f"{CHAT}?")
    typed = unquote(link.partition("?")[2])
    assert typed == "案例 2"
    assert words.HELPED in answer(client, line, line_events.text(typed)), "sent in private it opens the whole card"


def test_the_own_id_is_asked_once_and_only_for_a_group(client: FlaskClient, line: FakeLine) -> None:
    answer(client, line, line_events.text(QUESTION))
    assert not line.calls_of("info")
    for _ in range(3):
        answer(client, line, line_events.mention(QUESTION))
    assert len(line.calls_of("info")) == 1


def test_joining_offers_the_private_chat(client: FlaskClient, line: FakeLine) -> None:
    shown = answer(client, line, line_events.event("join", source=line_events.group()))
    assert words.GROUP_GREETING_BODY in shown
    assert links(shown) == [CHAT]


def test_candidates_and_the_menu_open_in_private(client: FlaskClient, line: FakeLine) -> None:
    menu = [unquote(link).partition("?")[2] for link in links(answer(client, line, line_events.mention("選單")))]
    assert menu == [*(f"案例 {number}" for number in range(1, 11)), words.GUIDES]
    choice = links(answer(client, line, line_events.mention("機密文件放在桌上")))
    assert {unquote(link).partition("?")[2] for link in choice} == {"案例 8", "提醒 classified"}


def test_a_press_in_a_group_is_answered_briefly(client: FlaskClient, line: FakeLine) -> None:
    event = line_events.event("postback", postback={"data": "happened:2"}, source=line_events.group())
    shown = answer(client, line, event)
    opened = [unquote(link).partition("?")[2] for link in links(shown)]
    assert opened == ["案例 2 已經發生了", "案例 2"]
    assert words.FIRST_AID_HEADING not in shown


@pytest.mark.parametrize(
    "fault",
    [Fault(status=500), Fault(status=401), Fault(drop="before"), Fault(body={}, status=200), Fault(delay=3)],
    ids=["500", "401", "dropped", "odd", "slow"],
)
def test_where_line_does_not_tell_the_id_the_words_do_and_it_is_not_asked_at_once_again(
    client: FlaskClient, line: FakeLine, fault: Fault
) -> None:
    line.misbehave = lambda call: fault if call.method == "info" else None
    for _ in range(2):
        shown = answer(client, line, line_events.mention(QUESTION))
        assert words.NO_LINK in shown
        assert "刑法第132條" in shown
        assert not links(shown)
    assert len(line.calls_of("info")) == 1


def test_a_refused_card_of_a_group_becomes_plain_text(client: FlaskClient, line: FakeLine) -> None:
    line.faults.append(Fault(400, "messages[0] is invalid", only=lambda call: bool(call.body) and call.is_flex))
    line_events.post(client, line_events.mention(QUESTION))
    plain = line.wait(2)[1].body["messages"]
    assert "傳染病防治法第10條及第64條第4款" in plain[0]["text"]
    assert "私下傳「案例 2」給我" in plain[0]["text"]
