"""Logging in, invitations, one's own account and those of others, as a browser sees them."""

import re

import pytest
from flask.testing import FlaskClient

import app
import web_app
from office import words
from office.model import Action, Refusal, Role
from tests.support.console import PASSWORD, add_account, browser_of, log_in, logged_in, post

NEW = "another pass phrase"


@pytest.fixture
def owner(bot: app.Bot) -> FlaskClient:
    return logged_in(bot)


def other_browser(bot: app.Bot) -> FlaskClient:
    return web_app.create_app(bot).test_client()


def test_while_there_is_no_owner_the_login_says_how_one_is_made(bot: app.Bot) -> None:
    assert "admin add" in other_browser(bot).get("/admin/login").text
    add_account(bot, Role.OWNER)
    assert "admin add" not in other_browser(bot).get("/admin/login").text


def test_a_login_that_fails_says_the_same_to_all_and_keeps_the_name(bot: app.Bot) -> None:
    add_account(bot, Role.OWNER)
    bot.desk.accounts.disable(bot.store.accounts.all()[0].actor, add_account(bot, Role.EDITOR))
    client = other_browser(bot)
    for name in ("owner", "editor", "nobody"):
        answer = log_in(client, name, "wrong")
        assert answer.status_code == 401
        assert words.REFUSED[Refusal.NOT_LET_IN] in answer.text
        assert f'value="{name}"' in answer.text
        assert "wrong" not in answer.text


def test_a_name_is_shown_as_text(bot: app.Bot) -> None:
    assert "<script>x" not in log_in(other_browser(bot), '"><script>x').text


def test_a_given_password_is_changed_at_the_first_login(bot: app.Bot) -> None:
    add_account(bot, Role.OWNER, must_change=True)
    client = browser_of(web_app.create_app(bot), "owner")
    page = client.get("/admin/", follow_redirects=True).text
    assert "這個密碼是別人給的" in page
    change = {"old": PASSWORD, "password": NEW}
    assert words.NOT_THE_SAME in post(client, "/admin/me/password", **change, again="x").text
    assert post(client, "/admin/me/password", **change, again=NEW).headers["Location"] == "/admin/login"
    assert "密碼換好了" in client.get("/admin/login").text
    assert client.get("/admin/").status_code == 302, "this browser too"
    assert log_in(client, "owner", NEW).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_changed_password_ends_the_other_browsers(bot: app.Bot, owner: FlaskClient) -> None:
    other = browser_of(web_app.create_app(bot), "owner")
    assert other.get("/admin/").status_code == 200
    post(owner, "/admin/me/password", old=PASSWORD, password=NEW, again=NEW)
    assert other.get("/admin/").headers["Location"].startswith("/admin/login")


def test_an_owner_invites_and_the_link_works_once(bot: app.Bot, owner: FlaskClient) -> None:
    page = post(owner, "/admin/accounts/invite", name="wang", role="sender").text
    found = re.search(r"http://localhost(/admin/invitation/[\w-]+)<", page)
    assert found
    assert found[1] not in owner.get("/admin/accounts").text, "shown once"
    guest = other_browser(bot)
    assert "owner 邀請你使用後台，角色是推播（提醒）" in guest.get(found[1]).text
    assert post(guest, found[1], password="short", again="short").status_code == 400
    assert post(guest, found[1], password=NEW, again="x").status_code == 400
    assert post(guest, found[1], password=NEW, again=NEW).status_code == 302
    assert guest.get(found[1]).status_code == 404
    assert log_in(guest, "wang", NEW).status_code == 302
    assert guest.get("/admin/tips").status_code == 200


def test_what_is_wrong_with_an_invitation_is_said_and_stays_typed(owner: FlaskClient) -> None:
    for name, refusal in (("a b", Refusal.BAD_NAME), ("owner", Refusal.TAKEN)):
        answer = post(owner, "/admin/accounts/invite", name=name, role="sender")
        assert answer.status_code == 400
        assert words.REFUSED[refusal].format(name=name) in answer.text
        assert f'value="{name}"' in answer.text
        assert 'value="sender" selected' in answer.text


def test_an_invitation_is_taken_back(bot: app.Bot, owner: FlaskClient) -> None:
    post(owner, "/admin/accounts/invite", name="wang", role="sender")
    assert "wang，推播（提醒）" in owner.get("/admin/accounts").text
    post(owner, "/admin/accounts/withdraw", name="wang")
    assert "wang，推播（提醒）" not in owner.get("/admin/accounts").text


def test_an_account_is_stopped_reset_and_brought_back(bot: app.Bot, owner: FlaskClient) -> None:
    add_account(bot, Role.EDITOR)
    editor = browser_of(web_app.create_app(bot), "editor")
    post(owner, "/admin/accounts/editor/disable")
    assert "已停用" in owner.get("/admin/accounts").text
    assert editor.get("/admin/").status_code == 302
    post(owner, "/admin/accounts/editor/enable")
    given = re.search(r'class="secret">([\w-]+)<', post(owner, "/admin/accounts/editor/reset").text)
    assert given
    assert given[1] not in owner.get("/admin/accounts").text
    assert log_in(editor, "editor", given[1]).status_code == 302
    assert editor.get("/admin/").headers["Location"] == "/admin/me/password?next=/"


def test_a_role_is_changed_at_once(bot: app.Bot, owner: FlaskClient) -> None:
    add_account(bot, Role.EDITOR)
    editor = browser_of(web_app.create_app(bot), "editor")
    assert editor.get("/admin/tips").status_code == 403
    assert post(owner, "/admin/accounts/editor/role", role="sender").status_code == 302
    assert editor.get("/admin/tips").status_code == 200
    assert post(owner, "/admin/accounts/editor/role", role="king").status_code == 400
    assert post(owner, "/admin/accounts/editor/role").status_code == 400
    assert editor.get("/admin/tips").status_code == 200, "nothing was changed"


@pytest.mark.parametrize("step", ["disable", "role"])
def test_the_last_owner_is_told_why_not(owner: FlaskClient, step: str) -> None:
    post(owner, f"/admin/accounts/owner/{step}", role="editor")
    assert words.REFUSED[Refusal.LAST_OWNER].format(name="owner") in owner.get("/admin/accounts").text


@pytest.mark.parametrize("step", ["disable", "enable", "role", "reset"])
def test_of_an_account_that_is_not_there_it_is_said(owner: FlaskClient, step: str) -> None:
    assert post(owner, f"/admin/accounts/nobody/{step}", role="editor").status_code == 302
    assert words.REFUSED[Refusal.NO_SUCH].format(name="nobody") in owner.get("/admin/accounts").text


def test_where_test_messages_go_is_kept_and_written_down_without_it(bot: app.Bot, owner: FlaskClient) -> None:
    address = "U" + "ab" * 16
    assert post(owner, "/admin/me/addresses", line="not one").status_code == 400
    post(owner, "/admin/me/addresses", line=address)
    assert dict(bot.store.accounts.all()[0].addresses) == {"line": address}
    line = bot.store.actions.find({}, 1)[0]
    assert (line.actor, line.action) == ("owner", Action.ACCOUNT)
    assert address not in str(line)
