"""The console keeps nothing of what is typed into its boxes, nor of a tip that is given up."""

import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app
import web_app
from broadcasts import words
from office.model import Role
from tests.support.console import log_in, logged_in, post
from tests.support.planted import PLANTED, found, found_below


@pytest.fixture
def owner(bot: app.Bot, caplog: pytest.LogCaptureFixture) -> FlaskClient:
    caplog.set_level(logging.DEBUG)
    return logged_in(bot, Role.OWNER)


def nothing_left(tmp_path: Path, owner: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    pages = [owner.get(f"/admin{path}").data for path in ("/", "/log", "/log.csv", "/tips", "/missed", "/installation")]
    assert not found(b"".join(pages))
    assert not found(caplog.text.encode())
    assert not found_below(tmp_path)


def test_names_and_passwords_at_the_login(
    owner: FlaskClient, bot: app.Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = web_app.create_app(bot).test_client()
    for name, password in ((PLANTED, "x"), ("owner", PLANTED), (PLANTED * 50, PLANTED)):
        assert log_in(stranger, name, password).status_code != 302
    post(owner, "/admin/me/password", old=PLANTED, new="x", again=PLANTED)
    post(owner, "/admin/me/addresses", line=PLANTED, telegram=PLANTED)
    post(owner, "/admin/me/second-factor", code=PLANTED)
    nothing_left(tmp_path, owner, caplog)


def test_searches_and_tries(owner: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/library/questions", "/log", "/tips/calendar", "/tips", "/overview/questions.csv", "/library/cases"):
        names = ("q", "actor", "action", "since", "day", "span", "page", "label", "month")
        owner.get(f"/admin{path}", query_string=dict.fromkeys(names, PLANTED))
    assert PLANTED in post(owner, "/admin/library/try", q=PLANTED, question=PLANTED, text=PLANTED).text
    post(owner, "/admin/missed/teach", keys=PLANTED, label=PLANTED)
    post(owner, "/admin/accounts/invite", name=PLANTED, role=PLANTED)
    post(owner, "/admin/tips/new", text=PLANTED, when="later", day=PLANTED, hour=PLANTED)
    nothing_left(tmp_path, owner, caplog)


@pytest.mark.parametrize("given_up", ["cancel", "edit"])
def test_a_tip_that_is_given_up(
    owner: FlaskClient, bot: app.Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture, given_up: str
) -> None:
    post(owner, "/admin/tips/new", kind="own", text=PLANTED, when="now")
    assert found_below(tmp_path), "the control: a draft is kept"
    answer = post(owner, f"/admin/tips/1/{given_up}")
    assert (PLANTED in answer.text) == (given_up == "edit"), "its writer goes on with the words in the form"
    nothing_left(tmp_path, owner, caplog)
    assert words.TIP_ERASED in owner.get("/admin/tips/1").text
    copied = owner.get("/admin/tips/new?copy=1").text
    assert "內容已刪除" in copied
    assert 'name="text"' in copied
    refused = post(owner, "/admin/tips/new", kind="copy", copy="1", when="now")
    assert (refused.status_code, bot.broadcasts.repository.get(2)) == (400, None)
