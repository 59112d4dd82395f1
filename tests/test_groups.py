"""In a group: brief, nothing about who asked, and the rest in private. The same on every channel."""

import pytest

from core import group_cards, in_private, plain_text, words
from core.answers import Answer
from core.contact import Office
from core.conversation import Conversation
from core.messages import Button, Incoming, Reply
from handlers.line import private_chat
from handlers.telegram import deep_links
from retrieval.library import WHISTLEBLOW, Candidate, SearchResult
from retrieval.search import Index
from tests.support.memory import Memory

QUESTION = "可以把確診名單傳給家人嗎"
HAPPENED = "我把確診名單傳給家人了怎麼辦"
CHOICE = "機密文件放在桌上"
WHOLE_CARDS = ("case:", "happened:", "guide:", "guides", "menu")


def answer(talk: Conversation, text: str, group: bool = True, kind: str = "text") -> Reply:
    turn = talk.handle(Incoming("postback" if kind == "press" else "text", "line", None, text, group=group))
    assert turn and turn.reply
    return turn.reply


def buttons(reply: Reply) -> list[Button]:
    return [button for section in reply.card.sections for button in section.buttons]


def ways(reply: Reply) -> list[tuple[str, str, str]]:
    return [(button.label, button.postback, button.audience) for button in buttons(reply)]


def test_a_case_is_its_conclusion_its_measures_and_its_laws(talk: Conversation, index: Index) -> None:
    for case in index.library.cases:
        reply = answer(talk, f"案例{case.id}")
        card = reply.card
        assert (card.title, card.label, card.body) == (case.title, words.CASE_OPENED_LABEL.format(id=case.id), "")
        listed = {section.heading: [item.text for item in section.items] for section in card.sections if section.items}
        own, agency = [*case.advice, *case.own_measures], list(case.agency_measures)
        assert listed == {
            words.YOU_CAN: own,
            **({words.AGENCY_SHOULD: agency} if agency else {}),
            words.ASK_WHOM: [talk.office.line],
            words.LAWS: [law.citation for law in case.laws],
        }
        assert not [item.detail for section in card.sections for item in section.items if item.detail]
        assert card.footer == (f"也可以私下傳「案例 {case.id}」給我，看完整說明。",)
        assert ways(reply) == [
            (words.SEE_IN_PRIVATE, f"case:{case.id}", "private"),
            (words.ONLY_ME, f"case:{case.id}", "presser"),
        ]
        assert reply.quick_replies == ()


@pytest.mark.parametrize(("text", "kind"), [(HAPPENED, "text"), ("案例 2 已經發生了", "text"), ("happened:2", "press")])
def test_where_it_has_happened_the_steps_are_in_private(talk: Conversation, index: Index, text: str, kind: str) -> None:
    reply = answer(talk, text, kind=kind)
    assert ways(reply) == [
        (words.HAPPENED_IN_PRIVATE, "happened:2", "private"),
        (words.SEE_IN_PRIVATE, "case:2", "private"),
        (words.ONLY_ME, "happened:2", "presser"),
    ]
    case = index.library.case(2)
    assert case
    assert not [step for step in case.first_aid if step in plain_text.text(reply)]


def test_several_close_ones_are_a_link_each(talk: Conversation) -> None:
    reply = answer(talk, CHOICE)
    items = answer(talk, CHOICE, group=False).card.sections[0].items
    assert reply.card.title == words.GROUP_CHOOSE_TITLE
    assert [way[:2] for way in ways(reply)] == [(each.text, each.buttons[0].postback) for each in items]
    assert {button.audience for button in buttons(reply)} == {"private"}


def test_what_fits_nothing_is_not_repeated_and_not_handed_over(talk: Conversation) -> None:
    reply = answer(talk, "今天晚餐吃什麼 A123456789")
    assert (reply.card.title, ways(reply)) == (words.NONE_TITLE, [(words.ASK_IN_PRIVATE, "ask", "private")])
    assert "身分證字號" in reply.card.notice
    assert "晚餐" not in plain_text.text(reply)


def test_a_guide_is_a_sentence_or_two(talk: Conversation, index: Index) -> None:
    for guide in index.library.guides:
        reply = answer(talk, f"提醒 {guide.id}")
        if guide.id == WHISTLEBLOW:
            continue
        assert (reply.card.title, reply.card.label) == (guide.title, "一般提醒（草案，還沒經政風室核定）")
        assert guide.answer.startswith(reply.card.body.rstrip("…"))
        assert len(reply.card.body) <= 90
        assert [section for section in reply.card.sections if section.items] == [talk.office.section]
        assert ways(reply)[0] == (words.SEE_IN_PRIVATE, f"guide:{guide.id}", "private")


@pytest.mark.parametrize("text", ["我想檢舉主管收賄，會被知道是我嗎", f"提醒 {WHISTLEBLOW}"])
def test_nobody_is_shown_as_a_whistleblower(talk: Conversation, text: str) -> None:
    reply = answer(talk, text)
    assert "檢舉" not in plain_text.text(reply) + reply.card.summary
    assert ways(reply)[0] == (words.SEE_IN_PRIVATE, f"guide:{WHISTLEBLOW}", "private")


