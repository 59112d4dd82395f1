"""Pages of the console that show the faces of a few cards, for tests in a real browser."""

from pathlib import Path

from flask import Flask, render_template_string, request
from playwright.sync_api import FrameLocator, Page, expect

import app as application
import web_app
from core import cards, menu_cards, words
from core.contact import Office
from core.messages import Button, Card, Item, Reply, Section
from handlers.console import application as console
from handlers.console.faces import faces
from retrieval import library_sheets

LIBRARY = library_sheets.load_folder(Path(__file__).parents[2] / "data")
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
    "menu": menu_cards.menu(LIBRARY.cases, 1),
    "note": cards.note("謝謝你的回覆", "第一行\n第二行\nhttps://example.org/" + "long" * 30),
    "hostile": hostile_reply(),
    "enormous": enormous_reply(),
}
DRAWN = ".face-chat[data-drawn] iframe"


def site(bot: application.Bot, asked: list[str]) -> Flask:
    """The console with pages for REPLIES, under /admin; `asked` fills with the paths that it was asked for."""
    pages = web_app.create_console(bot)
    pages.add_url_rule("/try/<name>", "try", lambda name: render_template_string(PAGE, shown=faces(REPLIES[name])))
    pages.add_url_rule("/part/<name>", "part", lambda name: render_template_string(PART, shown=faces(REPLIES[name])))
    pages.add_url_rule("/chat/<name>", "chat", lambda name: _chat_page(REPLIES[name]))
    pages.add_url_rule("/sent", "sent", lambda: '<link rel="icon" href="data:,">')
    pages.before_request(lambda: asked.append(request.path))
    web = Flask("faces", static_folder=None)
    console.mount(web, pages)
    return web


def _chat_page(reply: Reply) -> str:
    return render_template_string(CHAT, reply=reply, words=words, action="")


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
