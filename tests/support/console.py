"""The console as somebody sees it who has logged in."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
import web_app
from office.model import Role, at_command_line

PASSWORD = "a long pass phrase"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TOKEN_OF_SCRIPT = re.compile(r'"X-CSRFToken": "([^"]+)"')


def token_of(page: str) -> str:
    """What a form must send along."""
    found = _TOKEN.search(page)
    assert found, "no form on this page"
    return found[1]


def form_token(client: FlaskClient) -> str:
    """The same for a browser in any state: the page that says that there is no such page has it too."""
    found = _TOKEN_OF_SCRIPT.search(client.get("/admin/nothing-here").text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """A form sent from the browser's own page."""
    return client.post(path, data={"csrf_token": form_token(client), **fields})


def add_account(bot: app.Bot, role: Role, name: str = "", must_change: bool = False) -> str:
    """An account with PASSWORD, named as its role unless told otherwise."""
    name = name or role.value
    bot.desk.accounts.add(at_command_line("test"), name, PASSWORD, role, must_change)
    return name


def log_in(client: FlaskClient, name: str, password: str = PASSWORD) -> TestResponse:
    return post(client, "/admin/login", name=name, password=password)


def browser_of(web: Flask, name: str) -> FlaskClient:
    """A browser that the account has logged in with."""
    client = web.test_client()
    assert log_in(client, name).status_code == 302
    return client


def logged_in(bot: app.Bot, role: Role = Role.OWNER) -> FlaskClient:
    """A browser that an account of that role has logged in with."""
    return browser_of(web_app.create_app(bot), add_account(bot, role))
