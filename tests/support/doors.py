"""Every way into an application: each route with each method it has, at an address that exists."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.console import form_token

# The arguments of the routes: for an endpoint, for all below what is before its first dot, or for every endpoint.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "static": {"filename": "console.css"},
    "faces": {"name": "line_frame.js"},
    "web.static": {"filename": "chat.css"},
    "web.case": {"number": 2},
    "web.guide": {"name": "ai-tools"},
    "entry.accept": {"token": "of-nobody"},
    "accounts": {"name": "owner"},
    "library": {"name": "cases"},
    "overview.csv": {"name": "questions"},
    "missed.begin": {"kind": "case"},
    "tips": {"number": 1, "step": "pause", "day": "2026-11-27"},
    "": {},
}


class Door(NamedTuple):
    endpoint: str
    method: str
    path: str

    @property
    def section(self) -> str:
        return self.endpoint.split(".")[0]


def doors(application: Flask, root: str = "") -> list[Door]:
    """Below `root`, where the application is mounted."""
    rules = sorted(application.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [
        Door(rule.endpoint, method, root + _address(application, rule))
        for rule in rules
        for method in sorted(rule.methods or ())
    ]


def _address(application: Flask, rule: Rule) -> str:
    known = ARGUMENTS[""] | ARGUMENTS.get(rule.endpoint.split(".")[0], {}) | ARGUMENTS.get(rule.endpoint, {})
    unknown = rule.arguments - {*known}
    assert not unknown, f"{rule.rule}: tests/support/doors.py needs an argument for {sorted(unknown)}"
    built = application.url_map.bind("localhost").build(rule.endpoint, {name: known[name] for name in rule.arguments})
    return str(built)


def wrong_answers(
    client: FlaskClient,
    wanted: Iterable[Door],
    is_right: Callable[[Door, TestResponse], bool],
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """The doors that do not answer as they should, each opened once; the form is one of the browser's own pages."""
    form = {"csrf_token": form_token(client)} if form is None else form
    wrong = []
    for door in wanted:
        sent = form if door.method == "POST" else None
        answer = client.open(door.path, method=door.method, data=sent, headers=headers, buffered=True)
        if not is_right(door, answer):
            to = answer.headers.get("Location", "")
            wrong.append(f"{door.method} {door.path} ({door.endpoint}): {answer.status_code} {to}".rstrip())
    return wrong
