"""What every answer carries, walked over every route of the page and of the console, and over what goes wrong."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
import web_app
from retrieval.search import Index
from tests.support.doors import doors

FRAME = "style-src 'self' 'unsafe-inline'"  # the sandboxed frame that draws LINE's card
ODD = [
    "/nowhere",
    "/api/nothing",
    "/webhook/nothing",
    "/admin/nothing",
    "/admin/static/nothing",
    "/assets/nothing",
    "//",
]


def lacking(answer: TestResponse, https: bool = False) -> list[str]:
    """What an answer should carry and does not."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "").replace(FRAME, "")
    holds = {
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "policy": "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors" in policy,
        "referrer": headers.get("Referrer-Policy") == "same-origin",
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "not kept": headers.get("Cache-Control") in ("no-store", "no-cache"),
        "HSTS": ("Strict-Transport-Security" in headers) is https,
        "once each": all(len(headers.getlist(name)) == 1 for name in {*headers.keys()} - {"Set-Cookie", "Vary"}),
        "no CORS": "Access-Control-Allow-Origin" not in headers or "line_frame" in answer.request.path,
    }
    return [name for name, is_so in holds.items() if not is_so]


def every_answer(web: Flask, bot: app.Bot) -> dict[str, TestResponse]:
    """Of each route with each of its methods, with a bad body, and of addresses that are none."""
    client = web.test_client()
    asked = [(door.method, door.path) for door in (*doors(web), *doors(web_app.create_console(bot), "/admin"))]
    asked += [(method, path) for method in ("GET", "POST", "PUT", "TRACE") for path in ODD]
    answers = {f"{method} {path}": client.open(path, method=method, buffered=True) for method, path in asked}
    answers["too much"] = client.post("/api/ask", data=b"x" * (1 << 20) + b"x", content_type="application/json")
    return answers


def test_every_answer_carries_them(bot: app.Bot) -> None:
    answers = every_answer(web_app.create_app(bot), bot)
    assert {200, 302, 400, 401, 404, 405, 413} <= {answer.status_code for answer in answers.values()}
    assert {name: found for name, answer in answers.items() if (found := lacking(answer))} == {}


def test_so_do_faults_of_ours(bot: app.Bot) -> None:
    web = web_app.create_app(bot)
    web.add_url_rule("/fault", "fault", lambda: str(1 / 0))
    answer = web.test_client().get("/fault")
    assert (answer.status_code, lacking(answer)) == (500, [])


def test_over_https_browsers_are_told_to_come_no_other_way(tmp_path: Path, index: Index) -> None:
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path), "PUBLIC_URL": "https://x.gov.tw/leak"}))
    bot.library.swap(index)
    client = web_app.create_app(bot).test_client()
    for path in ("/healthz", "/readyz", "/metrics", "/nowhere", "/admin/login", "/assets/chat.css", "/leak/", "/"):
        assert lacking(client.get(path, buffered=True), https=True) == [], path
    bot.close()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "a@evil.example"])
def test_nothing_leads_to_the_host_that_a_request_names(bot: app.Bot, host: str) -> None:
    """Nor does a page name it; a proxy that nobody told us of is not believed either."""
    client, web = web_app.create_app(bot).test_client(), web_app.create_app(bot)
    named = {"Host": host, "X-Forwarded-Host": host}
    for door in (*doors(web), *doors(web_app.create_console(bot), "/admin")):
        if door.endpoint.endswith("static"):
            continue
        answer = client.open(door.path, method=door.method, headers=named, buffered=True)
        assert "evil.example" not in answer.headers.get("Location", "") + answer.text, door


def scraped(client: FlaskClient, address: str = "127.0.0.1", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/metrics", headers=named, environ_overrides={"REMOTE_ADDR": address}).status_code


def client_with(tmp_path: Path, **settings: str) -> FlaskClient:
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path), **settings}))
    web = web_app.create_app(bot)
    bot.close()
    return web.test_client()


def test_metrics_are_for_this_machine(tmp_path: Path) -> None:
    client = client_with(tmp_path)
    assert [scraped(client, address) for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")] == [200] * 4
    assert [scraped(client, address) for address in ("192.0.2.7", "2001:db8::1", "", "localhost", "::")] == [403] * 5
    through_a_proxy = [{name: "192.0.2.7"} for name in ("X_Forwarded_For", "Forwarded", "X_Real_Ip")]
    assert [scraped(client, **headers) for headers in through_a_proxy] == [403] * 3
    assert scraped(client, "192.0.2.7", X_Forwarded_For="127.0.0.1") == 403


def test_behind_a_proxy_metrics_are_for_whom_it_names(tmp_path: Path) -> None:
    client = client_with(tmp_path, TRUSTED_PROXIES="1")
    assert scraped(client) == 200
    assert scraped(client, X_Forwarded_For="127.0.0.1") == 200
    assert scraped(client, X_Forwarded_For="192.0.2.7") == 403
    assert scraped(client, X_Forwarded_For="127.0.0.1, 192.0.2.7:4711") == 403, "only the nearest is believed"
    assert scraped(client, X_Real_Ip="192.0.2.7") == 403, "a proxy that names nobody as it should"


def test_whoever_passes_by_the_outer_proxy_is_not_on_this_machine(tmp_path: Path) -> None:
    client = client_with(tmp_path, TRUSTED_PROXIES="2")
    assert scraped(client, X_Forwarded_For="192.0.2.7") == 403
    assert scraped(client) == scraped(client, X_Forwarded_For="127.0.0.1, 192.0.2.7") == 200


def test_with_a_token_metrics_always_want_it(tmp_path: Path) -> None:
    client = client_with(tmp_path, METRICS_TOKEN="let-me-see")
    assert scraped(client, "192.0.2.7", Authorization="Bearer let-me-see") == 200
    wrong = ["", "Bearer", "Bearer let-me-sea", "Basic let-me-see", "let-me-see", "Bearer ４"]
    assert [scraped(client, Authorization=each) for each in wrong] == [403] * len(wrong)
    assert scraped(client) == 403
    assert client.get("/metrics").mimetype == "text/plain"
