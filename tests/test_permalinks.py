"""One card as a page of its own: for messengers, for paper, and as a way to ask."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page, expect

import app
import web_app
from core.conversation import Conversation
from retrieval.search import Index
from tests.support.chat_page import CASE_2, QUESTION, answered, ask, newest, opened, said_below, served_page, web_of
from tests.support.console_pages import DESK, assert_accessible, assert_no_sideways_scroll
from tests.support.memory import Memory

HERE = "https://bot.example.org"


class Head(HTMLParser):
    """What the head of a page says of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.says: dict[str, str] = {}
        self.feed(html.partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("property") or given.get("name") or given.get("rel", "")
        if tag in ("meta", "link") and name:
            self.says[name] = given.get("content") or given.get("href", "")


@pytest.fixture(scope="module")
def address(index: Index) -> Iterator[str]:
    with served_page(index) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address, path="/case/2", permissions=["clipboard-read", "clipboard-write"]) as page:
        yield page


@pytest.mark.parametrize("entry", [*range(1, 11), "ai-tools", "whistleblow"])
def test_every_card_says_what_it_is(index: Index, entry: int | str) -> None:
    known = index.library.entries[entry]
    path = f"/case/{entry}" if isinstance(entry, int) else f"/guide/{entry}"
    answer = web_of(index, Memory(), HERE).test_client().get(path)
    said = Head(answer.text).says
    assert answer.status_code == 200
    assert f"<title>{known.title}｜公務機密小幫手</title>" in answer.text
    assert said["og:title"] == known.title
    assert said["description"] == said["og:description"]
    assert said["og:description"].startswith(known.title)
    assert (said["og:type"], said["og:locale"], said["og:site_name"]) == ("article", "zh_TW", "公務機密小幫手")
    assert said["canonical"] == said["og:url"] == f"{HERE}{path}"
    assert said["og:image"] == f"{HERE}/assets/preview.png"


def test_the_picture_of_the_preview_is_there(index: Index) -> None:
    answer = web_of(index, Memory()).test_client().get("/assets/preview.png", buffered=True)
    assert answer.content_type == "image/png"
    assert answer.data[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


def test_without_a_public_url_no_address_is_named_after_the_request(index: Index) -> None:
    client = web_of(index, Memory()).test_client()
    for path in ("/", "/case/2", "/guide/ai-tools", "/case/99"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)
        assert not {"canonical", "og:url", "og:image"} & {*Head(answer.text).says}


@pytest.mark.parametrize(
    "path",
    ["/case/99", "/case/0", "/case/-1", "/case/x", "/case/" + "9" * 5000, "/case/２x", "/guide/nothing", "/guide/2"],
)
def test_a_card_that_is_not_there_is_said_plainly_with_a_way_on(index: Index, path: str) -> None:
    answer = web_of(index, Memory()).test_client().get(path)
    assert answer.status_code == 404
    assert re.search("<h1>沒有這", answer.text)
    assert 'href="/case/2"' in answer.text
    assert ">回首頁問問題</a>" in answer.text


def test_looking_at_it_is_not_counted(bot: app.Bot, talk: Conversation) -> None:
    client = web_app.create_app(bot).test_client()
    assert client.get("/case/2").status_code == 200
    bot.write_counts()
    assert bot.store.counts.by_day(bot.today(), bot.today()) == []


def test_it_is_a_card_with_everything_and_a_box(page: Page) -> None:
    expect(page.get_by_role("heading", name=CASE_2)).to_be_visible()
    expect(page.locator(".steps > li")).to_have_count(3)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_its_address_can_be_copied_there_and_on_the_chat_page(page: Page, address: str) -> None:
    page.get_by_role("button", name="複製網址").click()
    expect(page.get_by_role("button", name="已複製")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("已複製")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/case/2"
    page.goto("/")
    ask(page, "公文可以貼 ChatGPT 嗎")
    newest(page).get_by_role("button", name="複製網址").click()
    expect(page.get_by_role("button", name="已複製")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/guide/ai-tools"


SHARING = "navigator.share = (shared) => { window.shared = shared; return Promise.resolve(); };"


def test_it_is_shared_where_the_browser_can(browser: Browser, address: str) -> None:
    with opened(browser, address, SHARING, "/case/2") as page:
        page.get_by_role("button", name="分享").click()
        assert page.evaluate("shared") == {"title": CASE_2, "url": f"{address}/case/2"}


@pytest.mark.parametrize("script", ["delete Navigator.prototype.clipboard; delete Navigator.prototype.share;", None])
def test_a_browser_that_cannot_shows_no_such_button(browser: Browser, address: str, script: str | None) -> None:
    options = {} if script else {"java_script_enabled": False}
    with opened(browser, address, script or "", "/case/2", **options) as page:
        expect(page.get_by_role("button", name="送出")).to_be_visible()
        expect(page.get_by_role("button", name="複製網址")).to_be_hidden()
        expect(page.get_by_role("button", name="分享")).to_be_hidden()
        page.get_by_label("你的問題").fill(QUESTION)
        page.get_by_role("button", name="送出").click()
        expect(page.locator(".question")).to_have_text(f"你問：{QUESTION}")
        expect(newest(page)).to_contain_text(CASE_2)


def test_what_is_asked_or_pressed_there_is_answered_in_the_conversation(page: Page) -> None:
    page.goto("/")
    ask(page, "說明")
    answered(page, 1)
    page.goto("/case/2")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("請先打一句話")
    ask(page, QUESTION)
    answered(page, 2)
    assert said_below(page)[1] == (QUESTION, CASE_2)
    page.goto("/case/2")
    page.get_by_role("button", name="有幫助").click()
    answered(page, 3)
    expect(newest(page)).to_contain_text("謝謝你的回覆")
    page.reload()
    answered(page, 3)
    assert page.evaluate("sessionStorage.length") == 1, "what was on its way is gone"


def test_on_paper_there_is_the_card_with_its_addresses_and_nothing_else(browser: Browser, address: str) -> None:
    with opened(browser, address, path="/case/2", color_scheme="dark", viewport=DESK) as page:
        page.emulate_media(media="print")
        for hidden in (".bar", ".composer", ".share", ".ways", "button"):
            assert not [one for one in page.locator(hidden).all() if one.is_visible()], hidden
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.card h2')).color") == "rgb(0, 0, 0)"
        expect(page.locator(".reply")).to_contain_text("政風室")
        expect(page.get_by_text("九萬至四十五萬元")).to_be_visible()
        written = page.locator(".card a").evaluate_all(
            "(links) => links.map((link) => [link.href, getComputedStyle(link, '::after').content])"
        )
        assert len(written) == 3
        assert all(href.partition("//")[2] in said for href, said in written)
        assert page.pdf(print_background=False).startswith(b"%PDF")
