"""The log of actions: every line in its place, tampering found, and nothing in it that a person asked."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

import app
from handlers.console.log_pages import PAGE
from office.action_log import Verification, verify
from office.model import Action
from store.store import Store
from tests.support.console import form_token, logged_in, post
from tests.support.memory import TODAY
from tests.support.workbooks import xlsx

TAIPEI = ZoneInfo("Asia/Taipei")
MARKER = "麒麟座流星雨"


def fill(store: Store, lines: int = 5) -> None:
    for number in range(lines):
        store.actions.record("王小明", Action.EDIT, f"第 {number} 案", '說明 "與" 反斜線 \\ 😀')


def change(store: Store, statement: str) -> None:
    with store.transaction() as connection:
        connection.execute(text(statement))


def test_lines_are_numbered_and_chained(store: Store) -> None:
    assert verify(store.actions.all()) == Verification(0, "")
    fill(store)
    lines = list(store.actions.all())
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert verify(lines) == Verification(5, lines[-1].digest)
    assert len({line.digest for line in lines}) == 5


def test_many_who_write_at_once_leave_no_gap(store: Store) -> None:
    def write(number: int) -> None:
        store.actions.record(f"writer{number % 8}", Action.LOGIN, str(number))

    with closing(Store(store.url)) as other, ThreadPoolExecutor(8) as pool:
        more = [pool.submit(other.actions.record, "other", Action.LOGOUT, str(number)) for number in range(40)]
        list(pool.map(write, range(40)))
        assert all(each.result() is None for each in more)
    lines = list(store.actions.all())
    assert verify(lines).wrong == ""
    assert sorted(int(line.subject) for line in lines) == sorted([*range(40), *range(40)])


@pytest.mark.parametrize(
    "column",
    ["at = at + 0.001", "actor = 'x'", "action = 'login'", "subject = 'x'", "detail = ''", "digest = 'x'"],
)
@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_changed_cell_is_found_in_its_line(store: Store, column: str, line: int) -> None:
    fill(store)
    change(store, f"UPDATE actions SET {column} WHERE id = {line}")
    found = verify(store.actions.all())
    assert found.lines == line - 1
    assert f"第 {line} 行被改過" in found.wrong


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM actions WHERE id = 1", "第 1 行不見了"),
        ("DELETE FROM actions WHERE id IN (2, 3)", "第 2 行不見了（下一行是第 4 行）"),
        ("UPDATE actions SET id = id - 1 WHERE id = 1", "第 1 行不見了（下一行是第 0 行）"),
        (
            "INSERT INTO actions SELECT 6, at, actor, action, subject, detail, digest FROM actions WHERE id = 5",
            "第 6 行",
        ),
    ],
)
def test_a_line_taken_out_or_put_in_is_found(store: Store, statement: str, said: str) -> None:
    fill(store)
    change(store, statement)
    assert said in verify(store.actions.all()).wrong


def test_lines_closed_up_over_a_gap_are_found(store: Store) -> None:
    fill(store)
    change(store, "DELETE FROM actions WHERE id = 3")
    for number in (4, 5):
        change(store, f"UPDATE actions SET id = {number - 1} WHERE id = {number}")
    assert "第 3 行被改過，或它前面少了一行" in verify(store.actions.all()).wrong


def test_an_end_cut_off_shows_in_what_was_noted_before(store: Store) -> None:
    fill(store)
    noted = verify(store.actions.all())
    change(store, "DELETE FROM actions WHERE id = 5")
    now = verify(store.actions.all())
    assert now.wrong == ""
    assert (now.lines, now.last) != (noted.lines, noted.last)


# the page


@pytest.fixture
def owner(bot: app.Bot) -> FlaskClient:
    return logged_in(bot)


def rows(client: FlaskClient, query: str = "") -> list[list[str]]:
    answer = client.get(f"/admin/log.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))[1:]


def at(bot: app.Bot, day: int, hour: int) -> Store:
    """The bot's store as it was in March."""
    moment = datetime(2026, 3, day, hour, 59, tzinfo=TAIPEI).timestamp()
    return Store(bot.settings.database_url, now=lambda: moment)


