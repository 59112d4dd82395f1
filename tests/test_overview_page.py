"""總覽: charts, tables and CSV for every account."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

import app
import web_app
from broadcasts.model import CONSOLE, Recipient
from broadcasts.tips import Tip
from core.counts import DailyCount
from office.model import Role
from tests.support.console import logged_in
from tests.support.fake_line import FakeLine
from tests.support.wire import Fault

TABLES = ["channels", "verdicts", "shown", "votes", "subscribers", "tips"]


@pytest.fixture
def today(bot: app.Bot) -> date:
    return bot.daily_tip.now(bot.settings.timezone).date()


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    return logged_in(bot)


def fill(bot: app.Bot, today: date) -> None:
    bot.store.counts.add(
        [
            DailyCount(today, "line", "answer", "2", 1234),
            DailyCount(today, "web", "none", "ai-tools", 5),
            DailyCount(today, "web", "opened", "7", 3),
            DailyCount(today - timedelta(days=1), "line", "choose", "", 40),
        ]
    )
    bot.store.votes.vote("a" * 12, 2, True)
    bot.store.subscribers.import_all([Recipient("line", f"U{number:032x}") for number in range(3)])
    bot.store.counts.note_subscribers()


def shown(page: str) -> str:
    """Its text, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_it_first(bot: app.Bot, role: Role) -> None:
    client = logged_in(bot, role)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "總覽" in page.text
    for part in ("tips", "quota", "channels.csv"):
        assert client.get(f"/admin/overview/{part}").status_code == 200


@pytest.mark.parametrize("path", ["", "overview/tips", "overview/quota", "overview/channels.csv"])
def test_a_stranger_sees_none_of_it(bot: app.Bot, path: str) -> None:
    answer = web_app.create_app(bot).test_client().get(f"/admin/{path}")
    assert answer.status_code == 302
    assert "/admin/login" in answer.headers["Location"]


def test_a_new_bot_says_what_will_appear(client: FlaskClient) -> None:
    page = client.get("/admin/").text
    assert page.count('class="empty"') == 5
    assert "<svg" not in page
    assert "這段期間沒有送出提醒" in client.get("/admin/overview/tips").text


@pytest.mark.parametrize("kind", ["day", "week", "month"])
def test_each_chart_has_its_table_and_its_file(bot: app.Bot, client: FlaskClient, today: date, kind: str) -> None:
    fill(bot, today)
    page = client.get(f"/admin/?span={kind}").text
    assert page.count('class="chart"') == page.count("<details>") == page.count("下載 CSV") == 5
    assert "style=" not in page, "the page's policy forbids it"
    assert "第 2 案" in shown(page)
    assert "1,234" in page
    assert "一般提醒" in shown(page)


def test_it_leads_to_earlier_days_and_not_into_the_future(bot: app.Bot, client: FlaskClient, today: date) -> None:
    fill(bot, today)
    page = client.get("/admin/?span=day").text
    assert 'rel="next"' not in page
    (earlier,) = re.findall(r'href="([^"]+)" rel="prev"', page)
    before = client.get(earlier.replace("&amp;", "&")).text
    assert "40 題" in shown(before)
    assert 'rel="next"' in before
    tomorrow = client.get(f"/admin/?span=day&day={today + timedelta(days=1)}").text
    assert shown(tomorrow) == shown(page), "what is no day of the bot's is today"


@pytest.mark.parametrize("query", ["span=x&day=y", "span=month&day=9999-99-99", "day=%00", "span=week&day=2020-01-01"])
def test_any_address_gets_a_page(client: FlaskClient, query: str) -> None:
    assert client.get(f"/admin/?{query}").status_code == 200


def test_files_open_in_excel(bot: app.Bot, client: FlaskClient, today: date) -> None:
    fill(bot, today)
    answer = client.get("/admin/overview/shown.csv?span=day")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["編號", "標題", "回答時給的", "自己點開的"]
    assert [(row[0], *row[2:]) for row in rows[1:]] == [
        ("第 2 案", "1234", "0"),
        ("一般提醒", "5", "0"),
        ("第 7 案", "0", "3"),
    ]
    by_channel = client.get("/admin/overview/channels.csv?span=day").data.decode("utf-8-sig")
    assert by_channel.splitlines() == ["日期,LINE,網頁", f"{today},1234,5"]


def test_every_table_has_a_file_and_nothing_else_has(client: FlaskClient) -> None:
    for name in TABLES:
        assert client.get(f"/admin/overview/{name}.csv").status_code == 200
    assert client.get("/admin/overview/accounts.csv").status_code == 404


def test_tips_are_told_with_what_became_of_them(bot: app.Bot, client: FlaskClient) -> None:
    bot.store.subscribers.import_all([Recipient("line", f"U{number:032x}") for number in range(3)])
    bot.broadcasts.approve(bot.broadcasts.draft(Tip.own("=公務機密不外洩")), CONSOLE)
    for headers, framed in (({}, True), ({"HX-Request": "true"}, False)):
        page = client.get("/admin/overview/tips", headers=headers).text
        assert ("<html" in page) == framed
        assert "=公務機密不外洩" in page
        assert 'data-label="還沒送">3' in page
    rows = list(csv.reader(io.StringIO(client.get("/admin/overview/tips.csv").data.decode("utf-8-sig"))))
    assert rows[1][1:] == ["'=公務機密不外洩", "傳送中", "0", "0", "0", "3"]


def test_the_quota_is_asked_of_the_platform_apart(client: FlaskClient, line: FakeLine) -> None:
    line.quota, line.used = 200, 50
    client.get("/admin/")
    assert not line.calls, "the page does not wait for the platform"
    assert "還剩 <strong>150</strong> 則" in client.get("/admin/overview/quota").text
    line.faults.extend([Fault(500)] * 3)
    assert "現在查不到" in client.get("/admin/overview/quota").text
