"""Chapters of docs/console.md about accounts, numbers, the log and the installation, done in a real browser."""

import pyotp
from playwright.sync_api import expect

from tests.support.console import PASSWORD
from tests.support.console_camera import DESK, PHONE, Camera, whole
from tests.support.console_demo import EDITOR, OTHER_SENDER, OWNER, Demo

NEWCOMER = "黃淑芬"


def enters(camera: Camera, running: Demo) -> None:
    """第一次登入: invited, password, second factor, recovery codes."""
    owner = camera.enter(OWNER)
    owner.get_by_role("link", name="帳號", exact=True).click()
    owner.get_by_label("帳號名稱").fill(NEWCOMER)
    owner.locator("section select[name=role]").select_option("editor")
    owner.get_by_role("button", name="產生邀請連結").click()
    camera.take("accounts", owner)
    link = owner.locator(".notice code").inner_text()
    page = camera.stranger()
    page.goto(link)
    camera.take("accept", page, *whole(page))
    page.get_by_label("密碼（").fill(PASSWORD)
    page.get_by_label("再輸入一次").fill(PASSWORD)
    page.get_by_role("button", name="開通").click()
    page.get_by_label("帳號").fill(NEWCOMER)
    page.get_by_label("密碼").fill(PASSWORD)
    page.get_by_role("button", name="登入").click()
    page.get_by_role("link", name=NEWCOMER).click()
    page.get_by_role("button", name="開啟").click()
    camera.take("second-factor", page, *whole(page))
    page.get_by_label("驗證碼").fill(pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", "")).now())
    page.get_by_role("button", name="開啟").click()
    camera.take("recovery-codes", page, *whole(page))


def looks(camera: Camera, running: Demo) -> None:
    """看上個月問了什麼."""
    for name, size, last in (("overview", DESK, 1), ("overview-phone", PHONE, 0)):
        page = camera.enter(EDITOR, size)
        page.get_by_role("link", name="月", exact=True).click()
        page.get_by_role("link", name="前一個月").click()
        camera.take(name, page, page.locator("body > header"), page.locator("section.paper").nth(last))


def oversees(camera: Camera, running: Demo) -> None:
    """紀錄 and 安裝狀況."""
    page = camera.enter(OWNER)
    page.get_by_role("link", name="紀錄").click()
    page.get_by_role("link", name="查驗有沒有被改過").click()
    camera.take("log", page, page.locator("h1"), page.locator("tbody tr").nth(9))
    page.get_by_role("link", name="安裝狀況").click()
    camera.take("installation", page, page.locator("h1"), page.locator("section.paper").first)
    stranger = camera.stranger()
    stranger.goto("/admin/login")
    for _ in range(5):
        stranger.get_by_label("帳號").fill(OTHER_SENDER)
        stranger.get_by_label("密碼").fill("wrong pass phrase")
        stranger.get_by_role("button", name="登入").click()
        stranger.wait_for_load_state()
    expect(stranger.get_by_text("連續五次沒有通過")).to_be_visible()
