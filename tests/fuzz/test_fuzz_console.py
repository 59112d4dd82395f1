"""The console, as an owner sees it: every form with arbitrary fields, every page with any query, any file."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import web_app
from office.model import Role
from retrieval.library_rows import TABLES
from tests.fuzz import test_fuzz_sheets as sheets
from tests.support import fuzzing
from tests.support.console import PASSWORD, add_account, form_token
from tests.support.doors import ARGUMENTS
from tests.support.fuzzing import Door
from tests.support.office import small_bot

PAGES = Path(__file__).parent.parent.parent / "handlers" / "console"
_ASKED = re.compile(r'(?:form|args|values|files)\.get(?:list)?\(\s*"(\w+)"')
FIELDS = sorted(
    {name for page in PAGES.glob("*.py") for name in _ASKED.findall(page.read_text("utf-8"))}
    | {column.name for table in TABLES for column in table.columns}
    | {"keys", "missed", "key", "made_on", "line", "telegram"}
)
KNOWN = """
1 2 0 -1 3 cases questions laws guides ai-tools owner editor sender other office own today copy now later yes keep drop
pause resume cancel resend 2026-11-27 2026-12-01 09:00 25:99 2026-11 all some ride case guide month week day 9999-12-31
0001-01-01 核定 草案 驗收 學習 空拍 刑法第132條 99999999999999999999 1e3 tips missed 中華民國刑法 132 line telegram
"""
values = some.sampled_from(KNOWN.split()) | fuzzing.encodable_texts
forms = some.dictionaries(some.sampled_from(FIELDS), values | some.lists(values, max_size=3), max_size=8)
NOT_TRIED = {"entry.log_out"}  # who is logged out tries nothing more
DRAFT_LASTS = 50  # examples, so that there is no more in it than a person would type
USUAL = ("sample on", "quota not known")
_ARGUMENT = re.compile(r"<(?:[^<>]*:)?(\w+)>")


class Office:
    """A bot with a small library, and an owner's browser, logged in again where it was logged out."""

    def __init__(self, folder: Path) -> None:
        self.bot = small_bot(folder)
        self._web = web_app.create_app(self.bot)
        self._rules = [*web_app.create_console(self.bot).url_map.iter_rules()]
        self._browser, self._token = FlaskClient(self._web), ""
        self._owners = self._tried = 0
        self._log_in()

    def rules(self, method: str) -> list[Rule]:
        return [rule for rule in self._rules if method in (rule.methods or ()) and rule.endpoint not in NOT_TRIED]

    def send(self, method: str, path: str, **sent: Any) -> TestResponse:
        """What the browser gets; a form goes with its token."""
        self._tried += 1
        if self._tried % DRAFT_LASTS == 0:
            self._open("POST", "/admin/library/draft/discard")
        answer = self._open(method, path, **sent)
        if answer.status_code == 401 or "/login" in answer.headers.get("Location", ""):
            self._log_in()
        return answer

    def _open(self, method: str, path: str, query: str = "", **sent: Any) -> TestResponse:
        headers = {"X-CSRFToken": self._token, **sent.pop("headers", {})}
        place = fuzzing.somewhere(path, query)
        return self._browser.open("/admin/", method=method, headers=headers, buffered=True, **place, **sent)

    def _log_in(self) -> None:
        self._owners += 1
        self._browser = self._web.test_client()
        name = add_account(self.bot, Role.OWNER, f"owner-{self._owners}")
        self._token = form_token(self._browser)
        answer = self._open("POST", "/admin/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        self._token = form_token(self._browser)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.bot.close()


def _address(rule: Rule, data: some.DataObject) -> str:
    """An address of a route, each argument the one that the tests know, or another."""
    known = ARGUMENTS[""] | ARGUMENTS.get(rule.endpoint.split(".")[0], {}) | ARGUMENTS.get(rule.endpoint, {})

    def argument(found: re.Match[str]) -> str:
        usual = some.just(str(known.get(found[1], 1))) | some.sampled_from(KNOWN.split()[:40])
        return data.draw(usual | fuzzing.bytewise, found[1])

    return "/admin" + _ARGUMENT.sub(argument, rule.rule)


@fuzzing.examples(60)
@given(data=some.data(), form=forms, headers=fuzzing.headers | some.just({}))
def test_console_forms(
    door: Door, office: Office, data: some.DataObject, form: dict[str, Any], headers: dict[str, str]
) -> None:
    door.usual = USUAL
    path = _address(data.draw(some.sampled_from(office.rules("POST"))), data)
    with door.trying((path, form, headers)):
        answer = office.send("POST", path, data=form, headers=headers)
        assert answer.status_code < 500, answer.text


@fuzzing.examples(60)
@given(data=some.data(), query=forms, raw=fuzzing.bytewise, headers=fuzzing.headers | some.just({}))
def test_console_pages(
    door: Door, office: Office, data: some.DataObject, query: dict[str, Any], raw: str, headers: dict[str, str]
) -> None:
    door.usual = USUAL
    path = _address(data.draw(some.sampled_from(office.rules("GET"))), data)
    with door.trying((path, query, raw, headers)):
        asked = urlencode(query, doseq=True) if query else raw
        answer = office.send("GET", path, query=asked, headers=headers)
        assert answer.status_code < 500, answer.text


@fuzzing.examples(20)
@given(file=sheets.files, name=sheets.NAMES.map(lambda name: name.encode("utf-8", "replace").decode()))
def test_console_uploads(door: Door, office: Office, file: bytes, name: str) -> None:
    with door.trying((name, file)):
        sent = {"file": (io.BytesIO(file), name), "replace": "yes"}
        answer = office.send("POST", "/admin/library/file", data=sent)
        assert answer.status_code < 500, answer.text


@fuzzing.examples(20)
@given(data=some.data(), body=fuzzing.bodies, content_type=fuzzing.content_types)
def test_console_bodies(door: Door, office: Office, data: some.DataObject, body: bytes, content_type: str) -> None:
    path = _address(data.draw(some.sampled_from(office.rules("POST"))), data)
    with door.trying((path, body, content_type)):
        answer = office.send("POST", path, data=body, content_type=content_type)
        assert answer.status_code < 500, answer.text
