"""The conversation in the tab's own memory; and the browsers that have less than others."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from retrieval.search import Index
from tests.support.chat_page import (
    CASE_2,
    NO_CASE,
    QUESTION,
    QUESTION_6,
    answered,
    ask,
    newest,
    opened,
    said_below,
    served_page,
)

KEPT = "JSON.stringify(Object.entries({...sessionStorage}))"
NO_MEMORY = (
    "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
)
FULL_MEMORY = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
# What Safari 14 and Firefox 78 lack of what a page may be tempted to use.
OF_2020 = """
delete AbortSignal.timeout;
delete AbortSignal.any;
delete SubmitEvent.prototype.submitter;
delete HTMLFormElement.prototype.requestSubmit;
delete Array.prototype.at;
delete String.prototype.at;
delete Object.hasOwn;
delete Element.prototype.checkVisibility;
for (const name of ["structuredClone", "navigation", "CloseWatcher"]) delete window[name];
for (const name of ["share", "canShare", "clipboard"]) delete Navigator.prototype[name];
delete Crypto.prototype.randomUUID;
"""


@pytest.fixture(scope="module")
def address(index: Index) -> Iterator[str]:
    with served_page(index) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def conversation(page: Page) -> list[tuple[str, str]]:
    """Two questions, answered."""
    for count, question in enumerate((QUESTION, QUESTION_6), 1):
        ask(page, question)
        answered(page, count)
    return said_below(page)


def test_reload_and_back_keep_the_conversation_and_where_one_was(page: Page) -> None:
    before = conversation(page)
    page.evaluate("scrollTo(0, 400)")
    page.reload()
    assert said_below(page) == before
    assert page.evaluate("scrollY") == 400
    newest(page).get_by_role("link", name="這張卡片的網址").click()
    expect(page).to_have_url("/case/6")
    page.go_back()
    answered(page, 2)
    assert said_below(page) == before
    page.get_by_role("button", name="案例選單").click()
    answered(page, 3)


def test_one_tap_clears_it(page: Page) -> None:
    clear = page.get_by_role("button", name="清除對話")
    expect(clear).to_be_hidden()
    conversation(page)
    expect(page.locator(".privacy")).to_contain_text("對話只留在這個分頁")
    clear.click()
    expect(page.get_by_role("button", name=QUESTION)).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.evaluate(KEPT) == "[]"
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)


def test_another_tab_knows_nothing_of_it(page: Page) -> None:
    conversation(page)
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator(".turn")).to_have_count(0)
    assert page.evaluate("localStorage.length + document.cookie.length") == 0


def test_what_was_masked_or_not_answered_is_not_kept(page: Page) -> None:
    ask(page, "A123456789 的名冊可以給廠商嗎")
    answered(page, 1)
    page.context.set_offline(True)
    ask(page, "0912345678 的名冊呢")
    expect(page.locator(".fault")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    kept = page.evaluate(KEPT)
    assert "［身分證字號］" in kept
    assert "A123456789" not in kept
    assert "0912345678" not in kept
    answered(page, 1)


def test_only_the_newest_thirty_are_kept(page: Page) -> None:
    ask(page, "說明")
    answered(page, 1)
    page.evaluate(
        """() => { const log = document.getElementById("log");
        for (let n = 0; n < 40; n++) log.append(log.lastElementChild.cloneNode(true)); }"""
    )
    page.reload()
    answered(page, 30)


@pytest.mark.parametrize("kept", ["nonsense", "null", "[]", '{"turns": 5}', '{"turns": [null, 5, {"question": 1}]}'])
def test_a_memory_that_cannot_be_read_is_none(page: Page, kept: str) -> None:
    conversation(page)
    page.evaluate(
        "(text) => addEventListener('pagehide', () => sessionStorage.setItem(sessionStorage.key(0), text))", kept
    )
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, QUESTION)
    answered(page, 1)


@pytest.mark.parametrize("script", [NO_MEMORY, FULL_MEMORY, OF_2020], ids=["no memory", "full memory", "of 2020"])
def test_it_works_in_browsers_that_have_less(browser: Browser, address: str, script: str) -> None:
    with opened(browser, address, script) as page:
        page.get_by_role("button", name=QUESTION).click()
        answered(page, 1)
        newest(page).get_by_role("button", name="有幫助").click()
        answered(page, 2)
        expect(newest(page)).to_contain_text("謝謝你的回覆")
        page.get_by_label("你的問題").fill(QUESTION_6)
        page.get_by_role("button", name="送出").click()
        answered(page, 3)
        ask(page, NO_CASE)
        answered(page, 4)
        page.goto("/case/2")
        ask(page, QUESTION)
        expect(newest(page)).to_contain_text(CASE_2)
        expect(page.locator(".question").last).to_have_text(f"你問：{QUESTION}")


def test_the_page_opens_with_all_that_one_needs_on_a_small_phone(browser: Browser, address: str) -> None:
    with opened(browser, address, viewport={"width": 360, "height": 640}) as page:
        fold = page.locator(".composer").evaluate("(one) => one.getBoundingClientRect().top")
        for shown in (".privacy", ".reply .card", ".examples", ".menu summary"):
            assert page.locator(shown).evaluate("(one) => one.getBoundingClientRect().bottom") <= fold, shown
        assert page.get_by_role("button", name="招標公告前").count() == 0
        page.get_by_text("看全部案例").click()
        expect(page.locator(".menu").get_by_role("button")).to_have_count(11)
