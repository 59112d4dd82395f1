"""The console's pages of tips, as accounts see and use them."""

import html
import re
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

import app
import web_app
from broadcasts import words
from broadcasts.model import QuotaPolicy, Status
from broadcasts.schedule import is_workday
from broadcasts.tips import Tip
from core import dates
from office.model import Role, at_command_line
from retrieval.search import Index
from tests.support.admins import ADMINS, admins_bot, status
from tests.support.console import PASSWORD, logged_in, token_of
from tests.support.platforms import Platforms
from tests.support.wire import Fault

HTMX = {"HX-Request": "true"}
WORDS = "下班前，收好公文 https://law.moj.gov.tw/"


@pytest.fixture
def bot(tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    bot = admins_bot(tmp_path, index, platforms, TIP_TIME="23:59")
    yield bot
    bot.close()


@pytest.fixture
def sender(bot: app.Bot) -> FlaskClient:
    return logged_in(bot, Role.SENDER)


def shown(answer: TestResponse) -> str:
    """Its text, without markup."""
    assert answer.status_code in (200, 400), answer.status
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", answer.text)))


def post(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    """A form sent, and where it leads."""
    form = {"csrf_token": token_of(client.get("/admin/tips/new").text), **fields}
    return client.post(f"/admin{page}", data=form, follow_redirects=True)


def write(client: FlaskClient, **fields: str) -> TestResponse:
    return post(client, "/tips/new", **{"kind": "own", "when": "now", "text": WORDS, **fields})


def row(bot: app.Bot, number: int = 1) -> Tip:
    broadcast = bot.broadcasts.repository.get(number)
    assert broadcast
    return Tip.read(broadcast.tip)


def next_workday() -> date:
    days = (date.today() + timedelta(number) for number in range(1, 30))
    return next(day for day in days if is_workday(day))


def test_empty_lists_say_what_will_be_here(sender: FlaskClient) -> None:
    page = shown(sender.get("/admin/tips"))
    assert "排在之後、或等人確認的提醒會列在這裡" in page
    assert "還沒有送過" in page


def test_a_tip_is_written_seen_and_sent(sender: FlaskClient, bot: app.Bot, platforms: Platforms) -> None:
    platforms.line.quota = 500
    answer = write(sender, case_id="2")
    page = shown(answer)
    assert "第 1 則提醒：等待確認" in page
    assert answer.request.path == "/admin/tips/1"
    assert WORDS in page
    assert 'data-line-messages="' in answer.text
    assert status(bot) == "draft"
    assert row(bot) == Tip.own(WORDS, bot.library.library().case(2))
    outlook = shown(sender.get("/admin/tips/1/outlook", headers=HTMX))
    assert "LINE 5 人" in outlook
    assert "送完大約還剩 495 則" in outlook
    assert "開始送出了" in shown(post(sender, "/tips/1/approve", policy="some"))
    assert status(bot) == "sending"
    assert "第 1 則 " in shown(sender.get("/admin/tips"))


def test_the_quota_is_not_asked_for_while_a_page_is_made(sender: FlaskClient, platforms: Platforms) -> None:
    write(sender)
    platforms.line.calls.clear()
    sender.get("/admin/tips/1")
    sender.get("/admin/tips")
    assert not platforms.line.calls
    assert "LINE 5 人" in shown(sender.get("/admin/tips/1/outlook")), "a page of its own without the script"


def test_what_is_done_with_a_small_quota_is_chosen_before(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender)
    post(sender, "/tips/1/approve", policy="ride")
    broadcast = bot.broadcasts.repository.get(1)
    assert broadcast
    assert broadcast.quota_policy == QuotaPolicy.PIGGYBACK


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, words.TIP_EMPTY),
        ({"text": "好", "case_id": "999"}, "沒有第 999 案"),
        ({"text": "好", "case_id": "公文"}, "沒有第 公文 案"),
        ({"text": "好", "when": "later", "day": "2020-01-02", "hour": "09:00"}, "已經過了"),
        ({"text": "好", "when": "later", "day": "", "hour": "09:00"}, words.TIME_UNREADABLE),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    sender: FlaskClient, bot: app.Bot, fields: dict[str, str], said: str
) -> None:
    answer = write(sender, second="yes", **fields)
    assert answer.status_code == 400
    assert said in shown(answer)
    assert bot.broadcasts.repository.get(1) is None
    for typed in filter(None, [fields["text"], fields.get("case_id", ""), fields.get("day", "")]):
        assert typed in answer.text
    assert 'value="yes" checked' in answer.text


def test_a_case_is_named_as_people_do(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender, case_id=" 第 2 案 ")
    assert row(bot).case_id == 2


