"""What the bot says to whatever happens, without any platform."""

import pytest

from core import cards, menu_cards, plain_text, words
from core.answers import MAX_QUESTION, Answer, Answerer, as_json
from core.conversation import Conversation
from core.messages import Button, Incoming, Kind, Reply, TurnOutcome
from retrieval.library import Candidate, Entry, SearchResult
from retrieval.search import Index
from tests.support.memory import Memory

QUESTION = "可以把確診名單傳給家人嗎"


def reply_to(talk: Conversation, incoming: Incoming) -> Reply | None:
    turn = talk.handle(incoming)
    assert turn
    return turn.reply


def say(talk: Conversation, text: str, address: str | None = None) -> Reply:
    turn = talk.handle(Incoming("text", "line", address, text))
    assert turn
    reply = turn.reply
    assert reply is not None
    return reply


def press(talk: Conversation, data: str) -> Reply:
    reply = reply_to(talk, Incoming("postback", "line", text=data))
    assert reply is not None
    return reply


def button(reply: Reply, label: str) -> Button:
    return next(button for button in plain_text.postbacks(reply) if button.label == label)


def test_the_question_of_the_readme_gets_case_2_whole(talk: Conversation) -> None:
    card = say(talk, QUESTION).card
    measures, whom, happened, laws, story, feedback = card.sections
    assert card.summary.startswith(card.title), "the conclusion comes first"
    assert [item.text[:7] for item in laws.items] == ["刑法第132條", "傳染病防治法第"]
    assert [len(item.buttons) for item in laws.items] == [1, 2]
    assert len(measures.items) == 3
    assert [button.label for button in feedback.buttons] == [words.HELPED, words.NOT_HELPED]
    assert [item.text for item in whom.items] == ["政風室：分機 1234"]
    assert story.items[0].detail.startswith("網路群組中流傳")
    assert [button.postback for button in happened.buttons] == ["happened:2"]
    assert card.footer == (words.DISCLAIMER,)


@pytest.mark.parametrize("text", ["今天晚餐吃什麼", "😀" * 50, "<b>", "刑法" * 2500, "x" * 20_000, "\ud83d", "{0} %s"])
def test_anything_gets_an_answer(talk: Conversation, text: str) -> None:
    assert say(talk, text).card.title


def test_none_says_so_names_the_office_and_offers_the_menu(talk: Conversation) -> None:
    reply = say(talk, "今天晚餐吃什麼")
    assert reply.card.title == words.NONE_TITLE
    assert reply.card.sections[-1] == talk.office.section
    assert cards.MENU in plain_text.postbacks(reply)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u202e", "　"])
def test_a_blank_message_gets_a_hint(talk: Conversation, text: str) -> None:
    assert say(talk, text).card.title == words.BLANK_TITLE


def test_a_lone_number_opens_a_case_that_exists_and_else_is_a_question(talk: Conversation) -> None:
    assert say(talk, "２").card.label == words.CASE_OPENED_LABEL.format(id=2)
    assert say(talk, "99").card.title == words.NONE_TITLE
    assert say(talk, "第九十九案").card.title == words.NO_SUCH_CASE_TITLE
    assert say(talk, "提醒 no-such").card.title == words.NO_SUCH_GUIDE_TITLE
    assert say(talk, "案例九十九已經發生了").card.title == words.NO_SUCH_CASE_TITLE


@pytest.mark.parametrize("text", ["退訂！", "訂閱。", "／stop"])
def test_where_no_tips_go_nobody_can_stop_them(talk: Conversation, memory: Memory, text: str) -> None:
    assert say(talk, text).card.title == words.NO_TIPS_HERE_TITLE
    assert not memory.calls


