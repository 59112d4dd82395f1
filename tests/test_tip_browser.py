"""Tips in a real browser: written, scheduled, approved by a second person, watched to the end; pages on a phone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import app
import web_app
from broadcasts.model import Recipient
from office.model import Role, at_command_line
from retrieval.search import Index
from tests.support.admins import admins_bot
from tests.support.console import PASSWORD
from tests.support.console_pages import DESK, assert_accessible, assert_no_sideways_scroll, served, watch
from tests.support.installation import LINE, TELEGRAM
from tests.support.platforms import Platforms

NAMES = ("王小明", "李小華")
Enter = Callable[..., tuple[Page, list[str]]]
DRAWN = ".face-chat[data-drawn] iframe"


@pytest.fixture
def bot(tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    bot = admins_bot(tmp_path, index, platforms, TIP_TIME="23:59")
    for name in NAMES:
        bot.desk.accounts.add(at_command_line("test"), name, PASSWORD, Role.SENDER, must_change=False)
    bot.store.accounts.set_addresses(NAMES[0], {"line": LINE[0]})
    bot.store.subscribers.import_all(Recipient("telegram", chat) for chat in TELEGRAM)
    yield bot
    bot.close()


@pytest.fixture
def address(bot: app.Bot) -> Iterator[str]:
    with served(web_app.create_app(bot)) as address:
        yield address


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Enter]:
    """Logs somebody in: their page, and what goes wrong in that browser."""
    contexts = []

    def enter(name: str, scripts: bool = True) -> tuple[Page, list[str]]:
        context = browser.new_context(
            viewport=DESK, locale="zh-TW", timezone_id="Asia/Taipei", base_url=address, java_script_enabled=scripts
        )
        contexts.append(context)
        troubles = watch(context, address)
        page = context.new_page()
        page.goto("/admin/tips")
        page.get_by_label("帳號").fill(name)
        page.get_by_label("密碼").fill(PASSWORD)
        page.get_by_role("button", name="登入").click()
        return page, troubles

    yield enter
    for context in contexts:
        context.close()


def check(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def write(page: Page, text: str) -> None:
    page.goto("/admin/tips/new")
    page.get_by_label("自己寫的提醒").fill(text)


def test_a_tip_is_scheduled_approved_by_a_second_person_and_taken_back(enter: Enter) -> None:
    page, troubles = enter(NAMES[0])
    write(page, "明天起，公文放保險櫃。")
    hour = datetime.now() + timedelta(days=2)
    page.get_by_label("排在這個時間").check()
    page.get_by_label("日期").fill(f"{hour:%Y-%m-%d}")
    page.get_by_label("要另一個人也確認才送出").check()
    page.get_by_role("button", name="預覽").click()
    page.get_by_role("button", name="確認，時間到就送出").click()
    expect(page.get_by_text("你確認過了")).to_be_visible()
    other, other_troubles = enter(NAMES[1])
    other.get_by_role("link", name="第 1 則").first.click()
    expect(other.get_by_text("已經確認的人：王小明")).to_be_visible()
    check(other)
    other.get_by_role("button", name="確認，時間到就送出").click()
    expect(other.get_by_role("heading", name="第 1 則提醒：排好了")).to_be_visible()
    other.get_by_text("不送了").click()
    other.get_by_role("button", name="取消第 1 則").click()
    expect(other.get_by_role("heading", name="第 1 則提醒：已取消")).to_be_visible()
    assert (troubles, other_troubles) == ([], [])


def test_a_tip_is_tried_out_sent_and_watched_until_its_end(enter: Enter, bot: app.Bot, platforms: Platforms) -> None:
    page, troubles = enter(NAMES[0])
    write(page, "請看 https://law.moj.gov.tw/ 再簽名。")
    page.get_by_label("附上哪一案").fill("2")
    page.get_by_role("button", name="預覽").click()
    expect(page.frame_locator(DRAWN).get_by_text("law.moj.gov.tw ↗")).to_be_visible()
    expect(page.get_by_text("將送給 LINE 5 人、Telegram 120 人。")).to_be_visible()
    check(page)
    page.get_by_role("button", name="試送到我的 LINE").click()
    expect(page.get_by_text("試送出去了")).to_be_visible()
    assert dict(platforms.reached) == {LINE[0]: 1}
    page.get_by_role("button", name="確認，馬上送出").click()
    expect(page.get_by_role("heading", name="第 1 則提醒：傳送中")).to_be_visible()
    bot.start_worker()
    expect(page.get_by_role("heading", name="第 1 則提醒：完成")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("125 人裡：已送 125 人")).to_be_visible()
    check(page)
    assert troubles == []


def test_every_other_page_fits_a_phone_and_everybody(enter: Enter) -> None:
    page, troubles = enter(NAMES[0])
    check(page)
    for place in ("new", "calendar"):
        page.goto(f"/admin/tips/{place}")
        check(page)
    page.locator("a[rel=next]").click()  # that month has days to come
    page.get_by_role("button", name="換一則").first.click()
    check(page)
    page.get_by_role("button", name="換成：").first.click()
    expect(page.get_by_role("status")).to_contain_text("換好了")
    page.get_by_role("button", name="跳過").first.click()
    expect(page.get_by_role("status")).to_contain_text("不會送提醒")
    page.get_by_role("button", name="照原來的").first.click()
    expect(page.get_by_role("status")).to_contain_text("回到排定的提醒了")
    assert troubles == []


def test_without_scripts_everything_is_reached(enter: Enter) -> None:
    page, _ = enter(NAMES[0], scripts=False)
    write(page, "下班前，收好公文。")
    page.get_by_role("button", name="預覽").click()
    page.get_by_role("link", name="看人數和 LINE 額度").click()
    expect(page.get_by_text("LINE 5 人")).to_be_visible()
    page.get_by_role("link", name="第 1 則提醒").click()
    page.get_by_role("button", name="確認，馬上送出").click()
    page.get_by_role("link", name="更新").click()
    page.get_by_text("不送了").click()
    page.get_by_role("button", name="取消第 1 則").click()
    expect(page.get_by_role("heading", name="第 1 則提醒：已取消")).to_be_visible()
