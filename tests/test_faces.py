"""The faces of a card in a real browser, on a page of the console."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import app as application
from core import plain_text, words
from handlers.console.faces import Faces, faces
from handlers.line import render as line_render
from handlers.telegram import render as telegram_render
from tests.support.console_pages import DESK, PHONE, assert_accessible, assert_no_sideways_scroll, served, watch
from tests.support.faces_site import (
    DRAWN,
    LIBRARY,
    REPLIES,
    case_reply,
    choose,
    height_hidden_in_frame,
    line_face,
    site,
)

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOK = """(card) => ["backgroundColor", "borderRadius", "color", "fontFamily", "fontSize", "lineHeight"]
    .map((name) => getComputedStyle(card)[name])"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    bot = application.Bot(application.load_settings({"VAR_DIR": str(tmp_path_factory.mktemp("faces"))}))
    bot.store.migrate()
    yield site(bot, [])
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


def test_each_face_is_what_the_channel_sends() -> None:
    reply = case_reply()
    assert faces(reply) == Faces(
        line=line_render.messages(reply),
        telegram=telegram_render.messages(reply),
        text=plain_text.text(reply),
        web=reply,
    )
    assert faces(reply).notification == line_render.messages(reply)[0]["altText"]


def test_one_face_at_a_time_and_the_keyboard_changes_it(page: Page) -> None:
    line_face(page, "case")
    title = page.get_by_label("標題")
    title.focus()
    title.press("Tab")
    expect(page.get_by_role("radio", name="LINE")).to_be_focused()
    for key, face in (("Telegram", ".face-telegram"), ("網頁", ".face-web"), ("純文字", ".face-text")):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name=key)).to_be_checked()
        expect(page.locator(face)).to_be_visible()
        expect(page.locator(".face:visible")).to_have_count(1)


def test_telegram_has_its_bubble_and_its_keyboard(page: Page) -> None:
    page.goto("/admin/try/case")
    choose(page, "Telegram")
    (message,) = telegram_render.messages(case_reply())
    keys = [key["text"] for row in message["reply_markup"]["inline_keyboard"] for key in row]
    assert page.locator(".telegram-keys span").all_inner_texts()[: len(keys)] == keys
    bubble = page.locator(".telegram-bubble")
    expect(bubble.locator("b").first).to_have_text(case_reply().card.title)
    expect(bubble.get_by_role("link").first).to_have_attribute("rel", "noopener noreferrer")
    assert bubble.locator("blockquote").count() > 0
    assert "\n\n\n" not in bubble.inner_text()


def test_a_face_needs_no_platforms_library() -> None:
    code = "import sys, handlers.console.faces; print([name for name in sys.modules if name.startswith('linebot')])"
    home = Path(__file__).parent.parent
    found = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_web_face_looks_as_on_the_chat_page_and_does_nothing(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/admin/try/case")
    choose(page, "網頁")
    card = page.locator(".face-web .card")
    expect(card.locator("h2")).to_have_text(case_reply().card.title)
    here = card.evaluate(LOOK)
    before = page.url
    page.locator(".face-web .card button").first.click(force=True)
    assert page.url == before
    assert card.locator("button").first.evaluate("(button) => (button.focus(), button.matches(':focus'))") is False
    page.goto("/admin/chat/case")
    assert page.locator(".card").evaluate(LOOK) == here


def test_the_choice_is_not_sent_with_the_form_around_it(page: Page) -> None:
    page.goto("/admin/try/case")
    page.get_by_label("標題").fill("x")
    page.get_by_role("button", name="儲存").click()
    assert page.url.endswith("/sent?title=x")


def test_faces_that_htmx_puts_into_the_page_are_drawn_too(page: Page) -> None:
    line_face(page, "menu")
    choose(page, "網頁")
    page.get_by_role("button", name="更新").click()
    expect(page.locator(".face-web .card h2")).to_have_text(case_reply().card.title)
    expect(page.get_by_role("radio", name="網頁")).to_be_checked()
    expect(page.locator(".face-web .card h2")).to_have_text(case_reply().card.title)
    choose(page, "LINE")
    expect(page.locator(DRAWN)).to_have_count(1)
    expect(page.frame_locator(".face-line iframe").get_by_text(words.ASK_WHOM)).to_be_visible()
    assert height_hidden_in_frame(page) <= 0


@pytest.mark.parametrize("name", list(REPLIES))
def test_every_face_fits_a_phone(page: Page, name: str) -> None:
    line_face(page, name)
    for title in ("LINE", "Telegram", "網頁", "純文字"):
        choose(page, title)
        assert_no_sideways_scroll(page)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["case", "enormous"])
def test_every_face_is_accessible(page: Page, name: str, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    line_face(page, name)
    for title in ("LINE", "Telegram", "網頁", "純文字"):
        choose(page, title)
        assert_accessible(page)


def test_without_a_script_the_words_are_there(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/try/case")
    expect(page.locator(".face-line")).to_contain_text("JavaScript")
    expect(page.locator(".face-line pre")).to_contain_text(LIBRARY.cases[1].title)
    choose(page, "網頁")
    expect(page.locator(".face-web .card h2")).to_have_text(LIBRARY.cases[1].title)
    expect(page.locator(".face-line")).to_be_hidden()
    context.close()
