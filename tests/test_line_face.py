"""The LINE face in a real browser: what is sent, whole, and nothing of it alive."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import app as application
from core.messages import Reply
from handlers.line import render as line_render
from tests.support.console_pages import DESK, served, watch
from tests.support.faces_site import HOSTILE, REPLIES, choose, height_hidden_in_frame, line_face, site


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The paths that the server was asked for."""
    return []


@pytest.fixture(scope="module")
def app(asked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    bot = application.Bot(application.load_settings({"VAR_DIR": str(tmp_path_factory.mktemp("faces"))}))
    bot.store.migrate()
    yield site(bot, asked)
    bot.close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    context = browser.new_context(viewport=DESK, locale="zh-TW", base_url=address)
    troubles = watch(context, address)
    yield context.new_page()
    context.close()
    assert not troubles


def words_of(reply: Reply) -> list[str]:
    card = reply.card
    items, headings = [], []
    for section in card.sections:
        items += [text for item in section.items for text in (item.text, item.brief if section.folded else item.detail)]
        headings += [section.heading] if not section.folded or section.items[0].text else []
    return [text for text in (card.title, card.label, card.notice, card.body, *items, *headings, *card.footer) if text]


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["case", "first-aid", "guide", "menu", "note"])
def test_line_draws_every_word_of_the_card(page: Page, name: str) -> None:
    frame = line_face(page, name)
    shown = lines(frame.locator("#chat").inner_text())
    for text in words_of(REPLIES[name]):
        for line in lines(text):
            assert any(line in part for part in shown), line
    for button in REPLIES[name].quick_replies:
        expect(frame.locator(".chips").get_by_text(button.label, exact=True)).to_be_visible()
    assert height_hidden_in_frame(page) <= 0
    assert frame.locator(".T1").evaluate("(bubble) => bubble.offsetWidth") == 300


def test_hostile_texts_are_shown_as_they_are_typed(page: Page) -> None:
    frame = line_face(page, "hostile")
    shown = " ".join(frame.locator("#chat").inner_text().split())
    for text in HOSTILE:
        assert " ".join(text.split()) in shown
    drawn = page.frames[1]
    assert drawn.locator("#chat").locator("img, script, style, b, [onclick], [onerror], [href]").count() == 0
    for title in ("Telegram", "網頁", "純文字"):
        choose(page, title)
    assert [frame.evaluate("window.broken") for frame in page.frames] == [None, None]
    telegram = page.locator(".face-telegram")
    assert telegram.locator("img, script, style, [onclick], [onerror]").count() == 0
    for text in HOSTILE:
        assert " ".join(text.split()) in " ".join(str(telegram.text_content()).split())


def test_the_frame_would_stop_what_is_not_escaped(browser: Browser, address: str, asked: list[str]) -> None:
    """The second lock: markup that got in runs nothing, loads nothing and reaches nothing outside."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    line_face(page, "case")
    frame = page.frames[1]
    frame.evaluate(
        """document.getElementById("chat").innerHTML = `<img src="/admin/stolen" onerror="parent.postMessage('x', '*')">
        <iframe src="/admin/stolen"></iframe><form action="/admin/stolen"><button>送出</button></form>
        <a href="#" onclick="window.broken = 1">按</a>`"""
    )
    frame.get_by_text("按").click()
    frame.get_by_text("送出").click()
    assert frame.evaluate("window.broken") is None
    assert frame.evaluate("fetch('/admin/stolen').then(() => 'went', () => 'refused')") == "refused"
    assert frame.evaluate("(() => { try { return parent.document.title } catch { return 'refused' } })()") == "refused"
    assert frame.evaluate("(() => { try { return document.cookie } catch { return 'refused' } })()") == "refused"
    assert frame.evaluate("origin") == "null"
    page.goto("/admin/sent")
    assert "/stolen" not in asked
    context.close()


def test_a_line_break_and_the_space_between_lines_are_as_on_line(page: Page) -> None:
    body = line_face(page, "note").get_by_text("第一行")
    assert body.evaluate("(text) => getComputedStyle(text).lineHeight") == "23.6px"
    assert body.inner_text().splitlines()[:2] == ["第一行", "第二行"]


def test_what_line_gets_as_text_is_drawn_as_text(page: Page) -> None:
    frame = line_face(page, "enormous")
    texts = [message["text"] for message in line_render.messages(REPLIES["enormous"])]
    assert len(texts) > 1
    assert frame.locator(".said").all_inner_texts() == texts
    assert height_hidden_in_frame(page) <= 0


def test_a_narrower_page_makes_the_frame_longer(page: Page) -> None:
    line_face(page, "case")
    frame = page.locator(".face-line iframe")
    before = str(frame.get_attribute("height"))
    choose(page, "純文字")
    page.set_viewport_size({"width": 280, "height": 740})
    choose(page, "LINE")
    expect(frame).not_to_have_attribute("height", before)
    assert height_hidden_in_frame(page) <= 0


def test_the_frame_holds_no_text_and_stands_only_in_our_pages(app: Flask) -> None:
    answer = app.test_client().get("/admin/face/line")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts;" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-same-origin" not in policy
    assert app.test_client().get("/admin/face/line").data == answer.data


@pytest.mark.parametrize("name", ["case", "hostile"])
def test_the_page_holds_the_messages_exactly(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(f"/admin/try/{name}")
    held = page.locator("[data-line-messages]").get_attribute("data-line-messages") or ""
    assert json.loads(held) == line_render.messages(REPLIES[name])
    context.close()
