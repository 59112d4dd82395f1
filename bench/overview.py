"""How long 總覽 and 安裝狀況 take in a large installation: python -m bench.overview [postgresql://…]

100,000 subscribers, 1,000 cases, two years of counts (all cases on three channels), a month of daily tips to everybody.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, text

import app
from broadcasts.model import CONSOLE, Recipient
from broadcasts.tips import Tip
from core.counts import DailyCount
from office.model import Role
from retrieval.search import Index
from store.office_tables import DailySubscribersRow
from tests.support.console import logged_in

SUBSCRIBERS, CASES, DAYS, TIPS = 100_000, 1_000, 730, 22
SEEN_A_DAY = 250  # cases and guides that a day saw on a channel
PATHS = (
    *("/?span=day", "/?span=week", "/?span=month", "/overview/shown.csv?span=month"),
    *("/overview/tips?span=month", "/installation"),
)


def counts(today: date) -> Iterator[DailyCount]:
    chance = random.Random(5)
    for back in range(DAYS):
        day = today - timedelta(days=back)
        for channel in ("line", "telegram", "web"):
            yield DailyCount(day, channel, "choose", "", 40)
            yield DailyCount(day, channel, "none", "", 20)
            for case in chance.sample(range(1, CASES + 1), SEEN_A_DAY):
                yield DailyCount(day, channel, chance.choice(("answer", "opened")), str(case), chance.randint(1, 9))


def fill(bot: app.Bot) -> None:
    today = bot.daily_tip.now(bot.settings.timezone).date()
    bot.store.subscribers.import_all(Recipient("line", f"U{number:032x}") for number in range(SUBSCRIBERS))
    rows = list(counts(today))
    for at in range(0, len(rows), 20_000):
        bot.sending_store.counts.add(rows[at : at + 20_000])
    noted = [
        {"day": today - timedelta(days=back), "channel": channel, "count": SUBSCRIBERS - back}
        for back in range(DAYS)
        for channel in ("line", "telegram")
    ]
    with bot.sending_store.transaction() as connection:
        connection.execute(insert(DailySubscribersRow), noted)
    for number in range(TIPS):
        bot.broadcasts.approve(bot.broadcasts.draft(Tip.own(f"第 {number} 則")), CONSOLE)
    with bot.sending_store.transaction() as connection:  # a worker would take an hour
        connection.execute(text("UPDATE recipients SET status = 'sent'"))
        connection.execute(text("UPDATE batches SET open = :open"), {"open": False})
        connection.execute(text("UPDATE broadcasts SET status = 'done'"))


def index_of_many(bot: app.Bot) -> Index:
    """The live index under a library with many cases: only their titles are read here."""
    index = bot.library.index()
    first = index.library.cases[0]
    index.library = replace(index.library, cases=tuple(replace(first, id=number) for number in range(1, CASES + 1)))
    return index


def measure(client: FlaskClient, path: str) -> str:
    took = []
    for _ in range(9):
        started = time.perf_counter()
        assert client.get(f"/admin{path}").status_code == 200
        took.append(1000 * (time.perf_counter() - started))
    first, *rest = took
    return f"{path}: first {first:.0f} ms, median {statistics.median(took):.0f} ms, then at most {max(rest):.0f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "VAR_DIR": folder,
            "LINE_CHANNEL_SECRET": "s",
            "LINE_CHANNEL_ACCESS_TOKEN": "t",
            "SECRET_KEY": "k",
        }
        environment |= {"DATABASE_URL": sys.argv[1]} if len(sys.argv) > 1 else {}
        bot = app.Bot(app.load_settings(environment))
        bot.store.migrate()
        bot.library.swap(index_of_many(bot))
        started = time.perf_counter()
        fill(bot)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
        print(f"filled in {time.perf_counter() - started:.0f} s, {size:.0f} MB")
        client = logged_in(bot, Role.OWNER)
        for path in PATHS:
            print(measure(client, path))
        bot.close()


if __name__ == "__main__":
    main()