def test_at_an_hour_it_waits_and_can_be_taken_back(sender: FlaskClient, bot: app.Bot) -> None:
    day = next_workday()
    page = shown(write(sender, when="later", day=f"{day}", hour="09:00"))
    assert f"排在 {dates.day(day)}09:00 送出，這一天是上班日" in page
    assert words.CONFIRMED_FOR_LATER in shown(post(sender, "/tips/1/approve"))
    assert words.SCHEDULED in shown(sender.get("/admin/tips/1"))
    assert "下班前，收好公文" in shown(sender.get("/admin/tips")).split("全部，新的在上面")[0]
    assert status(bot) == "approved"
    assert "取消了" in shown(post(sender, "/tips/1/cancel"))
    assert status(bot) == "cancelled"


def test_a_draft_goes_back_into_the_form(sender: FlaskClient, bot: app.Bot) -> None:
    day = next_workday()
    write(sender, case_id="2", when="later", day=f"{day}", hour="16:30", second="yes")
    form = post(sender, "/tips/1/edit").text
    for kept in (WORDS, 'value="2"', f'value="{day}"', 'value="16:30"', 'value="yes" checked', 'value="later" checked'):
        assert kept in form
    assert "第 1 則" not in shown(sender.get("/admin/tips")), "the first draft is gone"


def test_an_old_one_is_copied_own_or_not(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender, kind="today")
    daily = row(bot)
    assert daily == bot.daily_tip.today()
    assert f"照第 1 則：{daily.name}" in shown(sender.get("/admin/tips/new?copy=1"))
    write(sender, kind="copy", copy="1")
    assert row(bot, 2) == daily
    write(sender)
    assert WORDS in sender.get("/admin/tips/new?copy=3").text


def second_sender(bot: app.Bot) -> FlaskClient:
    client = web_app.create_app(bot).test_client()
    bot.desk.accounts.add(at_command_line("test"), "frank", PASSWORD, Role.SENDER, must_change=False)
    form = {"csrf_token": token_of(client.get("/admin/login").text), "name": "frank", "password": PASSWORD}
    assert client.post("/admin/login", data=form).status_code == 302
    return client


def test_a_second_person_approves_and_the_first_cannot(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender, second="yes")
    assert "還要另外 1 位確認" in shown(post(sender, "/tips/1/approve"))
    assert "還要另外 1 位確認" in shown(post(sender, "/tips/1/approve"))
    own = sender.get("/admin/tips/1")
    assert "你確認過了" in shown(own)
    assert 'action="/admin/tips/1/approve"' not in own.text
    assert status(bot) == "draft"
    frank = second_sender(bot)
    assert "已經確認的人：sender。還要 1 位確認" in shown(frank.get("/admin/tips/1"))
    assert "開始送出了" in shown(post(frank, "/tips/1/approve"))
    assert status(bot) == "sending"
    assert [line.actor for line in bot.store.actions.all() if line.detail == words.APPROVED] == ["frank"]


def test_one_is_sent_to_oneself(sender: FlaskClient, bot: app.Bot, platforms: Platforms) -> None:
    write(sender)
    assert "我的帳號" in shown(sender.get("/admin/tips/1"))
    refused = post(sender, "/tips/1/try", channel="line", address=ADMINS[0])
    assert refused.status_code == 400
    bot.store.accounts.set_addresses("sender", {"line": ADMINS[1]})
    assert "試送出去了" in shown(post(sender, "/tips/1/try", channel="line", address=ADMINS[0]))
    assert dict(platforms.reached) == {ADMINS[1]: 1}, "to the account's own address alone"
    platforms.misbehave(lambda call: Fault(401, "Authentication failed"))
    assert "LINE_CHANNEL_ACCESS_TOKEN" in shown(post(sender, "/tips/1/try", channel="line"))


def test_progress_goes_on_by_itself_and_its_end_loads_the_page_anew(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender)
    post(sender, "/tips/1/approve")
    page = sender.get("/admin/tips/1").text
    asked = html.unescape(next(iter(re.findall(r'hx-get="(/admin/tips/1/progress[^"]*)"', page))))
    part = sender.get(asked, headers=HTMX)
    assert "5 人裡：已送 0 人" in shown(part)
    assert "<html" not in part.text
    assert sender.get(asked).status_code == 302, "without the script there is the page"
    post(sender, "/tips/1/pause")
    assert status(bot) == "paused"
    assert sender.get(asked, headers=HTMX).headers["HX-Refresh"] == "true"
    assert 'hx-trigger="every' not in sender.get("/admin/tips/1").text


def test_steps_that_came_too_late_say_so(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender)
    post(sender, "/tips/1/cancel")
    for step in ("pause", "resume", "cancel", "resend"):
        assert "這一步沒有做" in shown(post(sender, f"/tips/1/{step}"))
    assert "不能改了" in shown(post(sender, "/tips/1/approve"))


