"""The chat page in a real browser, served by the real server; and the question API without one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core import words
from retrieval.search import Index
from tests.support.chat_page import CASE_2, NO_CASE, QUESTION, QUESTION_6, ask, newest, web_of
from tests.support.console_pages import DESK, PHONE, served, watch
from tests.support.memory import TODAY, Memory


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


@pytest.fixture(scope="module")
def address(index: Index, memory: Memory) -> Iterator[str]:
    with served(web_of(index, memory)) as address:
        yield address


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(browser: Browser, address: str, memory: Memory, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, open and calm: nothing may go wrong on it, and it may call no other place."""
    context = browser.new_context(viewport=request.param, locale="zh-TW", base_url=address, reduced_motion="reduce")
    troubles = watch(context, address)
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()
    assert not troubles
    assert {call[0] for call in memory.calls} <= {"vote", "keep"}, "who opens the page is not kept"


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_typed_question_shows_its_case(page: Page) -> None:
    ask(page, QUESTION)
    card = newest(page)
    expect(card.get_by_role("heading", name=CASE_2)).to_be_in_viewport()
    expect(card.locator("summary")).to_have_count(3)
    expect(card).to_contain_text("刑法第132條（洩漏國防以外秘密罪）")
    expect(card).to_contain_text("傳染病防治法第10條及第64條第4款（洩漏病人之姓名、病歷等資料）")
    expect(card.locator(".steps > li")).to_have_count(3)
    links = [link.get_attribute("href") or "" for link in card.locator("details a").all()]
    assert len(links) == 3
    expect(card.get_by_text("九萬至四十五萬元")).to_be_hidden()
    card.get_by_text("傳染病防治法第10條").click()
    expect(card.get_by_text("九萬至四十五萬元")).to_be_visible()
    assert all(link.startswith("https://law.moj.gov.tw/LawClass/LawSingle.aspx?") for link in links)
    expect(page.locator(".question")).to_have_text(f"你問：{QUESTION}")
    expect(page.get_by_label("你的問題")).to_have_value("")
    assert page.get_by_role("status").inner_text().startswith(CASE_2)


def test_the_send_button_and_an_example_ask_too(page: Page) -> None:
    page.get_by_role("button", name=QUESTION).click()
    expect(newest(page)).to_contain_text(CASE_2)
    page.get_by_label("你的問題").fill(QUESTION_6)
    page.get_by_role("button", name="送出").click()
    expect(newest(page)).to_contain_text("隨身碟")
    expect(page.locator(".question")).to_have_count(2)


def test_the_menu_behind_one_tap_leads_to_a_case_and_the_case_to_a_vote(page: Page, memory: Memory) -> None:
    page.get_by_text("看全部案例").click()
    page.get_by_role("button", name="招標公告前").click()
    expect(newest(page)).to_contain_text("政府採購法第34條")
    memory.calls.clear()
    helped = page.get_by_role("button", name="有幫助")
    helped.click()
    expect(newest(page)).to_contain_text("謝謝你的回覆")
    expect(helped).to_have_attribute("aria-pressed", "true")
    expect(newest(page)).to_be_focused()
    assert [call[0] for call in memory.calls] == ["vote"]
    assert memory.calls[0][2:] == (9, True)


@pytest.mark.parametrize("question", ["<script>window.broken=1</script>", "<img src=x onerror='window.broken=1'>"])
def test_a_question_that_looks_like_a_script_is_text(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.locator(".reply")).to_have_count(2)
    expect(page.locator(".question")).to_have_text(f"你問：{question}")
    assert page.evaluate("window.broken") is None


def test_private_data_is_masked_where_it_was_typed(page: Page) -> None:
    ask(page, "A123456789 的名冊可以給廠商嗎")
    expect(newest(page).locator(".notice")).to_contain_text("身分證字號")
    expect(page.locator(".question")).to_have_text("你問：［身分證字號］ 的名冊可以給廠商嗎")
    assert "A123456789" not in page.content()


@pytest.mark.parametrize("words", ["案例 10", "選單", "說明", "x" * 3000, "😀" * 500])
def test_nothing_pushes_the_page_sideways(page: Page, words: str) -> None:
    ask(page, words)
    expect(page.locator(".reply")).to_have_count(2)
    assert sideways(page) <= 0
    expect(newest(page).get_by_role("heading").first).to_be_in_viewport()


def test_an_unknown_thing_is_said_plainly_and_offers_the_menu(page: Page) -> None:
    ask(page, NO_CASE)
    expect(newest(page)).to_contain_text("沒有相符的案例")
    expect(newest(page)).to_contain_text("政風室")
    expect(newest(page).get_by_role("button", name="案例選單")).to_have_count(1)


def test_an_enter_that_ends_composing_does_not_send(page: Page) -> None:
    box = page.get_by_label("你的問題")
    box.fill("ㄎㄜˇ")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    box.press("Shift+Enter")
    page.wait_for_timeout(200)
    expect(page.locator(".question")).to_have_count(0)
    expect(box).to_have_value("ㄎㄜˇ\n")


def test_what_can_be_pressed_is_large_enough(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".reply")).to_have_count(2)
    low = "all => all.map(one => [one.innerText, one.getBoundingClientRect().height]).filter(([, high]) => high < 43.5)"
    assert page.locator("button:visible, .reply a:visible").evaluate_all(low) == []


def test_it_works_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("你的問題").fill(QUESTION)
    page.get_by_role("button", name="送出").click()
    expect(page.locator(".question")).to_have_text(f"你問：{QUESTION}")
    expect(newest(page).get_by_role("heading", name=CASE_2)).to_be_in_viewport()
    expect(page.get_by_role("button", name="複製網址")).to_be_hidden()
    newest(page).get_by_role("button", name="案例選單").click()
    newest(page).get_by_role("button", name="招標公告前").click()
    expect(newest(page)).to_contain_text("政府採購法第34條")
    page.goto("/")
    page.get_by_role("button", name=QUESTION).click()
    expect(newest(page)).to_contain_text(CASE_2)
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_question_without_a_case_is_handed_over_by_a_tap(
    browser: Browser, address: str, memory: Memory, script: bool
) -> None:
    context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=script)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("你的問題").fill(f"{NO_CASE} A123456789")
    page.get_by_role("button", name="送出").click()
    expect(newest(page).locator("blockquote")).to_have_text(f"{NO_CASE} ［身分證字號］")
    assert sideways(page) <= 0
    memory.calls.clear()
    newest(page).get_by_role("button", name=words.HANDOVER).click()
    expect(newest(page)).to_contain_text("收到了，謝謝你")
    assert memory.calls == [("keep", f"{NO_CASE} ［身分證字號］", TODAY)]
    context.close()
