"""The console as somebody sees it who has logged in."""

import re

from flask.testing import FlaskClient

import app
from office.model import Role, at_command_line

PASSWORD = "a long pass phrase"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_of(page: str) -> str:
    """What a form must send along."""
    found = _TOKEN.search(page)
    assert found, "no form on this page"
    return found[1]


def logged_in(bot: app.Bot, role: Role = Role.OWNER) -> FlaskClient:
    """A browser that an account of that role has logged in with."""
    client = app.create_app(bot).test_client()
    bot.desk.accounts.add(at_command_line("test"), role.value, PASSWORD, role, must_change=False)
    form = {"csrf_token": token_of(client.get("/admin/login").text), "name": role.value, "password": PASSWORD}
    assert client.post("/admin/login", data=form).status_code == 302
    return client
