"""The office's stories in a real browser: logging in, editing, uploading, stepping back, teaching what was missed."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

import app
import web_app
from office.model import Role, at_command_line
from tests.support.console import PASSWORD
from tests.support.console_pages import DESK, assert_accessible, assert_no_sideways_scroll, served, watch
from tests.support.small_bank import small_bank

NAME = "王小明"
CHECKED = 90_000  # a draft is checked in a process of its own, which loads the search first
TAKEN_UP = 20_000
NEW_TITLE = "確診名單不能傳給家人，也不能傳給朋友"
MISSED = "烏龜養在辦公室會不會怎樣"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[app.Bot]:
    folder = tmp_path_factory.mktemp("console")
    bot = app.Bot(app.load_settings({"VAR_DIR": str(folder), "QUESTIONS_PATH": small_bank()}))
    bot.store.migrate()
    bot.desk.accounts.add(at_command_line("test"), NAME, PASSWORD, Role.OWNER, must_change=False)
    bot.library.index()
    threading.Thread(target=bot.run_maintenance, daemon=True).start()
    yield bot
    bot.close()


@pytest.fixture(scope="module")
def address(bot: app.Bot) -> Iterator[str]:
    with served(web_app.create_app(bot)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, locale="zh-TW", base_url=address)
    troubles = watch(context, address)
    yield context.new_page()
    context.close()
    assert not [trouble for trouble in troubles if "status of 40" not in trouble]


def log_in(page: Page, name: str = NAME) -> None:
    page.goto("/admin/login")
    page.get_by_label("帳號").fill(name)
    page.get_by_label("密碼").fill(PASSWORD)
    page.get_by_role("button", name="登入").click()


def publish(page: Page, note: str) -> None:
    """From the draft's page: wait for what it changes, then make it live."""
    button = page.get_by_role("button", name="上線", exact=True)
    expect(button).to_be_visible(timeout=CHECKED)
    assert_accessible(page)
    page.get_by_label("為什麼改").fill(note)
    if page.get_by_label("我看過，仍要上線").count():
        page.get_by_label("我看過，仍要上線").check()
    button.click()
    expect(page.get_by_role("status")).to_contain_text("上線了")


def answers(page: Page, question: str, told: str) -> None:
    """The chat page says it, as soon as the new version is taken up."""

    def ask() -> str:
        page.goto("/")
        page.locator("#q").fill(question)
        page.get_by_role("button", name="送出").click()
        reply = page.locator(".reply").last
        expect(reply).not_to_contain_text("你好，我是")
        return reply.inner_text()

    eventually(page, lambda: told in ask())


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(TAKEN_UP // 500):
        if holds():
            return
        page.wait_for_timeout(500)
    raise AssertionError("it did not come to be")


def test_the_second_factor_is_set_up_and_asked_for(page: Page, bot: app.Bot) -> None:
    bot.desk.accounts.add(at_command_line("test"), "second", PASSWORD, Role.EDITOR, must_change=False)
    log_in(page, "second")
    page.goto("/admin/me/second-factor")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("驗證碼").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="開啟").click()
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("button", name="登出").click()
    log_in(page, "second")
    expect(page.get_by_role("heading", name="第二道驗證")).to_be_visible()
    page.goto("/admin/library/cases/")
    expect(page.get_by_role("heading", name="第二道驗證")).to_be_visible()
    page.get_by_label("手機驗證碼").fill("000000")
    page.get_by_role("button", name="繼續").click()
    expect(page.get_by_role("alert").filter(has_text="不對")).to_be_visible()
    page.get_by_label("手機驗證碼").fill(recovery)
    page.get_by_role("button", name="繼續").click()
    expect(page.get_by_role("heading", name="案例庫")).to_be_visible()


def test_an_edited_case_answers_in_chat_and_one_click_steps_back(page: Page) -> None:
    log_in(page)
    page.goto("/admin/library/cases/row?key=2")
    before = page.get_by_label("標題").input_value()
    page.get_by_label("標題").fill("")
    expect(page.locator("#row-form .fault")).to_contain_text("標題：空白")
    page.get_by_label("標題").fill(NEW_TITLE)
    expect(page.locator("#row-form").get_by_text("目前沒有問題")).to_be_visible()
    page.get_by_role("button", name="預覽卡片").click()
    expect(page.locator("#preview")).to_contain_text(NEW_TITLE)
    page.get_by_role("button", name="存進草稿").click()
    expect(page.locator("ins", has_text=NEW_TITLE)).to_be_visible()
    publish(page, "說清楚朋友也不行")
    answers(page, "案例 2", NEW_TITLE)
    page.goto("/admin/library/versions")
    expect(page.get_by_role("cell", name="說清楚朋友也不行")).to_be_visible()
    page.get_by_text("退回上一版").first.click()
    page.get_by_role("button", name="退回程式附的案例庫").click()
    expect(page.get_by_role("status")).to_contain_text("退回了")
    answers(page, "案例 2", before)


def test_a_bad_workbook_is_told_where_and_a_good_one_goes_live(page: Page, tmp_path: Path) -> None:
    log_in(page)
    page.goto("/admin/library/file")
    with page.expect_download() as download:
        page.get_by_role("button", name="下載 案例庫.xlsx").click()
    saved = Path(download.value.path()).read_bytes()
    (tmp_path / "bad.xlsx").write_bytes(changed(saved, "C3", ""))
    (tmp_path / "good.xlsx").write_bytes(changed(saved, "B6", "會議內容，核定前都不能說"))
    upload(page, tmp_path / "bad.xlsx")
    expect(page.get_by_role("alert").first).to_contain_text("第 3 列「情境」欄：空白")
    upload(page, tmp_path / "good.xlsx")
    expect(page.locator("ins", has_text="核定前都不能說")).to_be_visible()
    publish(page, "改標題")
    answers(page, "案例 5", "會議內容，核定前都不能說")


def upload(page: Page, file: Path) -> None:
    page.get_by_label("試算表（").set_input_files(file)
    page.get_by_role("button", name="上傳，看會改變什麼").click()


def changed(workbook: bytes, cell: str, text: str) -> bytes:
    """The workbook with another text in a cell of its first sheet, as Excel would save it."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    book["案例"][cell] = text
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_was_missed_is_handed_over_taught_and_answered(page: Page) -> None:
    page.goto("/")
    page.locator("#q").fill(MISSED)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("button", name="交給政風單位").click()
    expect(page.locator(".reply").last).to_contain_text("90 天")
    log_in(page)
    page.goto("/admin/missed")
    expect(page.get_by_text(MISSED).first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.locator("select[name=label]").first.select_option("8")
    page.get_by_role("button", name="教會").first.click()
    page.goto("/admin/library/draft")
    expect(page.get_by_text(MISSED).first).to_be_visible()
    publish(page, "教會烏龜")
    answers(page, MISSED, "第 8 案")
    page.goto("/admin/missed")
    expect(page.get_by_text("現在都會這樣回答").first).to_be_visible()


def test_a_stranger_and_a_wrong_role_get_nothing(page: Page, bot: app.Bot) -> None:
    page.goto("/admin/library/cases/")
    expect(page.get_by_role("heading", name="登入後台")).to_be_visible()
    bot.desk.accounts.add(at_command_line("test"), "sender", PASSWORD, Role.SENDER, must_change=False)
    log_in(page, "sender")
    for place in ("library/cases/", "library/draft", "missed", "accounts", "log", "installation"):
        page.goto(f"/admin/{place}")
        expect(page.get_by_role("heading", name="你的帳號不能做這件事")).to_be_visible()
    expect(page.get_by_role("link", name="案例庫")).to_have_count(0)
