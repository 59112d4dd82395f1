"""Questions on their way: how long they wait, what is said when something goes wrong, and that each keeps its place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

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
from tests.support.console_pages import assert_accessible, assert_no_sideways_scroll

API = "**/api/chat"
PATIENCE = 20_000


@pytest.fixture(scope="module")
def address(index: Index) -> Iterator[str]:
    with served_page(index) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, by a clock that a test moves."""
    with opened(browser, address) as page:
        page.clock.install()
        page.reload()
        yield page


@pytest.fixture
def held(page: Page) -> list[Route]:
    """Requests that the test lets through, each when it likes."""
    routes: list[Route] = []
    page.route(API, lambda route: routes.append(route))
    return routes


def arrived(page: Page, held: list[Route], count: int) -> None:
    """So many requests are on their way."""
    for _ in range(1000):
        if len(held) >= count:
            return
        page.wait_for_timeout(10)
    pytest.fail(f"{len(held)} of {count} requests were sent")


def test_waiting_says_for_how_long(page: Page, held: list[Route]) -> None:
    ask(page, QUESTION)
    waiting = page.locator(".waiting")
    page.clock.run_for(1_500)
    expect(waiting).not_to_contain_text("秒")
    page.clock.run_for(1_500)
    expect(waiting).to_contain_text("已經等了 3 秒")
    page.clock.run_for(2_000)
    expect(page.get_by_role("status")).to_have_text("已經等了 5 秒")
    page.clock.run_for(2_000)
    expect(waiting).to_contain_text("已經等了 7 秒")
    expect(page.get_by_role("status")).to_have_text("已經等了 5 秒")
    held[0].continue_()
    answered(page, 1)
    expect(waiting).to_have_count(0)


def test_a_timeout_says_the_truth_and_tries_that_question_again(page: Page, held: list[Route]) -> None:
    ask(page, QUESTION)
    page.clock.run_for(PATIENCE)
    expect(page.locator(".turn").get_by_role("alert")).to_contain_text("已送出，還沒收到回答")
    page.get_by_label("你的問題").fill("別的話")
    page.get_by_role("button", name="再試一次").click()
    expect(page.locator(".fault")).to_have_count(0)
    arrived(page, held, 2)
    assert held[1].request.post_data_json == {"text": QUESTION}
    held[1].continue_()
    answered(page, 1)
    assert said_below(page) == [(QUESTION, CASE_2)]
    expect(page.get_by_label("你的問題")).to_have_value("別的話")


def test_an_answer_that_comes_too_late_is_still_shown(page: Page, held: list[Route]) -> None:
    ask(page, QUESTION)
    page.clock.run_for(PATIENCE)
    expect(page.locator(".fault")).to_be_visible()
    held[0].continue_()
    answered(page, 1)
    expect(page.locator(".fault")).to_have_count(0)


def test_a_connection_that_breaks_after_a_timeout_does_not_unsay_it(page: Page, held: list[Route]) -> None:
    ask(page, QUESTION)
    page.clock.run_for(PATIENCE)
    held[0].abort()
    ask(page, QUESTION_6)
    arrived(page, held, 2)
    held[1].continue_()
    answered(page, 1)
    expect(page.locator(".fault")).to_contain_text("已送出，還沒收到回答")


def test_a_second_question_meanwhile_is_its_own(page: Page, held: list[Route]) -> None:
    for count, question in enumerate((QUESTION, QUESTION_6, NO_CASE), 1):
        ask(page, question)
        arrived(page, held, count)
    held[1].continue_()
    answered(page, 1)
    held[2].abort("connectionrefused")
    expect(page.locator(".fault")).to_be_visible()
    held[0].continue_()
    answered(page, 2)
    said = said_below(page)
    assert [question for question, _ in said] == [QUESTION, QUESTION_6, NO_CASE]
    assert said[0][1] == CASE_2
    assert said[2][1].startswith("連不上伺服器，這個問題沒有送出")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_question_that_was_not_sent_stays_and_is_sent_later(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, QUESTION)
    expect(page.locator(".turn").get_by_role("alert")).to_contain_text("這個問題沒有送出")
    expect(page.locator(".question")).to_have_text(f"你問：{QUESTION}")
    page.context.set_offline(False)
    page.get_by_role("button", name="再試一次").click()
    answered(page, 1)
    expect(page.locator(".fault")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "said"), [(500, "伺服器出了狀況"), (502, "伺服器出了狀況"), (429, "請等 7 秒再試一次"), (413, "1 MiB")]
)
def test_a_refused_question_says_why(page: Page, status: int, said: str) -> None:
    page.route(API, lambda route: route.fulfill(status=status, body="<html>", headers={"Retry-After": "7"}))
    ask(page, QUESTION)
    expect(page.locator(".fault")).to_contain_text(said)
    if status == 413:
        page.get_by_role("button", name="放回輸入框修改").click()
        expect(page.get_by_label("你的問題")).to_have_value(QUESTION)
        expect(page.locator(".turn")).to_have_count(0)


def test_a_page_of_somebody_else_is_no_answer(page: Page) -> None:
    """Such as the login of a guest network."""
    page.route(API, lambda route: route.fulfill(status=200, body="<html>"))
    ask(page, QUESTION)
    expect(page.locator(".fault")).to_contain_text("沒有回答")


@pytest.mark.parametrize(
    ("pressed", "said"),
    [("有幫助", "你的評價沒有送出"), ("沒幫助", "你的評價沒有送出"), ("使用說明", "這個按鈕沒有按成")],
)
def test_a_press_fails_by_its_own_words(page: Page, pressed: str, said: str) -> None:
    ask(page, QUESTION)
    answered(page, 1)
    page.context.set_offline(True)
    button = newest(page).get_by_role("button", name=pressed)
    button.click()
    expect(page.locator(".fault")).to_contain_text(said)
    expect(page.locator(".fault")).not_to_contain_text("問題")
    page.context.set_offline(False)
    page.get_by_role("button", name="再試一次").click()
    answered(page, 2)


def test_a_failed_handing_over_says_that_it_was_not_handed_over(page: Page) -> None:
    ask(page, NO_CASE)
    page.context.set_offline(True)
    page.get_by_role("button", name="交給政風單位").click()
    expect(page.locator(".fault")).to_contain_text("這段文字沒有交出去")


def test_a_double_click_presses_once(page: Page, held: list[Route]) -> None:
    page.get_by_role("button", name="使用說明").dblclick()
    arrived(page, held, 1)
    expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.parametrize("typed", ["", "  \n "], ids=["nothing", "blanks"])
def test_an_empty_question_gets_a_hint(page: Page, typed: str) -> None:
    page.get_by_label("你的問題").fill(typed)
    page.get_by_role("button", name="送出").click()
    hint = page.get_by_role("alert")
    expect(hint).to_contain_text("請先打一句話")
    expect(page.get_by_label("你的問題")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_label("你的問題").press("a")
    expect(hint).to_be_empty()


def test_a_long_question_is_folded_and_opens_by_the_keyboard(page: Page) -> None:
    ask(page, "借影印機" * 1250)
    answered(page, 1)
    bubble = page.locator(".question")
    low = bubble.evaluate("(one) => one.clientHeight")
    unfold = page.get_by_role("button", name="展開全文")
    unfold.press("Enter")
    assert bubble.evaluate("(one) => one.clientHeight === one.scrollHeight && one.clientHeight") > low
    fold = page.get_by_role("button", name="收合")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.press("Enter")
    assert bubble.evaluate("(one) => one.clientHeight") == low
