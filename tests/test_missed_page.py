"""The page of what could not be answered: seen, taught, put back and discarded by whoever may."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ViewportSize, expect

import app
import web_app
from office import words
from office.model import Role
from retrieval.library import NO_CASE
from retrieval.sheets.model import Problem, SheetError
from tests.support.console_pages import DESK, PHONE, assert_accessible, assert_no_sideways_scroll, served, watch
from tests.support.missed import PASSWORD, Drafts, add_account, keep, keys, logged_in, teach_into, token

PAGE = "/admin/missed"
DRONES = ("空拍機可以拍營區嗎", "假日用空拍機拍到軍營會怎樣", "用空拍機拍辦公廳舍違法嗎")


@pytest.fixture
def drafts(bot: app.Bot) -> Drafts:
    drafts = Drafts()
    teach_into(bot, drafts)
    return drafts


@pytest.fixture
def client(bot: app.Bot, drafts: Drafts) -> FlaskClient:
    return logged_in(bot)


def shown(client: FlaskClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def post(client: FlaskClient, step: str, **fields: Any) -> Any:
    sent = {"csrf_token": token(client, "/admin/me/password"), **fields}
    return client.post(f"{PAGE}/{step}", data=sent, follow_redirects=True)


def said(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def test_an_empty_list_says_what_will_be_here(client: FlaskClient) -> None:
    page = shown(client)
    assert "現在沒有等著處理的" in page
    assert "教過的會留在這裡" in page
    assert "教會</button>" not in page


def test_a_group_shows_its_days_its_wordings_and_what_the_bot_says(client: FlaskClient, bot: app.Bot) -> None:
    keep(bot.store, *DRONES, '<b>晚餐</b> & "他"')
    keep(bot.store, DRONES[1], ago=3)
    page = shown(client)
    assert "4 則，11/23（一）到 11/26（四）" in page
    assert f"{DRONES[1]}（2 次）" in page
    assert "現在回答：沒有相符的案例" in page
    assert "<b>晚餐</b>" not in client.get(PAGE).get_data(as_text=True)
    assert page.count('type="checkbox"') == page.count(" checked") == 4
    assert page.count("沒有案例（以後也不回答）") == 2


def test_what_is_ticked_is_taught_and_seen_below(client: FlaskClient, bot: app.Bot, drafts: Drafts) -> None:
    keep(bot.store, *DRONES)
    first, second, _ = keys(bot.store)
    answer = post(client, "teach", keys=[f"{first} {second}"], label="2")
    assert "教會 2 則，成為「第 2 案」的問法" in said(answer)
    assert "還有 2 種不會這樣回答" in said(answer)
    ((name, texts, label),) = drafts.added
    assert (name, len(texts), label) == ("editor", 2, 2)
    answer = post(client, "teach", keys=keys(bot.store), label="0")
    assert drafts.added[-1][2] == NO_CASE
    assert "「沒有案例」" in said(answer)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"label": "2"}, words.NOTHING_TICKED),
        ({"keys": "KEY"}, words.NO_LABEL),
        ({"keys": "KEY", "label": "999"}, words.GONE_LABEL),
        ({"keys": "KEY", "label": "nobody"}, words.GONE_LABEL),
    ],
    ids=["nothing ticked", "no label", "no such case", "no such guide"],
)
def test_a_fault_is_said_in_its_form_and_what_was_chosen_stays(
    client: FlaskClient, bot: app.Bot, drafts: Drafts, fields: dict[str, str], fault: str
) -> None:
    keep(bot.store, *DRONES)
    keep(bot.store, "今天晚餐吃什麼")
    every = re.findall(r'name="keys" value="([^"]+)"', shown(client))
    group = every[0]
    sent = {name: value.replace("KEY", every[1]) for name, value in fields.items()}
    answer = post(client, "teach", group=group, **sent)
    page = said(answer)
    assert answer.status_code == 400
    assert fault in page[page.index('id="group-1"') : page.index('id="group-2"')]
    ticked = re.findall(r'value="([^"]+)" checked', page)
    assert ticked == [*([every[1]] if "keys" in fields else []), every[-1]]
    assert 'value="999" selected' in page or fields.get("label") != "999"
    assert not drafts.added
    assert len(keys(bot.store)) == 4


def test_a_draft_that_cannot_be_written_teaches_nothing(client: FlaskClient, bot: app.Bot, drafts: Drafts) -> None:
    keep(bot.store, *DRONES)
    drafts.fault = ConnectionError("the store is down")
    assert post(client, "teach", keys=keys(bot.store), label="2").status_code == 500
    drafts.fault = SheetError(Problem("問法", "太長"))
    answer = post(client, "teach", keys=keys(bot.store), label="2")
    assert (answer.status_code, "還留在這裡。問法：太長" in said(answer)) == (400, True)
    assert len(keys(bot.store)) == 3


def test_what_somebody_else_has_taught_meanwhile_is_said(client: FlaskClient, bot: app.Bot, drafts: Drafts) -> None:
    keep(bot.store, *DRONES)
    every = keys(bot.store)
    bot.store.missed_questions.mark(every, "3")
    assert words.GONE_QUESTIONS in said(post(client, "teach", keys=every, label="2"))
    assert not drafts.added


def test_taught_ones_are_put_back(client: FlaskClient, bot: app.Bot) -> None:
    keep(bot.store, *DRONES)
    every = keys(bot.store)
    bot.store.missed_questions.mark(every, "2")
    assert words.NOTHING_TICKED in said(post(client, "put-back", group=every[0]))
    assert "放回 3 則" in said(post(client, "put-back", keys=every))
    assert keys(bot.store) == every


def test_discarding_asks_first_and_then_deletes(client: FlaskClient, bot: app.Bot) -> None:
    keep(bot.store, *DRONES)
    every = keys(bot.store)
    question = said(post(client, "discard", keys=every[:2]))
    assert "丟棄 2 種說法" in question
    assert keys(bot.store) == every
    (again,) = re.findall(r'name="keys" value="([^"]+)"', question)
    assert "丟棄 2 則。" in said(post(client, "discard", keys=again, sure="1"))
    assert keys(bot.store) == every[2:]


def test_a_new_case_is_begun_from_what_was_asked(client: FlaskClient, bot: app.Bot, drafts: Drafts) -> None:
    keep(bot.store, *DRONES)
    keep(bot.store, DRONES[0], ago=1)
    every = keys(bot.store)
    begun = post(client, "begin/case", keys=every)
    assert begun.request.args.getlist("missed") == every, "keys, and no text, in the address"
    assert all(text in said(begun) for text in DRONES)
    row = {
        "id": "11",
        "title": "空拍機",
        "situation": "空拍營區。",
        "laws": "刑法第132條",
        "countermeasures": "先申請。",
    }
    sent = {**row, "csrf_token": token(client, "/admin/library/cases/new"), "missed": every}
    assert client.post("/admin/library/cases/new", data=sent).status_code == 302
    assert [(set(texts), label) for _, texts, label in drafts.added] == [(set(DRONES), 11)]
    assert not keys(bot.store)
    assert post(client, "begin/case", group=every[0]).status_code == 400
    assert post(client, "begin/nothing", keys=every).status_code == 404


def test_the_log_says_what_was_done_without_any_text(client: FlaskClient, bot: app.Bot) -> None:
    keep(bot.store, *DRONES)
    post(client, "teach", keys=keys(bot.store), label="ai-tools")
    line = bot.store.actions.find({}, 1)[0]
    assert (line.actor, line.subject, line.detail) == ("editor", "一般提醒 ai-tools", "教會 3 則")


@pytest.mark.parametrize("step", ["", "/teach", "/discard", "/put-back", "/begin/case"])
def test_others_get_nothing(bot: app.Bot, drafts: Drafts, step: str) -> None:
    keep(bot.store, *DRONES)
    every = keys(bot.store)
    sender = logged_in(bot, Role.SENDER)
    stranger = web_app.create_app(bot).test_client()
    sent = {"csrf_token": token(sender, "/admin/me/password"), "keys": every, "label": "2", "sure": "1"}
    for client, statuses in ((sender, {403}), (stranger, {302, 400, 401})):
        answer = client.post(PAGE + step, data=sent) if step else client.get(PAGE)
        assert answer.status_code in statuses
        assert DRONES[0] not in said(answer)
    assert keys(bot.store) == every
    assert not drafts.added


@pytest.fixture
def address(bot: app.Bot, drafts: Drafts) -> Iterator[str]:
    add_account(bot, Role.EDITOR)
    with served(web_app.create_app(bot)) as address:
        yield address


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_from_the_tap_on_the_chat_page_to_taught(
    browser: Browser, address: str, drafts: Drafts, viewport: ViewportSize
) -> None:
    context = browser.new_context(viewport=viewport, locale="zh-TW", base_url=address, reduced_motion="reduce")
    troubles = watch(context, address)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("你的問題").fill("今天晚餐吃什麼 A123456789")
    page.get_by_label("你的問題").press("Enter")
    page.get_by_role("button", name="交給政風單位").click()
    expect(page.get_by_role("heading", name="收到了，謝謝你")).to_be_visible()
    page.goto("/admin/login")
    page.get_by_label("帳號").fill("editor")
    page.get_by_label("密碼").fill(PASSWORD)
    page.get_by_role("button", name="登入").click()
    page.get_by_role("link", name="問不到的").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("教成哪一個").select_option("0")
    page.get_by_role("button", name="教會").click()
    expect(page.get_by_role("status").filter(has_text="教會 1 則")).to_be_visible()
    page.get_by_text("現在都會這樣回答").click()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert not troubles
    assert drafts.added == [("editor", ["今天晚餐吃什麼 ［身分證字號］"], NO_CASE)]
    context.close()
