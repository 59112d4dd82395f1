"""The library's pages in a real browser: what moves by itself, the keyboard, a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

import app
import web_app
from office.model import Actor, Role, at_command_line
from retrieval.library_rows import CASES
from tests.support.console import PASSWORD
from tests.support.console_pages import DESK, assert_accessible, assert_no_sideways_scroll, served, watch
from tests.support.office import LI, SMALL, small_bot

ACTOR = Actor("editor", Role.EDITOR.rights)
LONG = "很長的標題" * 15


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[app.Bot]:
    bot = small_bot(tmp_path_factory.mktemp("library"))
    bot.desk.accounts.add(at_command_line("test"), ACTOR.name, PASSWORD, Role.EDITOR, must_change=False)
    bot.library.save(SMALL, "王小明", "第一版")
    bot.library.index()
    yield bot
    bot.close()


@pytest.fixture(scope="module")
def address(bot: app.Bot) -> Iterator[str]:
    with served(web_app.create_app(bot)) as address:
        yield address


@pytest.fixture(scope="module")
def session(browser: Browser, address: str) -> StorageState:
    """Somebody's browser after the login."""
    context = browser.new_context(locale="zh-TW", base_url=address)
    page = context.new_page()
    page.goto("/admin/login")
    page.get_by_label("帳號").fill(ACTOR.name)
    page.get_by_label("密碼").fill(PASSWORD)
    page.get_by_role("button", name="登入").click()
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, address: str, session: StorageState, bot: app.Bot) -> Iterator[Page]:
    """A page of the library on which nothing may go wrong, and no draft yet."""
    bot.desk.drafts.discard(ACTOR)
    context = browser.new_context(
        viewport=DESK,
        locale="zh-TW",
        base_url=address,
        storage_state=session,
        reduced_motion="reduce",
    )
    troubles = watch(context, address)
    yield context.new_page()
    context.close()
    assert not [trouble for trouble in troubles if "400 (BAD REQUEST)" not in trouble], "a refused form is none"


def assert_fine(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)


PAGES = (
    "cases/",
    "questions/",
    "laws/",
    "guides/",
    "cases/new",
    "cases/row?key=2",
    "questions/row?key=請假怎麼辦理&key=1",
)
OTHERS = ("file", "draft", "try", "versions", "versions/compare?before=1&now=0", "laws/row?key=中華民國刑法&key=132")


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_every_page_is_accessible_and_fits_a_phone(page: Page, bot: app.Bot, path: str) -> None:
    row = bot.desk.drafts.of(ACTOR).base.rows(CASES)["2",]
    bot.desk.drafts.save_row(ACTOR, CASES, ("2",), (row[0], LONG, "長" * 300, *row[3:]))
    bot.desk.drafts.delete_row(ACTOR, CASES, ("1",))
    bot.desk.drafts.add_questions(ACTOR, ["x" * 200, "新的問法"], "ai-tools")
    page.goto(f"/admin/library/{path}")
    if path == "draft":
        page.reload()
        page.get_by_text("看是哪些").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_fine(page)


def test_a_case_is_checked_while_one_types_and_seen_as_a_card(page: Page) -> None:
    page.goto("/admin/library/cases/row?key=2")
    title = page.get_by_label("標題")
    title.fill("")
    expect(page.get_by_text("標題：空白，請填寫")).to_be_visible()
    page.get_by_role("button", name="存進草稿").click()
    expect(page.get_by_role("alert").filter(has_text="標題")).to_be_visible()
    page.wait_for_load_state()  # the alert is there before the script that listens to what is typed
    title.fill("會議錄音檔")
    expect(page.get_by_text("目前沒有問題")).to_be_visible()
    expect(page.get_by_text("標題：空白，請填寫")).to_have_count(0)
    page.get_by_role("button", name="預覽卡片").click()
    expect(page.frame_locator(".face-line iframe").first.get_by_text("會議錄音檔").first).to_be_visible()
    assert_fine(page)
    expect(title).to_have_value("會議錄音檔")


def test_a_question_is_tried_where_one_stands_and_taught(page: Page) -> None:
    page.goto("/admin/library/guides/")
    page.get_by_label("打一句話").fill("會議逐字稿給廠商可以嗎")
    page.keyboard.press("Enter")
    expect(page.get_by_text("最可能的")).to_be_visible()
    assert page.url.endswith("/guides/"), "the page stays"
    assert_fine(page)
    page.get_by_label("這句話應該是").select_option("2")
    page.get_by_role("button", name="放進草稿，看會改變什麼").click()
    expect(page.get_by_text("「會議逐字稿給廠商可以嗎」").first).to_be_visible()
    expect(page.get_by_role("heading", name="影響")).to_be_visible()
    expect(page.get_by_role("button", name="上線", exact=True)).to_be_visible()
    assert_fine(page)


def test_the_result_comes_by_itself(page: Page, bot: app.Bot) -> None:
    bot.desk.drafts.add_questions(ACTOR, ["還在比對的問法"], 2)
    draft = bot.desk.drafts.of(ACTOR)
    checks = bot.store.draft_checks
    checks.begin(ACTOR.name, draft.digest, "建索引", 0)
    page.goto("/admin/library/draft")
    expect(page.get_by_text("正在比對：建索引")).to_be_visible()
    assert_fine(page)
    bot.desk.check_draft(ACTOR.name)
    expect(page.get_by_role("button", name="上線", exact=True)).to_be_visible()
    expect(page.locator("#check #check")).to_have_count(0)


def test_what_somebody_else_changed_is_shown_on_a_phone_too(page: Page, bot: app.Bot) -> None:
    row = bot.desk.drafts.of(ACTOR).base.rows(CASES)["2",]
    bot.desk.drafts.save_row(ACTOR, CASES, ("2",), (row[0], LONG, *row[2:]))
    current = bot.library.current()
    bot.desk.drafts.save_row(LI, CASES, ("2",), (row[0], "李編輯的" + LONG[:60], *row[2:]))
    bot.library.save(bot.desk.drafts.of(LI).library, LI.name)
    bot.desk.drafts.discard(LI)
    page.goto("/admin/library/draft")
    expect(page.get_by_text("別人先改了")).to_be_visible()
    assert_fine(page)
    page.get_by_role("button", name="用線上的").click()
    expect(page.get_by_text("你沒有草稿")).to_be_visible()
    bot.library.save(current, "王小明")


def test_all_of_it_works_without_script(browser: Browser, address: str, session: StorageState, bot: app.Bot) -> None:
    bot.desk.drafts.discard(ACTOR)
    context = browser.new_context(base_url=address, storage_state=session, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/library/cases/row?key=2")
    page.get_by_label("標題").fill("沒有腳本")
    page.get_by_role("button", name="預覽卡片").click()
    expect(page.get_by_text("按瀏覽器的上一頁回去")).to_be_visible()
    page.go_back()
    page.get_by_label("標題").fill("沒有腳本")
    page.get_by_role("button", name="存進草稿").click()
    page.reload()
    page.get_by_label("為什麼改").fill("試試")
    page.get_by_role("button", name="上線", exact=True).click()
    expect(page.get_by_text("版上線了")).to_be_visible()
    page.locator("summary", has_text="退回上一版").click()
    page.locator("details[open] button").click()
    expect(page.get_by_text("退回了，存成第")).to_be_visible()
    page.goto("/admin/library/try")
    page.get_by_label("打一句話").fill("會議錄音給廠商可以嗎")
    page.get_by_role("button", name="試問").click()
    expect(page.get_by_text("最可能的")).to_be_visible()
    context.close()
