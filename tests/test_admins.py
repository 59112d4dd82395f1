"""What admins do with tips in a chat."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from broadcasts import words
from broadcasts.model import Status
from core import plain_text
from core.messages import Arrival, Incoming, TurnOutcome
from core.words import NO_ID_TITLE, OLD_BUTTON_TITLE, STOP_TIPS
from retrieval.search import Index
from tests.support.admins import ADMINS, PEOPLE, admins_bot, notified, press, pressed, reply_to, say, status, turn_of
from tests.support.platforms import Platforms


@pytest.fixture(params=[1])
def bot(request: pytest.FixtureRequest, tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    """With as many approvals needed as the parameter says."""
    bot = admins_bot(tmp_path, index, platforms, request.param)
    yield bot
    bot.close()


def test_only_an_admin_can_send_and_sees_card_people_and_quota_first(bot: app.Bot, platforms: Platforms) -> None:
    platforms.line.quota, platforms.line.used = 500, 100
    assert words.PREVIEW_LABEL not in plain_text.text(say(bot, PEOPLE[0], "推播"))
    asked = say(bot, ADMINS[0], "推播")
    shown = plain_text.text(asked)
    assert "LINE 5 人" in shown
    assert "用掉 5 則" in shown
    assert "還剩 400 則" in shown
    assert bot.daily_tip.today().measure in shown
    assert status(bot) == "draft"
    stranger = reply_to(bot, Incoming("postback", "line", PEOPLE[0], "confirm:1:all"))
    assert stranger
    assert status(bot) == "draft"
    assert "開始送出" in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert status(bot) == "sending"
    assert words.TOO_LATE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)


def test_own_words_and_second_thoughts(bot: app.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：下班前，收好公文！（１樓）")
    assert "\n下班前，收好公文！（１樓）\n" in plain_text.text(asked), "as it was typed"
    assert words.STANDING[Status.CANCELLED].format(id=1) in press(bot, ADMINS[0], asked, words.CANCEL)
    assert status(bot) == "cancelled"
    assert words.PREVIEW_LABEL not in plain_text.text(say(bot, ADMINS[0], "推播可以用 LINE 群組嗎"))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("推播。", ""),
        ("「推播」", ""),
        ("我要推播", ""),
        ("推播：謝謝，早安！", "謝謝，早安！"),
        ("／推播　收好公文", "收好公文"),
    ],
)
def test_the_word_is_understood_as_an_admin_writes_it(bot: app.Bot, said: str, shown: str) -> None:
    assert words.PREVIEW_LABEL not in plain_text.text(say(bot, PEOPLE[0], said))
    preview = plain_text.text(say(bot, ADMINS[0], said))
    assert words.PREVIEW_LABEL in preview
    assert (shown or bot.daily_tip.today().measure) in preview


@pytest.mark.parametrize("said", ["我的编号", "「我的編號」", "請問我的編號是多少？"])
def test_the_own_id_is_shown_however_it_is_asked_for(bot: app.Bot, said: str) -> None:
    assert ADMINS[0] in plain_text.text(say(bot, ADMINS[0], said))


@pytest.mark.parametrize("bot", [2], indirect=True)
def test_two_admins_must_say_yes(bot: app.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：請大家小心")
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM), "the same admin is one admin"
    assert status(bot) == "draft"
    waiting = say(bot, ADMINS[1], "推播")
    assert "請大家小心" in plain_text.text(waiting)
    assert "開始送出" in press(bot, ADMINS[1], waiting, words.CONFIRM)
    assert status(bot) == "sending"


def test_with_too_little_quota_the_tip_goes_along_with_answers(bot: app.Bot, platforms: Platforms) -> None:
    platforms.line.quota = 3
    asked = say(bot, ADMINS[0], "推播")
    assert words.CONFIRM not in [button.label for button in plain_text.postbacks(asked)]
    press(bot, ADMINS[0], asked, words.CONFIRM_PIGGYBACK)
    question = Incoming("text", "line", PEOPLE[0], "選單")
    turn = turn_of(bot, question)
    assert turn.tip
    assert bot.daily_tip.today().measure in plain_text.text(turn.tip)
    assert turn_of(bot, question).tip is None, "nobody else takes it meanwhile"
    turn.finish(TurnOutcome(tip=Arrival.NO))
    again = turn_of(bot, question)
    assert again.tip
    again.finish(TurnOutcome(tip=Arrival.YES))
    assert turn_of(bot, question).tip is None
    bot.store.subscribers.stop("line", PEOPLE[1])
    assert turn_of(bot, Incoming("text", "line", PEOPLE[1], "選單")).tip is None
    row = bot.broadcasts.repository.get(1)
    assert row
    assert bot.broadcasts.report(row)["recipients"] == {"pending": 4, "sent": 1, "failed": 0, "unknown": 0}
    assert platforms.line.used == 0


def test_stop_and_come_back_by_a_word(bot: app.Bot) -> None:
    for word, state in (("退訂", "stopped"), ("訂閱", "active")):
        say(bot, PEOPLE[0], word)
        assert bot.store.subscribers.state("line", PEOPLE[0]) == state
    greeting = reply_to(bot, Incoming("follow", "line", PEOPLE[0]))
    assert greeting
    assert STOP_TIPS in [button.label for button in greeting.quick_replies]


def test_pause_and_resume_from_chat(bot: app.Bot, platforms: Platforms) -> None:
    sending = pressed(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    paused = pressed(bot, ADMINS[0], sending, words.PAUSE)
    assert status(bot) == "paused"
    assert words.PAUSED_BY_ADMIN in plain_text.text(paused)
    stranger = reply_to(bot, Incoming("postback", "line", PEOPLE[0], "resume:1"))
    assert stranger
    assert OLD_BUTTON_TITLE in plain_text.text(stranger)
    assert status(bot) == "paused"
    press(bot, ADMINS[0], paused, words.RESUME)
    assert status(bot) == "sending"
    bot.notifier.tick()
    assert not notified(platforms, ADMINS[0]), "nobody is told what they did themselves"
    assert words.GIVEN_UP in press(bot, ADMINS[0], sending, words.GIVE_UP)
    assert status(bot) == "cancelled"


def test_too_few_admins_are_said_beforehand(tmp_path: Path, index: Index, platforms: Platforms) -> None:
    bot = admins_bot(tmp_path, index, platforms, approvals=4)
    assert "只有 3 位管理者" in plain_text.text(say(bot, ADMINS[0], "推播"))
    bot.close()


def test_people_find_their_own_id_for_whoever_sets_the_admins_up(bot: app.Bot) -> None:
    shown = plain_text.text(say(bot, PEOPLE[0], "我的編號"))
    assert PEOPLE[0] in shown
    assert "ADMIN_LINE_IDS" in shown
    on_the_page = reply_to(bot, Incoming("text", "web", None, "我的編號"))
    assert on_the_page
    assert NO_ID_TITLE in plain_text.text(on_the_page)
