"""The faces of a card in a real browser, on a page with the console's own policy."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Browser, FrameLocator, Page, expect
from werkzeug.serving import make_server

import app as application
from core import cards, plain_text, words
from core.cards import Office
from core.messages import Button, Card, Item, Reply, Section
from handlers.console import application as console
from handlers.console import telegram_bubbles
from handlers.console.faces import Faces, faces
from handlers.line import render as line_render
from handlers.telegram import render as telegram_render
from retrieval import library_sheets
from tests.support.console_pages import DESK, PHONE, assert_accessible, assert_no_sideways_scroll, watch

LIBRARY = library_sheets.load_folder(Path(__file__).parent.parent / "data")
OFFICE = Office("政風室", "分機 1234")
PAGE = """{% extends "console/base.html" %}{% from "console/faces.html" import faces, faces_files %}
{% block head %}{{ faces_files() }}{% endblock %}
{% block main %}<h1>預覽</h1><form action="/admin/sent"><label>標題 <input name="title"></label>
<div id="here">{{ faces(shown) }}</div><input type="submit" value="儲存"></form>
<button hx-get="/admin/part/case" hx-target="#here">更新</button>{% endblock %}"""
PART = """{% from "console/faces.html" import faces %}{{ faces(shown) }}"""
CHAT = """<!doctype html><link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ url_for('faces.file', name='chat.css') }}">{% include "reply.html" %}"""

HOSTILE = (
    '<img src=x onerror="window.broken=1">',
    "<script>window.broken=1</script>",
    "</script><script>window.broken=1</script>",
    "<!--<script>",
    '" onclick="window.broken=1" x=\'',
    "');alert(1);('",
    "<b>粗</b>&lt;i&gt;&amp;",
    "{{ 7*7 }}\u2028線",
    "<style>*{display:none}</style>",
)


def hostile_reply() -> Reply:
    """Every place of a card holds something that would be dangerous as HTML."""
    buttons = tuple(Button(text, postback="menu") for text in HOSTILE[:3])
    link = Button("<a href=x>全文", url="https://example.org/?a='\"<b>&x=1")
    items = tuple(Item(text, f"說明 {text}", (link, link)) for text in HOSTILE)
    sections = (Section(HOSTILE[0], items), Section(HOSTILE[1], buttons=buttons, inline=True))
    card = Card(HOSTILE[0], HOSTILE[2], HOSTILE[4], HOSTILE[5], "\n".join(HOSTILE), sections, HOSTILE)
    return Reply(card, buttons)


def case_reply() -> Reply:
    return cards.of_case(LIBRARY.cases[1], OFFICE, others=LIBRARY.cases[:2], notice="你的問題裡有電話號碼，已先遮住。")


def enormous_reply() -> Reply:
    """So large that LINE and Telegram get plain text, in several messages."""
    items = tuple(Item(f"第 {number} 點" + "字" * 900) for number in range(12))
    return Reply(Card("很長的卡片", "很長", sections=(Section("要點", items),)), cards.QUICK_REPLIES)


REPLIES = {
    "case": case_reply(),
    "first-aid": cards.first_aid(LIBRARY.cases[1], OFFICE),
    "guide": cards.of_guide(LIBRARY.guides[0], OFFICE),
    "menu": cards.menu(LIBRARY.cases, 1),
    "note": cards.note("謝謝你的回覆", "第一行\n第二行\nhttps://example.org/" + "long" * 30),
    "hostile": hostile_reply(),
    "enormous": enormous_reply(),
}


Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
DRAWN = ".face-chat[data-drawn] iframe"
LOOK = """(card) => ["backgroundColor", "borderRadius", "color", "fontFamily", "fontSize", "lineHeight"]
    .map((name) => getComputedStyle(card)[name])"""


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The paths that the server was asked for."""
    return []


@pytest.fixture(scope="module")
def app(asked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The console with pages that show the faces of our replies, under /admin."""
    bot = application.Bot(application.load_settings({"VAR_DIR": str(tmp_path_factory.mktemp("faces"))}))
    bot.store.migrate()
    pages = application.create_console(bot)
    pages.add_url_rule("/try/<name>", "try", lambda name: render_template_string(PAGE, shown=faces(REPLIES[name])))
    pages.add_url_rule("/part/<name>", "part", lambda name: render_template_string(PART, shown=faces(REPLIES[name])))
    pages.add_url_rule("/chat/<name>", "chat", lambda name: chat_page(REPLIES[name]))
    pages.add_url_rule("/sent", "sent", lambda: '<link rel="icon" href="data:,">')
    web = Flask("faces", static_folder=None)
    console.mount(web, pages)
    pages.before_request(lambda: asked.append(request.path))
    yield web
    bot.close()