def test_failures_stand_with_their_reasons_and_those_in_doubt_are_sent_again(sender: FlaskClient, bot: app.Bot) -> None:
    write(sender)
    post(sender, "/tips/1/approve")
    gone = "sendMessage: Telegram answered 403: Forbidden: bot was blocked by the user"
    with bot.store.transaction() as connection:
        connection.execute(text("UPDATE recipients SET status = 'unknown'"))
        failed = "UPDATE recipients SET status = 'failed', error = :error WHERE address LIKE '%a'"
        connection.execute(text(failed), {"error": gone})
        connection.execute(text("UPDATE broadcasts SET status = 'done'"))
    page = shown(sender.get("/admin/tips/1"))
    assert "失敗 1 人，無法確定 4 人" in page
    assert "對方封鎖、離開或刪除了帳號：1 人" in page
    assert "他們可能已經收到，會收到第二次" in page
    assert "再送一次" in shown(post(sender, "/tips/1/resend"))
    assert status(bot) == "sending"


def test_the_month_shows_what_comes_and_a_day_is_replaced_skipped_and_back(sender: FlaskClient, bot: app.Bot) -> None:
    day = next_workday()
    month = f"/admin/tips/calendar?month={day:%Y-%m}"
    page = sender.get(month)
    assert f"{day.year}年{day.month}月的提醒" in shown(page)
    assert "預計" in shown(page)
    known = list(bot.daily_tip.known().values())
    wanted = next(tip for tip in known if "列印" in tip.measure and tip != bot.tip_office.calendar.day(day).tip)
    choices = sender.get(f"/admin/tips/calendar/{day}?q=列印")
    assert wanted.key in choices.text
    assert f"{dates.day(day)}：換好了" in shown(post(sender, f"/tips/calendar/{day}/replace", key=wanted.key))
    assert bot.tip_office.calendar.day(day).tip == wanted
    assert "跳過，不送" in shown(post(sender, f"/tips/calendar/{day}/skip"))
    assert bot.daily_tip.is_skipped(day)
    assert "排定的提醒" in shown(post(sender, f"/tips/calendar/{day}/restore"))
    assert not bot.daily_tip.is_skipped(day)


@pytest.mark.parametrize("step", ["skip", "restore", "replace"])
def test_a_day_that_is_over_is_refused_with_its_reason(sender: FlaskClient, step: str) -> None:
    yesterday = date.today() - timedelta(2)
    refused = post(sender, f"/tips/calendar/{yesterday}/{step}", key="1:x")
    assert refused.status_code == 400
    assert words.DAY_IS_OVER in shown(refused)


@pytest.mark.parametrize(
    "address",
    ["/tips/77", "/tips/99999999999", "/tips/calendar/2026-02-30", "/tips/calendar/9999-01-01", "/tips/1/stop"],
)
def test_what_is_not_there_is_said_plainly(sender: FlaskClient, address: str) -> None:
    answer = sender.get(f"/admin{address}")
    assert answer.status_code == 404
    assert "沒有這一頁" in answer.text


@pytest.mark.parametrize("month", ["", "2026-13", "1066-01", "abc"])
def test_a_month_that_is_none_is_this_one(sender: FlaskClient, month: str) -> None:
    now = datetime.now()
    assert f"{now.year}年" in shown(sender.get(f"/admin/tips/calendar?month={month}"))


def test_an_editor_and_a_stranger_get_nothing(bot: app.Bot) -> None:
    bot.broadcasts.draft(Tip.own(WORDS))
    editor, stranger = logged_in(bot, Role.EDITOR), web_app.create_app(bot).test_client()
    for address in ("", "/new", "/1", "/1/progress", "/1/outlook", "/calendar", f"/calendar/{date.today()}"):
        assert editor.get(f"/admin/tips{address}").status_code == 403
        assert stranger.get(f"/admin/tips{address}").status_code == 302
    token = token_of(editor.get("/admin/me/password").text)
    for address in ("/new", "/1/approve", "/1/edit", "/1/try", "/1/cancel", f"/calendar/{date.today()}/skip"):
        sent = {"csrf_token": token, "text": WORDS, "kind": "own"}
        assert editor.post(f"/admin/tips{address}", data=sent).status_code == 403
    assert 'href="/admin/tips"' not in editor.get("/admin/me").text
    assert (status(bot), bot.broadcasts.repository.get(2)) == ("draft", None)


def test_the_list_has_pages(sender: FlaskClient, bot: app.Bot) -> None:
    for number in range(25):
        bot.store.broadcasts.create(Tip.own(f"提醒{number}").stored(), QuotaPolicy.ALL, None, Status.DONE, time.time())
    first, second = shown(sender.get("/admin/tips")), shown(sender.get("/admin/tips?page=2"))
    assert "第 1 頁，共 2 頁" in first
    assert "第 2 頁，共 2 頁" in shown(sender.get(f"/admin/tips?page={10**30}"))
    assert sender.get(f"/admin/tips/{10**30}").status_code == 404
    assert "提醒24" in first
    assert "提醒4 " in second
    assert "提醒5 " not in second