def test_the_log_is_filtered_by_who_what_and_day(bot: app.Bot, owner: FlaskClient) -> None:
    for day, hour in ((1, 0), (1, 23), (2, 9)):
        with closing(at(bot, day, hour)) as then:
            then.actions.record("王小明", Action.PUBLISH, f"{day} {hour}")
    assert [row[4] for row in rows(owner, "?actor=王小明")] == ["2 9", "1 23", "1 0"]
    assert [row[4] for row in rows(owner, "?until=2026-03-01")] == ["1 23", "1 0"]
    assert [row[4] for row in rows(owner, "?since=2026-03-02&until=2026-03-02")] == ["2 9"]
    assert {row[3] for row in rows(owner, "?action=login")} == {"登入"}
    assert rows(owner, "?actor=nobody") == []
    page = owner.get("/admin/log?actor=王小明&action=publish").text
    assert "2026年3月1日（日）23:59" in page
    assert "沒有符合的紀錄" in owner.get("/admin/log?actor=nobody").text


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", f"page={10**30}", "page=x", "since=x", "until=9999-12-31", "since=0001-01-01"]
)
def test_any_page_and_day_may_be_asked_for(owner: FlaskClient, query: str) -> None:
    assert owner.get(f"/admin/log?{query}").status_code == 200


def test_a_long_log_has_pages_that_keep_the_filter(bot: app.Bot, owner: FlaskClient) -> None:
    fill(bot.store, PAGE + 3)
    first = owner.get("/admin/log?action=edit").text
    assert "第 1 頁，共 2 頁" in first
    assert "/admin/log?page=2&amp;action=edit" in first
    last = owner.get("/admin/log?page=2&action=edit").text
    assert last.count("第 0 案") == 1
    assert last.count("<tr>") == 1 + 3


def test_a_cell_that_excel_would_reckon_with_is_text(bot: app.Bot, owner: FlaskClient) -> None:
    for sign in "=+-@＝＋－＠\t\n":
        bot.store.actions.record("王小明", Action.EDIT, f"{sign}1+1")
    assert all(row[4].startswith("'") for row in rows(owner, "?actor=王小明"))
    assert len(rows(owner, "?actor=王小明")) == 10


def test_whoever_looks_is_told_whether_it_is_whole(bot: app.Bot, owner: FlaskClient) -> None:
    fill(bot.store)
    assert "紀錄完整：7 行" in owner.get("/admin/log/verify").text
    change(bot.store, "UPDATE actions SET detail = 'x' WHERE id = 4")
    assert "第 4 行被改過" in owner.get("/admin/log/verify").text


def test_what_people_ask_and_write_is_never_in_it(bot: app.Bot, owner: FlaskClient) -> None:
    """Wordings of questions, tried, added, changed, uploaded, handed over, taught; what was typed as a name."""
    steps: list[Callable[[], TestResponse]] = [
        lambda: post(owner, "/admin/library/try", question=f"{MARKER}可以拍嗎"),
        lambda: post(owner, "/admin/library/try/teach", question=f"{MARKER}可以講嗎", label="2"),
        lambda: post(owner, "/admin/library/questions/new", question=f"{MARKER}可以寫嗎", label="2", use="學習"),
        lambda: post(
            owner, "/admin/library/questions/row", key=[f"{MARKER}可以講嗎", "1"], question=f"{MARKER}嗎", label="3"
        ),
        lambda: post(owner, "/admin/library/questions/remove", key=[f"{MARKER}嗎", "1"]),
        lambda: upload(owner),
        lambda: hand_over(bot, "teach", owner, label="2"),
        lambda: hand_over(bot, "put-back", owner),
        lambda: hand_over(bot, "discard", owner, sure="1"),
        lambda: post(owner.application.test_client(), "/admin/login", name=MARKER, password=MARKER),
    ]
    statuses = [step().status_code for step in steps]
    assert statuses == [200, *[302] * (len(steps) - 2), 401], "each was done, but for the login"
    actions = {line.action for line in bot.store.actions.all()}
    assert actions >= {Action.EDIT, Action.IMPORT, Action.MISSED, Action.LOGIN_FAILED}
    assert MARKER not in str(list(bot.store.actions.all()))
    assert MARKER not in owner.get("/admin/log").text


def upload(client: FlaskClient) -> TestResponse:
    book = xlsx(("問法", [["問法", "案例編號", "用途"], [f"{MARKER}可以傳嗎", "2", "學習"]]))
    form = {"csrf_token": form_token(client), "file": (io.BytesIO(book), "book.xlsx"), "replace": "1"}
    return client.post("/admin/library/file", data=form)


def hand_over(bot: app.Bot, step: str, client: FlaskClient, **fields: str) -> TestResponse:
    missed = bot.store.missed_questions
    missed.keep(f"{MARKER}{step}", TODAY, 500)
    keys = [each.key for each in (*missed.waiting(100), *missed.taught(100))]
    return post(client, f"/admin/missed/{step}", keys=keys, **fields)
