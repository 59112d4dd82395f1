"""Nothing of the application is open that should not be: every route, whoever comes."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
import web_app
from handlers.console import application as console
from office.model import Action, Right, Role
from tests.support.console import add_account, browser_of, form_token, log_in, post
from tests.support.doors import Door, doors, wrong_answers

# What anybody may see: the way in, style sheets, and the empty frame that draws a card.
OPEN = {"static", "entry.log_in", "faces.line", "faces.file"}
# The outside of the bot; a webhook lets nobody in without its platform's signature.
PUBLIC = {"web.static", "web.page", "web.whole_page", "web.chat", "web.ask", "health.healthz", "health.readyz"}
PUBLIC |= {"health.metrics", "web.case", "web.guide"}
# What the pages of a section take.
TAKES = {
    **dict.fromkeys(("library", "draft", "versions", "missed"), Right.LIBRARY),
    "tips": Right.TIPS,
    **dict.fromkeys(("accounts", "log", "installation"), Right.OFFICE),
    **dict.fromkeys(("overview", "own", "entry")),
}
SCRIPT = {"HX-Request": "true"}
IsRight = Callable[[Door, TestResponse], bool]


@pytest.fixture
def pages(bot: app.Bot) -> Flask:
    return web_app.create_console(bot)


@pytest.fixture
def web(pages: Flask) -> Flask:
    web = Flask("web", static_folder=None)
    console.mount(web, pages)
    return web


@pytest.fixture
def guarded(pages: Flask) -> list[Door]:
    """Every way into the console but those that are open to anybody."""
    return [door for door in doors(pages, "/admin") if door.endpoint not in OPEN]


@pytest.fixture
def owner(bot: app.Bot, web: Flask) -> FlaskClient:
    return browser_of(web, add_account(bot, Role.OWNER))


def leads_to(page: str) -> IsRight:
    """A redirect there, whatever it carries along."""
    return lambda _, answer: answer.status_code == 302 and answer.headers["Location"].split("?")[0] == f"/admin{page}"


def answers(status: int) -> IsRight:
    return lambda _, answer: answer.status_code == status


def turned_away(door: Door, answer: TestResponse) -> bool:
    """As a stranger is: to the login, or told that nothing was done, since what was typed must not be lost."""
    if door.endpoint == "entry.accept":
        return answer.status_code == 404
    return answers(401)(door, answer) if door.method == "POST" else leads_to("/login")(door, answer)


def test_a_stranger_is_turned_away_everywhere(bot: app.Bot, web: Flask, guarded: list[Door]) -> None:
    before = bot.store.actions.count({})
    assert len(guarded) > 100
    assert wrong_answers(web.test_client(), guarded, turned_away) == []
    assert wrong_answers(web.test_client(), posts(guarded), answers(400), form={}) == []
    assert bot.store.actions.count({}) == before


def test_a_part_of_a_page_takes_the_whole_to_the_login(web: Flask, guarded: list[Door]) -> None:
    wanted = [door for door in guarded if door.endpoint != "entry.accept"]
    assert wrong_answers(web.test_client(), wanted, leaves_for("/login"), headers=SCRIPT) == []


def leaves_for(page: str) -> IsRight:
    return lambda _, answer: (answer.status_code, answer.headers.get("HX-Redirect")) == (401, f"/admin{page}")


def test_a_page_that_was_added_past_the_gate_is_found(pages: Flask, web: Flask) -> None:
    pages.add_url_rule("/left-open", "left_open", lambda: "everything")
    found = [door for door in doors(pages, "/admin") if door.endpoint not in OPEN]
    (wrong, wrong_head) = wrong_answers(web.test_client(), found, turned_away)
    assert wrong == "GET /admin/left-open (left_open): 200"
    assert wrong_head.startswith("HEAD")


def test_no_page_takes_another_method(web: Flask, guarded: list[Door]) -> None:
    """OPTIONS would tell a stranger about a page, and so would TRACE."""
    others = ("DELETE", "OPTIONS", "PATCH", "PUT", "TRACE")
    paths = {door.path: door for door in guarded}
    wanted = [door._replace(method=method) for door in paths.values() for method in others]
    assert wrong_answers(web.test_client(), wanted, lambda _, answer: answer.status_code in (400, 405)) == []


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_it_has_the_right_to_and_nothing_else(
    bot: app.Bot, web: Flask, guarded: list[Door], role: Role
) -> None:
    client = browser_of(web, add_account(bot, role))
    before = bot.store.actions.count({})
    beyond = [door for door in guarded if (right := TAKES[door.section]) and right not in role.rights]
    assert wrong_answers(client, beyond, answers(403)) == []
    allowed = [door for door in guarded if door not in beyond and door.method == "GET"]
    assert wrong_answers(client, allowed, is_let_in) == []
    assert bot.store.actions.count({}) == before


def is_let_in(_: Door, answer: TestResponse) -> bool:
    is_login = "/login" in answer.headers.get("Location", "")
    return not is_login and answer.status_code in (200, 302, 404)


def test_nothing_is_done_without_the_token_of_this_very_browser(
    bot: app.Bot, web: Flask, owner: FlaskClient, guarded: list[Door]
) -> None:
    other = browser_of(web, add_account(bot, Role.OWNER, "other"))
    stolen = {"csrf_token": form_token(other)}
    before = bot.store.actions.count({})
    in_script = {"X-CSRFToken": stolen["csrf_token"]}
    for form, headers in (({}, None), (stolen, None), ({}, in_script), ({"csrf_token": "x"}, None)):
        assert wrong_answers(owner, posts(guarded), answers(400), form, headers) == []
    assert bot.store.actions.count({}) == before
    assert other.post("/admin/me/addresses", data=stolen).status_code == 302, "it is good where it belongs"


def posts(wanted: list[Door]) -> list[Door]:
    return [door for door in wanted if door.method == "POST"]


def test_a_browser_whose_account_is_disabled_is_a_stranger(
    bot: app.Bot, web: Flask, owner: FlaskClient, guarded: list[Door]
) -> None:
    assert owner.get("/admin/").status_code == 200
    add_account(bot, Role.OWNER, "other")
    with bot.store.transaction() as connection:  # by whatever way: no session was ended here
        connection.exec_driver_sql("UPDATE accounts SET disabled = TRUE WHERE name = 'owner'")
    before = bot.store.actions.count({})
    assert wrong_answers(owner, guarded, turned_away) == []
    assert bot.store.actions.count({}) == before


def test_a_password_of_somebody_else_has_to_be_changed_first(bot: app.Bot, web: Flask, guarded: list[Door]) -> None:
    client = browser_of(web, add_account(bot, Role.OWNER, must_change=True))
    only_way(client, guarded, "own.password", "/me/password")


def test_the_second_factor_has_to_be_given_first(bot: app.Bot, web: Flask, guarded: list[Door]) -> None:
    bot.store.accounts.set_second_factor(add_account(bot, Role.OWNER, must_change=True), pyotp.random_base32(), ())
    client = browser_of(web, "owner")
    only_way(client, guarded, "entry.second_factor", "/second-factor")
    account = bot.store.accounts.get("owner")
    assert account
    assert account.totp_secret


def test_where_it_is_compulsory_a_second_factor_has_to_be_set_up_first(bot: app.Bot, index: Any) -> None:
    settings = app.load_settings({"VAR_DIR": str(bot.settings.var_dir), "CONSOLE_SECOND_FACTOR": "required"})
    strict = app.Bot(settings)
    strict.library.swap(index)
    web = web_app.create_app(strict)
    client = browser_of(web, add_account(strict, Role.OWNER))
    wanted = [door for door in doors(web_app.create_console(strict), "/admin") if door.endpoint not in OPEN]
    only_way(client, wanted, "own.second_factor", "/me/second-factor")
    strict.close()


def only_way(client: FlaskClient, guarded: list[Door], endpoint: str, page: str) -> None:
    """Every page leads to that one, as a whole and as a part; one may log out."""
    passed = {endpoint, "entry.accept", "entry.log_out"}
    others = [door for door in guarded if door.endpoint not in passed]
    assert wrong_answers(client, others, leads_to(page)) == []
    assert wrong_answers(client, others, leaves_for(page), headers=SCRIPT) == []
    assert client.get(f"/admin{page}").status_code == 200
    assert post(client, "/admin/logout").status_code == 302
    assert leads_to("/login")(others[0], client.get("/admin/"))


def test_a_session_that_is_over_is_nobodys(bot: app.Bot, web: Flask, owner: FlaskClient) -> None:
    """Whoever has kept the cookie of a browser that has logged out."""
    kept = owner.get_cookie("console", path="/admin/")
    assert kept
    post(owner, "/admin/logout")
    thief = web.test_client()
    thief.set_cookie("console", kept.value, path="/admin/")
    assert leads_to("/login")(Door("", "", ""), thief.get("/admin/"))
    assert [line.action for line in bot.store.actions.find({}, 2)] == [Action.LOGOUT, Action.LOGIN]


def test_outside_the_console_nothing_is_open_but_what_is_meant_for_all(bot: app.Bot) -> None:
    web = web_app.create_app(bot)
    stranger = web.test_client()
    everywhere = doors(web)
    assert {door.path for door in everywhere} >= {"/", "/api/ask", "/webhook/line", "/webhook/telegram"}
    closed = [door for door in everywhere if door.endpoint not in PUBLIC and door.method != "OPTIONS"]
    refused = (400, 401, 403, 404)
    assert wrong_answers(stranger, closed, lambda _, answer: answer.status_code in refused, form={}) == []


def test_outside_the_console_nobody_gets_a_cookie(bot: app.Bot) -> None:
    web = web_app.create_app(bot)
    client = web.test_client()
    assert wrong_answers(client, doors(web), lambda _, answer: "Set-Cookie" not in answer.headers, form={}) == []
    log_in(client, add_account(bot, Role.OWNER))
    sent = client.get("/").request.headers
    assert "Cookie" not in sent, "the console's cookie stays below /admin/"


def test_a_query_that_is_no_utf8_is_a_query(web: Flask, owner: FlaskClient) -> None:
    """A browser sends them percent-encoded; others do not."""
    query = {"QUERY_STRING": "q=\xc9|&page=2&label=%FF%E5%AD%97"}
    answer = web.test_client().get("/admin/", environ_overrides=query)
    assert leads_to("/login")(Door("", "", ""), answer)
    for path in ("/admin/", "/admin/library/cases/", "/admin/log", "/admin/login"):
        assert owner.get(path, environ_overrides=query).status_code in (200, 302), path
