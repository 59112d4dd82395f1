"""One installation of the program: its store, both platforms at the wire, and real worker processes."""

from pathlib import Path

from sqlalchemy import text

import app
from broadcasts.model import CONSOLE, QuotaPolicy, Recipient
from broadcasts.tips import Tip
from retrieval.search import Index
from store.store import Store
from tests.support.platforms import Platforms
from tests.support.waiting import wait_for
from tests.support.workers import Workers

LINE = [f"U{number:032x}" for number in range(1, 1204)]
TELEGRAM = [str(number) for number in range(5001, 5121)]


class Installation:
    """One installation: a store, a queue, both platforms, and workers that can be killed."""

    def __init__(self, store: Store, folder: Path, index: Index, workers: Workers, **settings: str) -> None:
        self.platforms, self.workers, self.url = Platforms(delay=0.01), workers, store.url
        self.environment = {
            "VAR_DIR": str(folder),
            "DATABASE_URL": store.url.replace("+psycopg", ""),
            "SECRET_KEY": "k",
            **self.platforms.settings,
            **settings,
        }
        self.queue = folder / "queue.sqlite3"  # there once a worker listens
        self.bot = app.Bot(app.load_settings(self.environment))
        self.bot.library.swap(index)

    def subscribe(self, line: list[str] = LINE, telegram: list[str] = TELEGRAM) -> None:
        self.bot.store.subscribers.import_all(Recipient("line", user) for user in line)
        self.bot.store.subscribers.import_all(Recipient("telegram", chat) for chat in telegram)

    def send(self, policy: QuotaPolicy = QuotaPolicy.ALL) -> int:
        number = self.bot.broadcasts.draft(Tip.own("公務機密不外洩。"), policy=policy)
        assert self.bot.broadcasts.approve(number, CONSOLE) == 0
        return number

    def worker(self, per_second: float | None = 200, now: str = "", lease: float = 1.5) -> int:
        return self.workers.worker(self.environment, lease, per_second, now)

    def failures(self) -> int:
        """Failures in a row on a channel, the most of all."""
        with self.bot.store.transaction() as connection:
            return connection.execute(text("SELECT max(failures) FROM broadcast_channels")).scalar() or 0

    def status(self, number: int) -> str:
        row = self.bot.broadcasts.repository.get(number)
        assert row
        return row.status

    def tally(self, number: int) -> dict[str, int]:
        row = self.bot.broadcasts.repository.get(number)
        assert row
        return dict(self.bot.broadcasts.report(row)["recipients"])

    def finished(self, number: int, seconds: float = 30) -> dict[str, int]:
        wait_for(lambda: self.status(number) == "done", seconds)
        return self.tally(number)

    def close(self) -> None:
        self.workers.kill_all()
        self.bot.close()
        self.platforms.close()


def everybody_once(installation: Installation, except_for: int = 0) -> None:
    line = {user: installation.platforms.reached[user] for user in LINE}
    assert set(line.values()) == {1}, "LINE not exactly once"
    telegram = [installation.platforms.reached[chat] for chat in TELEGRAM]
    assert max(telegram) == 1, "Telegram twice"
    assert telegram.count(0) <= except_for, "Telegram silently lost"