@pytest.mark.parametrize(
    ("text", "body"), [("不要再傳了", words.STOP_FAILED_BODY), ("恢復訂閱", words.SUBSCRIBE_FAILED_BODY)]
)
def test_what_could_not_be_stored_is_not_claimed(talk: Conversation, memory: Memory, text: str, body: str) -> None:
    memory.broken = True
    assert say(talk, text, "U1").card.body == body
    kinds: tuple[Kind, ...] = ("follow", "befriend", "unblock")
    for kind in kinds:
        greeting = reply_to(talk, Incoming(kind, "line", address="U1"))
        assert greeting
        assert greeting.card.footer == (words.PRIVACY,)
    memory.broken = False
    assert say(talk, text, "U1").card.body in (words.STOPPED_BODY, words.SUBSCRIBED_BODY)


@pytest.mark.parametrize("text", ["謝謝", "👍", "收到。", "收到 😀 謝謝你"])
def test_a_nod_is_answered_kindly_in_private_and_not_at_all_in_a_group(talk: Conversation, text: str) -> None:
    assert say(talk, text).card.title == words.NOD_TITLE
    assert reply_to(talk, Incoming("text", "line", text=text, group=True)) is None


def test_a_greeting_gets_the_menu_and_in_a_group_a_line(talk: Conversation) -> None:
    private, group = say(talk, "你好"), reply_to(talk, Incoming("text", "line", text="你好", group=True))
    assert group
    assert (private.card.title, group.card.title) == (words.HELLO_TITLE, words.HELLO_TITLE)
    assert "case:1" in {button.postback for button in plain_text.postbacks(private)}
    assert not group.card.sections


@pytest.mark.parametrize("text", ["選單", " 選單\n", "説明".replace("説", "說"), "案例2", "案例 １０", "案例第3案"])
def test_words_are_commands_only_alone(talk: Conversation, text: str) -> None:
    assert say(talk, text).card.title in {words.MENU_TITLE, words.HELP_TITLE} or "案" in say(talk, text).card.label
    assert say(talk, f"我想知道{text.strip()}在哪裡可以看到").card.title not in {words.MENU_TITLE, words.HELP_TITLE}


def test_every_button_leads_somewhere(talk: Conversation) -> None:
    seen: set[str] = set()
    waiting = [button for text in ("選單", QUESTION, "天氣") for button in plain_text.postbacks(say(talk, text))]
    while waiting and len(seen) < 200:
        data = waiting.pop().postback
        kind = data.rpartition(":")[0] if data.count(":") == 2 else data
        if kind not in seen:
            seen.add(kind)
            reply = press(talk, data)
            assert reply.card.title != words.OLD_BUTTON_TITLE, data
            assert len(data.encode()) <= 64, "Telegram's limit"
            waiting += plain_text.postbacks(reply)
    assert {f"case:{number}" for number in range(1, 11)} <= seen


@pytest.mark.parametrize(
    "data",
    [
        "",
        " ",
        "case",
        "case:",
        "case:999",
        "case:0",
        "case:-1",
        "case:²",
        "helped:1",
        "helped:1:x",
        "helped:99:" + "a" * 12,
    ]
    + ["x" * 300, "menu:x:y", "😀", "\x00", "none:1", "__class__", "case:1'; DROP TABLE votes"],
)
def test_forged_or_old_buttons_get_a_kind_line(talk: Conversation, memory: Memory, data: str) -> None:
    assert press(talk, data).card.title
    assert not memory.calls


def test_whether_it_helped_is_counted_once_per_card(talk: Conversation, memory: Memory) -> None:
    card = say(talk, QUESTION)
    assert press(talk, button(card, words.HELPED).postback).card.body == words.THANKS_HELPED
    assert press(talk, button(card, words.NOT_HELPED).postback).card.body == words.THANKS_NOT_HELPED
    (_, first, case, helped), (_, second, _, other) = memory.calls
    assert (first == second, case, helped, other) == (True, 2, True, False)


