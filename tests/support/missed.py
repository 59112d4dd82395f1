"""A bot whose list of gaps teaches into lists, and somebody logged in to its console."""

import re
from collections.abc import Sequence
from datetime import timedelta

from flask.testing import FlaskClient

import app
import web_app
from office.missed import Missed
from office.model import Actor, Role, at_command_line
from retrieval.library import Label
from store.store import Store
from tests.support.memory import TODAY

PASSWORD = "a long pass phrase"


class Drafts:
    """What was put into drafts; `fault` is raised instead."""

    def __init__(self) -> None:
        self.added: list[tuple[str, list[str], Label]] = []
        self.fault: Exception | None = None

    def add_questions(self, actor: Actor, texts: Sequence[str], label: Label) -> None:
        if self.fault:
            raise self.fault
        self.added.append((actor.name, list(texts), label))


def teach_into(bot: app.Bot, drafts: Drafts) -> None:
    """Before the web application is made."""
    bot.desk.missed = Missed(bot.store.missed_questions, bot.library.index, drafts, bot.store.actions, lambda: TODAY)


def keep(store: Store, *texts: str, ago: int = 0) -> None:
    """Questions that were handed over so many days ago."""
    for text in texts:
        assert store.missed_questions.keep(text, TODAY - timedelta(days=ago), 500)


def keys(store: Store) -> list[str]:
    return [question.key for question in store.missed_questions.waiting(1000)]


def logged_in(bot: app.Bot, role: Role = Role.EDITOR) -> FlaskClient:
    """A browser of a new account with that role."""
    add_account(bot, role)
    return log_in(web_app.create_app(bot).test_client(), role)


def add_account(bot: app.Bot, role: Role) -> None:
    bot.desk.accounts.add(at_command_line("test"), role.value, PASSWORD, role, must_change=False)


def log_in(client: FlaskClient, role: Role) -> FlaskClient:
    sent = {"name": role.value, "password": PASSWORD, "csrf_token": token(client, "/admin/login")}
    assert client.post("/admin/login", data=sent).status_code == 302
    return client


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]
