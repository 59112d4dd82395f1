"""「已經發生了」: the other face of a case."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from core import cards, words
from core.contact import Office
from core.conversation import Conversation
from core.messages import Incoming, Reply
from retrieval.search import Index
from tests.support.memory import Memory

HERE = Path(__file__).parent
OFFICE = Office("政風室")


def reply(talk: Conversation, kind: str, text: str) -> Reply:
    turn = talk.handle(Incoming("postback" if kind == "press" else "text", "line", text=text))
    assert turn and turn.reply
    return turn.reply


def pressed(shown: Reply) -> list[str]:
    return [button.postback for section in shown.card.sections for button in section.buttons]


def test_every_case_has_first_aid_of_its_own_behind_one_button(talk: Conversation, index: Index) -> None:
    told = set()
    for case in index.library.cases:
        assert f"happened:{case.id}" in pressed(cards.of_case(case, OFFICE))
        opened = reply(talk, "press", f"happened:{case.id}")
        steps = tuple(item.text for item in opened.card.sections[0].items)
        assert steps == case.first_aid
        assert 3 <= len(steps) <= 6
        assert any("政風單位" in step for step in steps)
        assert f"case:{case.id}" in pressed(opened), "a way to the whole case"
        told.add(steps)
    assert len(told) == len(index.library.cases)


def test_who_only_saw_it_is_shown_the_way_to_report(talk: Conversation, index: Index) -> None:
    opened = reply(talk, "press", "happened:9")
    assert "guide:whistleblow" in pressed(opened)
    assert "主管自己牽涉在內" in opened.card.body


@pytest.mark.parametrize("text", ["我不想活了", "名單被我傳出去了，壓力大到想死"])
def test_who_is_in_despair_is_shown_a_person_to_call_first(talk: Conversation, text: str) -> None:
    shown = reply(talk, "text", text).card
    assert "1925" in (shown.notice or shown.body)
    assert not reply(talk, "text", "隨身碟帶回家加班可以嗎").card.notice


def test_it_can_be_typed(talk: Conversation) -> None:
    assert reply(talk, "text", "案例 2 已經發生了").card.label == words.HAPPENED_LABEL.format(id=2)
    assert reply(talk, "text", "案例 99 已經發生了").card.title == words.NO_SUCH_CASE_TITLE
    assert reply(talk, "press", "happened:99").card.title == words.OLD_BUTTON_TITLE


def test_a_case_without_steps_gives_the_general_ones(index: Index) -> None:
    shown = cards.first_aid(replace(index.library.cases[0], first_aid=()), OFFICE)
    assert tuple(item.text for item in shown.card.sections[0].items) == words.FIRST_AID


@pytest.mark.parametrize(
    ("question", "happened"),
    [
        ("確診名單不小心傳給我媽了怎麼辦", True),
        ("昨天臨檢名單傳錯群組，已經被轉出去了", True),
        ("可以把確診名單傳給家人嗎", False),
        ("隨身碟帶回家加班可以嗎", False),
        ("檢舉人是誰可以講嗎", False),
    ],
)
def test_a_question_that_says_so_opens_with_this_face(talk: Conversation, question: str, happened: bool) -> None:
    card = reply(talk, "text", question).card
    assert card.label.startswith("已經發生了") == happened
    headings = [section.heading for section in card.sections if section.items]
    assert headings[0] == (words.FIRST_AID_HEADING if happened else words.YOU_CAN)
    assert headings[-3:] == [words.ASK_WHOM, words.LAWS, words.STORY]


def test_it_is_told_from_plans_and_rules(index: Index) -> None:
    """200 wordings by another author than the bank's, with snares (「已經簽准的公文可以帶回家嗎」)."""
    with (HERE / "happened.csv").open(encoding="utf-8-sig", newline="") as file:
        asked = list(csv.DictReader(file))
    found = [(row["happened"] == "1", index.search(row["query"]).happened) for row in asked]
    assert sum(told for is_so, told in found if is_so) / 100 >= 0.65
    assert sum(told for is_so, told in found if not is_so) / 100 <= 0.1


def test_it_works_with_the_store_down(talk: Conversation, memory: Memory) -> None:
    memory.broken = True
    assert reply(talk, "press", "happened:2").card.sections[0].items
    assert reply(talk, "press", "guide:ai-tools").card.body