def chat_page(reply: Reply) -> str:
    return render_template_string(CHAT, reply=reply, words=words, action="")


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    context = browser.new_context(viewport=DESK, locale="zh-TW", base_url=address)
    troubles = watch(context, address)
    yield context.new_page()
    context.close()
    assert not troubles


def line_face(page: Page, name: str) -> FrameLocator:
    """The frame, drawn."""
    page.goto(f"/admin/try/{name}")
    expect(page.locator(DRAWN)).to_have_count(1)
    return page.frame_locator(".face-line iframe")


def choose(page: Page, title: str) -> None:
    page.get_by_role("radio", name=title).check()


def height_hidden_in_frame(page: Page) -> int:
    """How much of what is drawn lies below the frame's end."""
    inside = page.frames[1].evaluate("document.getElementById('chat').getBoundingClientRect().height")
    return int(inside - page.locator(".face-line iframe").evaluate("(frame) => frame.clientHeight"))


def words_of(reply: Reply) -> list[str]:
    card = reply.card
    items = [text for section in card.sections for item in section.items for text in (item.text, item.detail)]
    headings = [section.heading for section in card.sections]
    return [text for text in (card.title, card.label, card.notice, card.body, *items, *headings, *card.footer) if text]


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_each_face_is_what_the_channel_sends() -> None:
    reply = case_reply()
    assert faces(reply) == Faces(
        line=line_render.messages(reply),
        telegram=telegram_render.messages(reply),
        text=plain_text.text(reply),
        web=reply,
    )
    assert faces(reply).notification == line_render.messages(reply)[0]["altText"]


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
    texts = [message["text"] for message in line_render.messages(enormous_reply())]
    assert len(texts) > 1
    assert frame.locator(".said").all_inner_texts() == texts
    assert height_hidden_in_frame(page) <= 0


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


def test_a_narrower_page_makes_the_frame_longer(page: Page) -> None:
    line_face(page, "case")
    frame = page.locator(".face-line iframe")
    before = str(frame.get_attribute("height"))
    choose(page, "純文字")
    page.set_viewport_size({"width": 280, "height": 740})
    choose(page, "LINE")
    expect(frame).not_to_have_attribute("height", before)
    assert height_hidden_in_frame(page) <= 0


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>標題</b>", "<b>標題</b>"),
        ("<blockquote expandable>引文</blockquote>\n後面", "<blockquote>引文</blockquote>後面"),
        ('<a href="https://example.org/?a=1&amp;b=2">法條</a>', "法條</a>"),
        ('<a href="javascript:alert(1)">法條</a>', "法條"),
        ("<i onclick='x'>斜</i>", "<i>斜</i>"),
        ("<u>線</u><img src=x>", "線"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("見https://example.org/a。", "見<a "),
    ],
)
def test_telegrams_markup_is_written_anew(text: str, shown: str) -> None:
    html = str(telegram_bubbles.bubble({"text": text, "parse_mode": "HTML"}).html)
    assert shown in html
    assert not any(danger in html for danger in ("javascript", "onclick", "<img", "<script", "<u>"))


def test_a_message_without_markup_is_text() -> None:
    html, rows = telegram_bubbles.bubble({"text": "<b>x</b> & https://example.org/?a=1&b=2 後"})
    assert rows == []
    assert str(html).startswith("&lt;b&gt;x&lt;/b&gt; &amp; <a ")
    assert str(html).endswith(">https://example.org/?a=1&amp;b=2</a> 後")


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
    expect(page.frame_locator(".face-line iframe").get_by_text(case_reply().card.body)).to_be_visible()
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
