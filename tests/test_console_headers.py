"""What goes along with every answer of the console: policy, cookie, ways back; and where a login leads."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

import app
import web_app
from handlers.console import application as console
from handlers.console.entry_pages import ATTEMPTS
from office.model import Role
from tests.support.console import PASSWORD, add_account, form_token, log_in, logged_in, post

LOCAL = "/admin/accounts"


@pytest.fixture
def stranger(bot: app.Bot) -> FlaskClient:
    return web_app.create_app(bot).test_client()


@pytest.fixture
def abroad(tmp_path: Path) -> Iterator[app.Bot]:
    """A bot that the world reaches over HTTPS."""
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path), "PUBLIC_URL": "https://bot.example.org"}))
    bot.store.migrate()
    yield bot
    bot.close()


def test_the_cookie_is_for_the_console_alone(stranger: FlaskClient) -> None:
    (cookie,) = stranger.get("/admin/login").headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Lax", "Path=/admin/"} == set(cookie.split("; ")[1:])


def test_over_https_the_cookie_goes_no_other_way(abroad: app.Bot) -> None:
    (cookie,) = web_app.create_app(abroad).test_client().get("/admin/login").headers.getlist("Set-Cookie")
    assert "Secure" in cookie.split("; ")


def test_an_invitation_names_the_address_that_the_world_knows(abroad: app.Bot) -> None:
    client = web_app.create_app(abroad).test_client()
    log_in(client, add_account(abroad, Role.OWNER))
    page = post(client, "/admin/accounts/invite", name="wang", role="editor")
    assert "https://bot.example.org/admin/invitation/" in page.text


def test_the_console_is_found_without_its_last_stroke(stranger: FlaskClient) -> None:
    answer = stranger.get("/admin", headers={"Host": "evil.example"})
    assert answer.headers["Location"] == "/admin/login?next=/", "and no redirect goes to a host of the request's choice"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login", 200),
        ("GET", "/static/console.css", 200),
        ("GET", "/", 302),
        ("POST", "/login", 400),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing", 404),
        ("GET", "/invitation/of-nobody", 404),
        ("PUT", "/login", 405),
        ("GET", "/logout", 405),
    ],
)
def test_every_answer_has_the_policy(stranger: FlaskClient, method: str, path: str, status: int) -> None:
    answer = stranger.open(f"/admin{path}", method=method, buffered=True)
    assert answer.status_code == status
    has_policy(dict(answer.headers))


def has_policy(headers: dict[str, str]) -> None:
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] in ("no-store", "no-cache")


def test_a_form_that_is_too_large_is_refused_unread(stranger: FlaskClient) -> None:
    form = {"csrf_token": form_token(stranger), "name": "a" * console.MAX_FORM}
    for path in ("/admin/login", "/admin/library/file"):
        answer = stranger.post(path, data=form)
        assert (answer.status_code, "檔案太大" in answer.text) == (413, True)
        has_policy(dict(answer.headers))


def test_a_store_that_is_down_is_told_on_a_page_of_its_own(bot: app.Bot, caplog: pytest.LogCaptureFixture) -> None:
    client = logged_in(bot)
    with bot.store.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE sessions RENAME TO gone")
    for path in ("/admin/", "/admin/me", "/admin/login"):
        answer = client.get(path)
        assert (answer.status_code, "這一頁現在打不開" in answer.text) == (500, True)
        assert "sessions" not in answer.text
        assert "StoreError" not in answer.text
        has_policy(dict(answer.headers))
    assert "Traceback" not in caplog.text
    assert "SELECT" not in caplog.text


def test_too_many_tries_from_an_address_are_told_so(stranger: FlaskClient, bot: app.Bot) -> None:
    allowed = int(ATTEMPTS.split()[0])
    name, form = add_account(bot, Role.OWNER), {"csrf_token": form_token(stranger), "name": "nobody"}
    statuses = [stranger.post("/admin/login", data=form).status_code for _ in range(allowed)]
    assert statuses == [401] * allowed
    answer = stranger.post("/admin/login", data={**form, "name": name, "password": PASSWORD})
    assert answer.status_code == 429
    assert "試得太頻繁" in answer.text
    has_policy(dict(answer.headers))
    assert stranger.get("/admin/login").status_code == 200, "to look is no try"


ELSEWHERE = ["//evil.example", "\\\\evil.example", "/\\evil.example", "https://evil.example/", "https:evil.example"]
ELSEWHERE += ["javascript:alert(1)", "///evil.example", "/\t/evil.example", "evil.example", "/%2fevil.example", "@evil"]


def test_a_login_leads_nowhere_but_into_the_console(bot: app.Bot) -> None:
    client = web_app.create_app(bot).test_client()
    form = {"csrf_token": form_token(client), "name": add_account(bot, Role.OWNER), "password": PASSWORD}
    answer = client.post(f"/admin/login?next={quote(ELSEWHERE[0])}", data=form)
    assert answer.headers["Location"] == "/admin/"
    for wanted in ELSEWHERE:  # whoever is logged in goes there at once
        for encoded in (quote(wanted), quote(quote(wanted)), wanted):
            answer = client.get("/admin/login", query_string=f"next={encoded}")
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/admin/"), encoded


def test_a_login_leads_to_the_page_that_was_asked_for(bot: app.Bot) -> None:
    client = web_app.create_app(bot).test_client()
    asked = client.get(f"{LOCAL}?page=2").headers["Location"]
    form = {"csrf_token": form_token(client), "name": add_account(bot, Role.OWNER), "password": PASSWORD}
    assert client.post(asked, data=form).headers["Location"] == f"{LOCAL}?page=2"


def test_a_draft_row_given_up_leads_nowhere_but_into_the_console(bot: app.Bot) -> None:
    client = logged_in(bot)
    for back in ("https://evil.example/", "//evil.example"):
        answer = post(client, "/admin/library/cases/revert", key="1", back=back)
        assert answer.headers["Location"].startswith("/admin/")
