"""What went wrong, in the form that whoever asked can read; and what every answer carries."""

import logging
import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

import app
import web_app
from core.answers import Answerer
from core.contact import Office
from core.conversation import Conversation
from handlers import registry
from handlers.web.form_token import FormToken
from tests.support.chat_page import page_of, token_in
from tests.support.doors import doors
from tests.support.memory import BALLOTS, TODAY, Memory, keeper
from tests.support.no_tips import NoTips

SECRET = "A123456789 的名冊可以給廠商嗎"


@pytest.fixture
def web(bot: app.Bot) -> Flask:
    web = web_app.create_app(bot)
    for path in ("/slow-down", "/api/slow-down", "/webhook/slow-down"):
        web.add_url_rule(path, path, slow_down)
    web.add_url_rule("/gone", "gone", lambda: abort(410))
    return web


def slow_down() -> str:
    raise TooManyRequests(retry_after=60)


@pytest.fixture
def client(web: Flask) -> FlaskClient:
    return web.test_client()


@pytest.fixture
def broken() -> FlaskClient:
    """The page of a bot whose search fails with what was typed in its message."""

    def index() -> None:
        raise RuntimeError(SECRET)

    answerer = Answerer(index)  # type: ignore[arg-type]
    memory, specs = Memory(), registry.specs()
    talk = Conversation(answerer, memory, keeper(memory), Office("政風室"), NoTips(), specs, lambda: TODAY, BALLOTS)
    web = Flask("broken")
    web.register_blueprint(page_of(talk).blueprint)
    return web.test_client()


def is_page(answer: TestResponse) -> bool:
    has_way_home = '<a href="/">回首頁問問題</a>' in answer.text
    return answer.mimetype == "text/html" and has_way_home and bool(re.search("<h1>[一-龥]", answer.text))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/assets/nothing", 404),
        ("GET", "/apiary", 404),
        ("GET", "//case/2", 404),
        ("PUT", "/", 405),
        ("POST", "/case/2", 405),
        ("POST", "/", 413),
        ("GET", "/slow-down", 429),
        ("GET", "/gone", 410),
    ],
)
def test_a_person_gets_a_page_with_a_way_home(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, data={"q": "x" * (1 << 20)} if status == 413 else None)
    assert answer.status_code == status
    assert is_page(answer)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404),
        ("GET", "/api/", 404),
        ("POST", "/api/nothing", 404),
        ("POST", "/api/ask/more", 404),
        ("GET", "/api/ask", 405),
        ("DELETE", "/api/chat", 405),
        ("POST", "/api/chat", 413),
        ("GET", "/api/slow-down", 429),
    ],
)
def test_the_api_gets_json(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(
        path, method=method, data=b"x" * (1 << 20) + b"x" if status == 413 else None, content_type="application/json"
    )
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]
    assert re.search("[一-龥]", answer.get_json()["error"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/webhook/line", 405), ("POST", "/webhook/nothing", 404), ("GET", "/webhook/slow-down", 429)],
)
def test_a_platform_gets_a_short_line(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert len(answer.text) < 40


def test_what_may_be_done_instead_is_still_said(client: FlaskClient) -> None:
    for path, allowed in (("/api/ask", {"POST", "OPTIONS"}), ("/webhook/line", {"POST", "OPTIONS"})):
        assert {*client.get(path).allow} == allowed
    for path in ("/slow-down", "/api/slow-down"):
        assert client.get(path).headers["Retry-After"] == "60"


def test_a_fault_of_ours_shows_and_logs_nothing_of_what_was_typed(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = broken.post("/", data={"form_token": token_in(FormToken("key").field()), "q": SECRET})
    assert page.status_code == 500
    assert is_page(page)
    assert "伺服器出了狀況" in page.text
    for path, body in (("/api/ask", {"question": SECRET}), ("/api/chat", {"text": SECRET})):
        answer = broken.post(path, json=body)
        assert answer.status_code == 500
        assert list(answer.get_json()) == ["error"]
        assert "RuntimeError" not in answer.text
    assert is_page(broken.get("/case/2"))
    assert caplog.text.count("request failed: RuntimeError at test_errors.py:") == 4
    assert "Traceback" not in caplog.text
    assert "A123456789" not in caplog.text


def test_nothing_of_any_answer_is_kept_or_run(web: Flask) -> None:
    client = web.test_client()
    for path in ("/", "/case/2", "/nowhere", "/api/nothing", "/webhook/nothing", "/healthz", "/readyz", "/metrics"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_stroke_more_or_less_leads_to_the_same_and_nowhere_else(web: Flask) -> None:
    client = web.test_client()
    for door in doors(web):
        stroke = door.path.rstrip("/") if len(door.path) > 1 and door.path.endswith("/") else f"{door.path}/"
        if door.path == "/" or door.endpoint == "web.static":
            continue
        right, other = (client.open(path, method=door.method, data=b"") for path in (door.path, stroke))
        assert (other.status_code, other.mimetype) == (right.status_code, right.mimetype), stroke
        assert other.status_code not in (301, 302, 307, 308)


@pytest.mark.parametrize("path", ["/", "/admin/login", "/api/ask", "/webhook/line"])
@pytest.mark.parametrize("host", ["a" * 64, "a..b"])
def test_a_host_that_is_none_is_refused(client: FlaskClient, path: str, host: str) -> None:
    """The page of the error could not be made: it would have to name addresses under that host."""
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, "default-src 'none'" in answer.headers["Content-Security-Policy"]) == (400, True)
