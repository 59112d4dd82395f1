"""Chapters of docs/console.md about tips, done in a real browser."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from broadcasts.schedule import is_workday
from tests.support.console_camera import LINE_FACE, PHONE, Camera, whole
from tests.support.console_demo import OTHER_SENDER, SENDER, Demo


def sends(camera: Camera, running: Demo) -> None:
    """明天早上九點送一則提醒, approved by a second person."""
    page = camera.enter(SENDER)
    day = next(day for day in (running.today + timedelta(days=n) for n in range(1, 15)) if is_workday(day))
    page.get_by_role("link", name="提醒", exact=True).click()
    page.get_by_role("button", name="寫一則提醒").click()
    page.get_by_label("自己寫的提醒").fill(
        "選舉期間請留意：公務群組不轉傳候選人資料，行政資源不外借。\n說明：https://law.moj.gov.tw/"
    )
    page.get_by_label("附上哪一案").fill("6")
    page.get_by_label("排在這個時間").check()
    page.get_by_label("日期").fill(day.isoformat())
    page.get_by_label("時間", exact=True).fill("09:00")
    page.get_by_label("要另一個人也確認才送出").check()
    camera.take("tip-new", page, *whole(page))
    page.get_by_role("button", name="預覽").click()
    expect(page.locator(LINE_FACE)).to_be_visible()
    expect(page.get_by_text("將送給")).to_be_visible()
    camera.take("tip-preview", page, *whole(page))
    page.get_by_role("button", name="試送到我的 LINE").click()
    page.get_by_role("button", name="確認，時間到就送出").click()
    other = camera.enter(OTHER_SENDER, PHONE)
    other.get_by_role("link", name="提醒", exact=True).click()
    other.locator("tbody a").first.click()
    camera.take("tip-approve-phone", other, other.locator("section.paper").last)
    other.get_by_role("button", name="確認，時間到就送出").click()
    page.reload()
    page.get_by_text("不送了", exact=True).click()
    expect(page.locator(LINE_FACE)).to_be_visible()
    camera.take("tip-take-back", page, page.locator("h1"), page.locator("details.confirm"))
    page.get_by_role("link", name="提醒", exact=True).click()
    camera.take("tips", page, page.locator("body > header"), page.locator("tbody").nth(1).locator("tr").nth(4))


def watches(camera: Camera, running: Demo) -> None:
    """A tip under way, stopped, and its end."""
    page = camera.enter(SENDER)
    running.platforms.telegram.blocked = {5001, 5002, 5003}
    running.platforms.telegram.delay = 0.4
    page.goto("/admin/tips/new")
    page.get_by_label("自己寫的提醒").fill("今天下午三點起資訊系統維護，請先存檔、登出。")
    page.get_by_role("button", name="預覽").click()
    page.get_by_role("button", name="確認，馬上送出").click()
    expect(page.get_by_role("heading", name=re.compile("傳送中"))).to_be_visible()
    page.wait_for_timeout(4000)
    page.get_by_role("button", name="暫停").click()
    expect(page.get_by_role("heading", name=re.compile("暫停"))).to_be_visible()
    page.wait_for_timeout(2000)
    page.reload()
    camera.take("tip-paused", page, page.locator("h1"), page.locator("div.actions").first)
    running.platforms.telegram.delay = 0
    page.get_by_role("button", name="繼續送").click()
    expect(page.get_by_role("heading", name=re.compile("完成"))).to_be_visible(timeout=60_000)
    camera.take("tip-done", page, page.locator("h1"), page.locator("section").first)


def plans(camera: Camera, running: Demo) -> None:
    """行事曆."""
    page = camera.enter(SENDER)
    page.goto("/admin/tips/calendar")
    page.get_by_role("button", name="跳過").first.click()
    camera.take("calendar", page, page.locator("tr.today"), page.locator("tbody tr").last)
    page.get_by_role("button", name="換一則").first.click()
    expect(page.locator(LINE_FACE)).to_be_visible()
    page.get_by_label("找案例庫裡的做法").fill("隨身碟")
    page.get_by_role("button", name="找").click()
    expect(page.locator(LINE_FACE)).to_be_visible()
    camera.take("day", page, *whole(page))
