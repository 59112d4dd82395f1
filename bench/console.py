"""How long pages of the console take in an installation that has been used for two years.

    python -m bench.console [postgresql://…]

Beside a page of a bare Flask application that renders as many rows out of memory. How pages grow: bench/growth.py.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import insert, text

import app
from bench import grown
from bench.report import Report, milliseconds, ratio, show, spread
from broadcasts.model import CONSOLE
from broadcasts.tips import Tip
from core.counts import DailyCount
from office.model import Actor, Role
from retrieval.library_rows import CASES
from store.office_tables import daily_subscribers
from tests.support.console import logged_in
from tests.support.missed import keep

CASE_COUNT, SUBSCRIBERS, DAYS, TIPS, SEEN_A_DAY, TIMES = 500, 10_000, 730, 22, 120, 7
OWNER = Actor("owner", Role.OWNER.rights)
PATHS = (
    *("/?span=day", "/?span=month", "/overview/shown.csv?span=month", "/overview/tips?span=month", "/tips"),
    *("/tips/calendar", "/library/cases/", "/library/cases/?q=公務", "/library/cases/row?key=7", "/library/questions/"),
    *("/library/draft", "/library/try", "/library/versions", "/missed", "/accounts", "/log", "/installation"),
)
ROW = "<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>"
PEER = f"<table>{{% for row in rows %}}{ROW}{{% endfor %}}</table>"


def counts(today: date) -> Iterator[DailyCount]:
    chance = random.Random(5)
    for back in range(DAYS):
        day = today - timedelta(days=back)
        for channel in ("line", "telegram", "web"):
            yield DailyCount(day, channel, "choose", "", 40)
            yield DailyCount(day, channel, "none", "", 20)
            for case in chance.sample(range(1, CASE_COUNT + 1), SEEN_A_DAY):
                yield DailyCount(day, channel, chance.choice(("answer", "opened")), str(case), chance.randint(1, 9))


def fill(bot: app.Bot) -> None:
    """Subscribers, two years of counts, a month of daily tips to everybody, a version, a draft, missed questions."""
    today = bot.daily_tip.now(bot.settings.timezone).date()
    bot.sending_store.subscribers.import_all(grown.people(SUBSCRIBERS, "line"))
    rows = list(counts(today))
    for at in range(0, len(rows), 20_000):
        bot.sending_store.counts.add(rows[at : at + 20_000])
    noted = [{"day": today - timedelta(days=back), "channel": "line", "count": SUBSCRIBERS} for back in range(DAYS)]
    with bot.sending_store.transaction() as connection:
        connection.execute(insert(daily_subscribers), noted)
    for number in range(TIPS):
        bot.broadcasts.approve(bot.broadcasts.draft(Tip.own(f"第 {number} 則")), CONSOLE)
    with bot.sending_store.transaction() as connection:  # a worker would take a while
        connection.execute(text("UPDATE recipients SET status = 'sent'"))
        connection.execute(text("UPDATE batches SET open = :open"), {"open": False})
        connection.execute(text("UPDATE broadcasts SET status = 'done'"))
    bot.library.save(grown.library(CASE_COUNT), "bench", "第一版")
    keep(bot.store, *(question.text for question in bot.library.library().questions[:100]))
    row = bot.desk.drafts.of(OWNER).base.rows(CASES)["7",]
    bot.desk.drafts.save_row(OWNER, CASES, ("7",), (row[0], "改過的標題", *row[2:]))


def peer() -> FlaskClient:
    """A page with as many rows as a page of a list has."""
    bare, rows = Flask(__name__), [[f"第 {number} 列", "標題", "情境" * 20] for number in range(50)]
    bare.get("/")(lambda: render_template_string(PEER, rows=rows))
    return bare.test_client()


def report(database: str = "") -> Report:
    bare = peer()
    theirs = milliseconds(lambda: bare.get("/"), 3 * TIMES)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"VAR_DIR": folder, "SECRET_KEY": "k", "LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t"}
        bot = app.Bot(app.load_settings(settings | ({"DATABASE_URL": database} if database else {})))
        bot.store.migrate()
        fill(bot)
        bot.library.index()
        client = logged_in(bot, Role.OWNER)
        rows = [measured(client, path, theirs) for path in PATHS]
        bot.close()
    return Report(
        "後台的頁面",
        ("頁面", "第一次", "之後", "對照組的幾倍"),
        (("對照組：空的 Flask，50 列", "", spread(theirs, "ms"), ""), *rows),
        (
            f"{CASE_COUNT} 案、{SUBSCRIBERS:,} 位訂閱者、{TIPS} 則推播、兩年的統計；在同一行程裡取頁面，不含網路。",
            "`python -m bench.console postgresql://…` 量 PostgreSQL；資料變大時見 `python -m bench.growth`。",
        ),
    )


def measured(client: FlaskClient, path: str, theirs: list[float]) -> tuple[str, ...]:
    first, *rest = milliseconds(lambda: client.get(f"/admin{path}"), TIMES + 1)
    answer = client.get(f"/admin{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return path, spread([first], "ms").split("（")[0], spread(rest, "ms"), ratio(rest, theirs)


if __name__ == "__main__":
    show(report(*sys.argv[1:2]))
