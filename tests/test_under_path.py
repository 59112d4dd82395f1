"""The whole program under a path of somebody's web server, whether that passes the path on or strips it."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

import app
import config
import web_app
from handlers import under_path
from office.model import Role
from retrieval.search import Index
from tests.support import line_events
from tests.support.chat_page import CASE_2, QUESTION, answered, ask, newest, opened, web_of
from tests.support.console import PASSWORD, add_account, token_of
from tests.support.console_pages import served
from tests.support.doors import doors
from tests.support.fake_line import FakeLine
from tests.support.memory import Memory
from tests.support.reverse_proxy import reverse_proxy

PATH = "/leak"
HERE = f"https://x.gov.tw{PATH}"
ADDRESS = re.compile(r'(?:href|src|action|formaction|hx-get|hx-post|data-[a-z-]+)="(/[^"]*)"')
LINKS = re.compile(r'(?:href|src)="(/[^"#]*)"')


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    return dataclasses.replace(settings, public_url=HERE)


@pytest.fixture
def web(bot: app.Bot) -> Flask:
    return web_app.create_app(bot)


@pytest.fixture(params=[True, False], ids=["strips", "passes on"])
def proxied(web: Flask, request: pytest.FixtureRequest) -> FlaskClient:
    """A browser on the other side of a proxy, which knows nothing but the path."""
    program = web.wsgi_app

    def proxy(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ["PATH_INFO"]
        assert f"{asked}/".startswith(f"{PATH}/"), f"{asked} would never reach the program"
        environ["PATH_INFO"] = asked.removeprefix(PATH) or "/" if request.param else asked
        return program(environ, start_response)

    web.wsgi_app = proxy  # type: ignore[method-assign]
    return web.test_client()


def test_every_address_that_a_page_names_leads_back_through_the_proxy(proxied: FlaskClient) -> None:
    for page in ("/", "/case/2", "/guide/ai-tools", "/nowhere", "/case/99", "/admin/login"):
        text = proxied.get(PATH + page).text
        named = {*ADDRESS.findall(text)}
        assert named
        assert all(address.startswith(f"{PATH}/") for address in named), page
        for link in {*LINKS.findall(text)}:
            assert proxied.get(link, buffered=True).status_code in (200, 302), link


def test_api_webhooks_and_checks_answer_there(proxied: FlaskClient, line: FakeLine) -> None:
    assert proxied.post(f"{PATH}/api/ask", json={"question": QUESTION}).get_json()["case"]["id"] == 2
    chat = proxied.post(f"{PATH}/api/chat", json={"text": QUESTION}).get_json()["html"]
    assert f'action="{PATH}/"' in chat
    assert f'href="{PATH}/case/2"' in chat
    body = json.dumps({"events": [line_events.text(QUESTION)]}).encode()
    for webhook in ("/webhook/line", "/webhook/line/"):
        signed = {"X-Line-Signature": line_events.sign(body)}
        assert proxied.post(PATH + webhook, data=body, headers=signed).status_code == 200
    assert line.wait(1)
    assert proxied.get(f"{PATH}/api/nothing").get_json().keys() == {"error"}
    for check in ("/healthz", "/readyz", "/metrics"):
        assert proxied.get(PATH + check).status_code == 200
    assert proxied.get(PATH).status_code == 200


def test_a_check_beside_the_proxy_works_too(web: Flask) -> None:
    for check in ("/healthz", f"{PATH}/healthz", "/readyz", f"{PATH}/readyz"):
        assert web.test_client().get(check).status_code == 200


def test_a_longer_word_is_not_the_path(web: Flask) -> None:
    assert web.test_client().get("/leakage/").status_code == 404


def test_a_card_names_its_address_with_the_path(proxied: FlaskClient) -> None:
    assert f'<link rel="canonical" href="{HERE}/case/2">' in proxied.get(f"{PATH}/case/2").text


def test_the_console_stays_under_the_path(bot: app.Bot, proxied: FlaskClient) -> None:
    name = add_account(bot, Role.OWNER)
    login = proxied.get(f"{PATH}/admin/").headers["Location"]
    assert login == f"{PATH}/admin/login?next=/"
    form = proxied.get(login)
    (cookie,) = form.headers.getlist("Set-Cookie")
    assert {f"Path={PATH}/admin/", "Secure"} <= {*cookie.split("; ")}
    token = token_of(form.text)
    done = proxied.post(login, data={"csrf_token": token, "name": name, "password": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, f"{PATH}/admin/")
    for door in doors(web_app.create_console(bot), f"{PATH}/admin"):
        if door.method == "GET":
            answer = proxied.get(door.path, buffered=True)
            assert answer.headers.get("Location", PATH).startswith(PATH), door.path
            assert "/login" not in answer.headers.get("Location", ""), door.path
            named = ADDRESS.findall(answer.text) if answer.mimetype == "text/html" else []
            assert all(address.startswith(f"{PATH}/") for address in named), door.path
    page = proxied.post(
        f"{PATH}/admin/accounts/invite", data={"csrf_token": token, "name": "wang", "role": "editor"}
    ).text
    assert f"{HERE}/admin/invitation/" in page
    assert f"{PATH}{PATH}" not in page


@pytest.mark.parametrize("path", ["/leak", "/a/b", "/洩密", "/a%20b"])
def test_any_path_will_do(index: Index, path: str) -> None:
    settings = app.load_settings({"PUBLIC_URL": f"https://x.gov.tw{path}/"})
    web = web_of(index, Memory(), settings.public_url)
    under_path.mount(web, settings.public_url)
    for asked in (f"{path}/case/2", "/case/2"):
        answer = web.test_client().get(asked)
        assert answer.status_code == 200
        assert f'<link rel="canonical" href="https://x.gov.tw{path}/case/2">' in answer.text


@pytest.fixture(params=[True, False], ids=["strips", "passes on"])
def world(bot: app.Bot, settings: config.Settings, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the world reaches the program, through a proxy."""
    with reverse_proxy(PATH, strips=request.param) as proxy:
        bot.settings = dataclasses.replace(settings, public_url=proxy.address + PATH)
        with served(web_app.create_app(bot)) as address:
            proxy.port = int(address.rpartition(":")[2])
            yield proxy.address


def test_a_browser_behind_a_proxy(browser: Browser, world: str, bot: app.Bot) -> None:
    with opened(browser, world, path=f"{PATH}/") as page:
        ask(page, QUESTION)
        answered(page, 1)
        newest(page).get_by_role("link", name="這張卡片的網址").click()
        expect(page).to_have_url(f"{world}{PATH}/case/2")
        page.wait_for_load_state()  # else the form posts, as it does without a script
        ask(page, "說明")
        answered(page, 2)
        add_account(bot, Role.OWNER)
        page.goto(f"{PATH}/admin")
        page.get_by_label("帳號").fill("owner")
        page.get_by_label("密碼").fill(PASSWORD)
        page.get_by_role("button", name="登入").click()
        page.get_by_role("link", name="案例庫", exact=True).click()
        expect(page).to_have_url(f"{world}{PATH}/admin/library/cases/")
        page.get_by_label("打一句話").fill(QUESTION)
        page.get_by_role("button", name="試問").click()
        expect(page.locator("#try-result")).to_contain_text(CASE_2)
