"""The chat page served without any platform or database, and what a person does on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from core.answers import Answerer
from core.contact import Office
from core.conversation import Conversation
from handlers import registry, under_path
from handlers.web.pages import Web
from retrieval.search import Index
from tests.support.console_pages import PHONE, served, watch
from tests.support.memory import TODAY, Memory, keeper
from tests.support.no_tips import NoTips

QUESTION = "可以把確診名單傳給家人嗎"
CASE_2 = "未公布的確診資訊，連家人也不能傳"
QUESTION_6 = "隨身碟帶回家加班可以嗎"
NO_CASE = "今天晚餐吃什麼"


def web_of(index: Index, memory: Memory, public_url: str | None = None) -> Flask:
    """The application of the page alone."""
    conversation = Conversation(
        Answerer(lambda: index), memory, keeper(memory), Office("政風室"), NoTips(), registry.specs(), lambda: TODAY
    )
    web = Flask("page", static_folder=None)
    web.config["MAX_CONTENT_LENGTH"] = 1 << 20
    under_path.answer_at_once(web)
    web.register_blueprint(Web(conversation, public_url).blueprint)
    return web


@contextmanager
def served_page(index: Index) -> Iterator[str]:
    """Gives its address."""
    with served(web_of(index, Memory())) as address:
        yield address


@contextmanager
def opened(browser: Browser, address: str, script: str = "", path: str = "/", **options: Any) -> Iterator[Page]:
    """The page on a phone, calm: no error on it, no call of another place. `script` runs before the page's own."""
    options = {"viewport": PHONE, "locale": "zh-TW", "reduced_motion": "reduce"} | options
    context = browser.new_context(base_url=address, **options)
    troubles = watch(context, address)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.goto(path)
    yield page
    context.close()
    assert not [trouble for trouble in troubles if "Failed to load resource" not in trouble]


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("你的問題")
    box.fill(question)
    box.press("Enter")


def answered(page: Page, count: int) -> None:
    """So many questions have their answers."""
    expect(page.locator(".turn > .reply")).to_have_count(count)


def newest(page: Page) -> Locator:
    return page.locator(".reply").last


def said_below(page: Page) -> list[tuple[str, str]]:
    """Each question, and the heading of its answer or what is said in its place."""
    found: list[list[str]] = page.locator(".turn").evaluate_all(
        """(turns) => turns.map((turn) => [
            turn.querySelector(".question").lastElementChild.textContent,
            (turn.querySelector(".reply h2, .fault p, .waiting") || {innerText: ""}).innerText])"""
    )
    return [(question, said) for question, said in found]