def test_a_delivery_is_handled_once_and_settled(talk: Conversation, memory: Memory) -> None:
    incoming = Incoming("text", "line", text=QUESTION, event_id="e1")
    turn = talk.handle(incoming)
    assert turn
    turn.finish(TurnOutcome())
    assert talk.handle(incoming) is None
    assert ("finish", "line", "e1") in memory.calls


def test_a_store_that_is_down_stops_neither_answer_nor_silence(talk: Conversation, memory: Memory) -> None:
    memory.broken = True
    incoming = Incoming("text", "line", text=QUESTION, event_id="e1")
    turn = talk.handle(incoming)
    assert turn
    turn.finish(TurnOutcome())
    assert talk.handle(incoming) is None, "this process remembers for itself meanwhile"
    assert talk.handle(Incoming("follow", "line", address="U1"))
    assert press(talk, button(say(talk, QUESTION), words.HELPED).postback)


def test_people_come_and_go(talk: Conversation, memory: Memory) -> None:
    reply = reply_to(talk, Incoming("follow", "line", address="U1"))
    assert reply
    assert "case:1" in {button.postback for button in plain_text.postbacks(reply)}, "the greeting holds the menu"
    assert reply_to(talk, Incoming("unfollow", "line", address="U1")) is None
    assert reply_to(talk, Incoming("leave", "line", address="C1", group=True)) is None
    assert memory.calls == [("follow", "line", "U1"), ("retire", "line", "U1"), ("retire", "line", "C1")]


def test_a_group_is_told_how_to_call_the_bot(talk: Conversation) -> None:
    reply = reply_to(talk, Incoming("join", "line", address="C1", group=True))
    assert reply
    assert reply.card.body == words.GROUP_GREETING_BODY


def test_what_is_not_text_gets_a_line_in_private_only(talk: Conversation) -> None:
    reply = reply_to(talk, Incoming("attachment", "line"))
    assert reply
    assert reply.card.title == words.ATTACHMENT_TITLE
    assert reply_to(talk, Incoming("attachment", "line", group=True)) is None


def test_private_data_is_masked_and_said(talk: Conversation) -> None:
    reply = say(talk, "我的身分證A123456789和確診名單一起被傳出去了")
    assert "身分證字號" in reply.card.notice
    assert "A123456789" not in plain_text.text(reply)


def test_a_very_long_question_is_read_in_part_and_says_so(index: Index) -> None:
    answer = Answerer(lambda: index).answer("確診名單" * 3000, "web")
    assert answer.notice
    assert str(MAX_QUESTION) in answer.notice
    assert len(as_json(answer)["candidates"]) == 3


def test_long_libraries_have_pages(index: Index) -> None:
    many = index.library.cases * 3
    first = menu_cards.menu(many, 1)
    assert [button.postback for button in first.card.sections[0].buttons][-1] == "menu:2"
    assert menu_cards.menu(many, 3).card.sections[0].buttons[-1].postback == "menu:1"
    assert menu_cards.menu(many, 99).card.sections[0].heading == first.card.sections[0].heading


def test_a_situation_is_shortened_at_a_sentence() -> None:
    assert plain_text.shorten("甲乙丙。" * 60, 50).endswith("。")
    assert plain_text.shorten("甲" * 200, 50) == "甲" * 49 + "…"


def test_a_choice_shows_how_others_asked(talk: Conversation, index: Index) -> None:
    shown: tuple[Entry, ...] = (*index.library.cases[:2], index.library.guides[0])
    found = SearchResult("choose", tuple(Candidate(case, 0.3) for case in index.library.cases[:3]), shown)
    reply = cards.of_answer(Answer("x", found, None, ("有人這樣問", "", "也有人這樣問")), 10, talk.office)
    details = [item.detail for item in reply.card.sections[0].items]
    assert details[0] == "例如有人問：「有人這樣問」"
    assert details[1].startswith(index.library.cases[1].situation[:10])
    example = index.example("把病人名單傳到家族群組", index.library.cases[1])
    assert example in {question.text for question in index.library.questions if question.case_id == 2}