def test_who_is_in_despair_is_shown_a_person_to_call_in_a_group_too(talk: Conversation) -> None:
    assert "1925" in answer(talk, "我不想活了").card.body


@pytest.mark.parametrize("text", ["", "說明", " 　"])
def test_a_bare_mention_is_no_reason_to_ask_what_happened(talk: Conversation, text: str) -> None:
    reply = answer(talk, text)
    assert (reply.card.title, ways(reply)) == (words.HELP_TITLE, [(words.ASK_IN_PRIVATE, "ask", "private")])


PRESSES = ["case:2", "whole:2", "happened:2", "guide:ai-tools", "whole:ai-tools", "guides", "guides:2", "menu", "help"]
PRESSES += ["none", "tip", "stop"]
SAID = (QUESTION, HAPPENED, CHOICE, "選單", "晚餐")
PRESSES += ["subscribe", "id", "helped:2:0123456789ab", "nothelped:2:0123456789ab", "case:99", "approve:1", "x", ""]


@pytest.mark.parametrize(("kind", "text"), [*(("press", data) for data in PRESSES), *(("text", said) for said in SAID)])
def test_nothing_in_a_group_opens_a_whole_card_there(talk: Conversation, index: Index, kind: str, text: str) -> None:
    reply = answer(talk, text, kind=kind)
    open_here = [button.postback for button in (*buttons(reply), *reply.quick_replies) if button.audience == "chat"]
    assert not [data for data in open_here if data.startswith(WHOLE_CARDS)]
    assert not [section.unfold for section in reply.card.sections if section.unfold]
    shown = plain_text.text(reply)
    assert not [case.id for case in index.library.cases if case.situation[:20] in shown]
    assert words.PENALTY.partition("{")[0] not in shown


def test_the_menu_of_a_group_leads_into_private(talk: Conversation, index: Index) -> None:
    opened = [data for _, data, audience in ways(answer(talk, "選單")) if audience == "private"]
    assert opened == [*(f"case:{case.id}" for case in index.library.cases), "guides"]


def test_who_comes_from_a_group_is_told_where_they_are_and_how_tips_are_got(talk: Conversation, memory: Memory) -> None:
    card = answer(talk, "ask", group=False, kind="press").card
    assert (card.title, words.HOW_TO_SUBSCRIBE in card.footer) == (words.ASK_TITLE, True)
    assert not memory.calls, "nobody is subscribed by coming"


def all_private(talk: Conversation, index: Index) -> list[str]:
    """What every private button of a group opens."""
    said = ["選單", "其他常見問題", "其他常見問題 2", "晚餐", HAPPENED, CHOICE, QUESTION]
    said += [f"提醒 {guide.id}" for guide in index.library.guides]
    found = [button for text in said for button in buttons(answer(talk, text)) if button.audience == "private"]
    return list(dict.fromkeys(button.postback for button in found))


def test_every_private_button_comes_back_from_telegrams_links(talk: Conversation, index: Index) -> None:
    for data in all_private(talk, index):
        url = deep_links.link("a_bot", data)
        assert url.startswith("https://t.me/a_bot?start="), data
        payload = url.partition("=")[2]
        assert len(payload) <= 64
        assert deep_links.postback(payload) == data


def test_every_private_button_can_be_typed_on_line(talk: Conversation, index: Index) -> None:
    for data in all_private(talk, index):
        assert len(private_chat.link("@216fake", data)) <= 1000, "LINE's limit of an address"
        if typed := in_private.typed(data):
            by_hand, pressed = answer(talk, typed, group=False), answer(talk, data, group=False, kind="press")
            assert (by_hand.card.title, by_hand.card.label) == (pressed.card.title, pressed.card.label)
        else:
            assert data == "ask"


@pytest.mark.parametrize("data", ["", "none", "stop", "helped:2:0123456789ab", "case:x", "case:1:2", "guide:<b>"])
def test_telegrams_links_open_nothing_else(data: str) -> None:
    assert deep_links.link("a_bot", data) == ""
    assert deep_links.postback(data.replace(":", "-", 1)) == ""


def test_without_links_the_words_say_how_to_reach_the_bot(talk: Conversation) -> None:
    for text in (QUESTION, CHOICE, "選單", "晚餐"):
        reply = answer(talk, text)
        shown = in_private.linked(reply, lambda _: "")
        assert shown.card.footer[0] == words.NO_LINK
        assert buttons(shown) == []
        labels = [button.label for button in buttons(reply) if button.audience == "private"]
        assert all(label in plain_text.text(shown) for label in labels)


def test_a_choice_shows_nobody_as_a_whistleblower_either(index: Index) -> None:
    case, guide = index.library.cases[3], index.library.guide(WHISTLEBLOW)
    assert guide
    found = SearchResult("choose", (Candidate(case, 0.5),), (case, guide))
    reply = group_cards.of_answer(Answer("x", found), 10, Office("政風室"))
    assert [label for label, *_ in ways(reply)] == [case.title, words.DELICATE_TITLE]
