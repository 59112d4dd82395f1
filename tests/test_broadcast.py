"""Tips to everybody, whatever breaks: real worker processes, both databases, both queues, platforms at the wire."""

import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import redis as redis_client
from sqlalchemy import text

import app
from broadcasts import admin_cards
from broadcasts.model import CONSOLE, QuotaPolicy, Recipient
from broadcasts.schedule import DailySchedule, is_workday
from broadcasts.tips import Tip
from retrieval.search import Index
from store.store import Store
from tests.support.platforms import Platforms
from tests.support.waiting import wait_for
from tests.support.wire import Fault
from tests.support.workers import Workers

StartsRedis = Callable[[], tuple[str, "subprocess.Popen[bytes]"]]
TAIPEI = ZoneInfo("Asia/Taipei")
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

    def worker(self, per_second: float | None = 200, now: str = "") -> int:
        return self.workers.worker(self.environment, per_second=per_second, now=now)

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


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    installation = Workers()
    yield installation
    installation.close()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[StartsRedis]:
    """Starts a Redis of Debian's package, always on the same port of this test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = []

    def start() -> tuple[str, "subprocess.Popen[bytes]"]:
        options = ["--port", str(port), "--dir", str(tmp_path), "--save", "", "--daemonize", "no"]
        server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        started.append(server)
        wait_for(lambda: _listens(port))
        return f"redis://127.0.0.1:{port}/0", server

    yield start
    for server in started:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def installation(store: Store, tmp_path: Path, index: Index, workers: Workers) -> Iterator[Installation]:
    installation = Installation(store, tmp_path, index, workers)
    yield installation
    workers.kill_all()
    installation.bot.close()


def everybody_once(installation: Installation, except_for: int = 0) -> None:
    line = {one: installation.platforms.reached[one] for one in LINE}
    assert set(line.values()) == {1}, "LINE not exactly once"
    telegram = [installation.platforms.reached[one] for one in TELEGRAM]
    assert max(telegram) == 1, "Telegram twice"
    assert telegram.count(0) <= except_for, "Telegram silently lost"


def test_three_workers_reach_everybody_once_by_large_batches(installation: Installation) -> None:
    installation.subscribe()
    for _ in range(3):
        installation.worker()
    number = installation.send()
    assert installation.finished(number) == {"pending": 0, "sent": 1323, "failed": 0, "unknown": 0}
    everybody_once(installation)
    multicasts = [call for call in installation.platforms.sends if call.method == "multicast"]
    assert len(multicasts) == 3
    assert len({call.key for call in multicasts}) == 3


def test_an_idle_worker_starts_within_two_seconds(installation: Installation) -> None:
    installation.subscribe(telegram=[])
    installation.worker()
    wait_for(installation.queue.exists)
    started = time.time()
    installation.finished(installation.send())
    assert installation.platforms.sends[0].at - started < 2


def test_kills_at_many_points_lose_nobody(installation: Installation) -> None:
    """Telegram: in doubt only what was in flight, at most as many calls as may be installation at the same time."""
    installation.subscribe()
    installation.platforms.line.delay = installation.platforms.telegram.delay = 0.05
    chance = random.Random(5)
    number = installation.send()
    kills = 0
    for _ in range(6):
        worker = installation.worker(per_second=60)
        time.sleep(chance.uniform(0.25, 0.7))  # a kill may come at any moment
        installation.workers.kill(worker)
        kills += 1
    installation.worker(per_second=60)
    tally = installation.finished(number)
    everybody_once(installation, except_for=tally["unknown"])
    assert tally["failed"] == tally["pending"] == 0
    assert tally["sent"] + tally["unknown"] == 1323
    assert tally["unknown"] <= kills * 8, "60 a second of 0.05 s each are a few at a time"


def test_a_stop_leaves_nothing_in_doubt(installation: Installation) -> None:
    installation.subscribe()
    number = installation.send()
    worker = installation.worker(per_second=60)
    wait_for(lambda: len(installation.platforms.sends) > 20)
    installation.workers.stop(worker)
    assert installation.tally(number)["pending"] > 0
    installation.worker()
    assert installation.finished(number) == {"pending": 0, "sent": 1323, "failed": 0, "unknown": 0}


def test_those_in_doubt_are_shown_and_sent_again_only_when_asked(installation: Installation) -> None:
    installation.subscribe(line=[], telegram=TELEGRAM[:10])
    dropped = Fault(drop="before")
    installation.platforms.misbehave(lambda call: dropped if call.to == (TELEGRAM[3],) else None)
    installation.worker()
    number = installation.send()
    assert installation.finished(number) == {"pending": 0, "sent": 9, "failed": 0, "unknown": 1}
    installation.platforms.behave()
    assert installation.bot.broadcasts.resend_unknown(number) == 1
    assert installation.finished(number)["sent"] == 10
    assert installation.platforms.reached[TELEGRAM[3]] == 1


def test_pause_resume_cancel(installation: Installation) -> None:
    installation.subscribe(line=[])
    installation.worker(per_second=40)
    number = installation.send()
    wait_for(lambda: len(installation.platforms.sends) > 5)
    assert installation.bot.broadcasts.repository.pause(number)
    time.sleep(0.5)  # calls under way come to their end
    calls = len(installation.platforms.sends)
    time.sleep(0.5)  # nothing may come in it
    assert len(installation.platforms.sends) == calls
    assert not installation.bot.broadcasts.repository.pause(number)
    assert installation.bot.broadcasts.resume(number)
    wait_for(lambda: len(installation.platforms.sends) > calls)
    assert installation.bot.broadcasts.repository.cancel(number)
    assert not installation.bot.broadcasts.resume(number)
    assert installation.tally(number)["pending"] > 0


@pytest.mark.parametrize(
    ("status", "message", "reason"), [(401, "Authentication failed", "token"), (403, "Not available", "plan")]
)
def test_what_a_person_must_mend_holds_only_its_channel(
    installation: Installation, status: int, message: str, reason: str
) -> None:
    installation.subscribe()
    refusal = Fault(status, message)
    installation.platforms.misbehave(lambda call: refusal if call.method == "multicast" else None)
    installation.worker()
    number = installation.send()
    wait_for(lambda: installation.status(number) == "paused")
    assert installation.tally(number) == {"pending": len(LINE), "sent": len(TELEGRAM), "failed": 0, "unknown": 0}
    row = installation.bot.broadcasts.repository.get(number)
    assert row
    assert "LINE_CHANNEL_ACCESS_TOKEN" in "".join(admin_cards.story(row, installation.bot.broadcasts))
    assert len([call for call in installation.platforms.sends if call.method == "multicast"]) == 1
    installation.platforms.behave()
    assert installation.bot.broadcasts.resume(number)
    installation.finished(number)
    everybody_once(installation)


def test_one_bad_address_costs_nobody_else_anything(installation: Installation) -> None:
    installation.subscribe(line=LINE[:600], telegram=[])
    bad = Fault(400, "The property, 'to[7]', in the request body is invalid")
    installation.platforms.misbehave(lambda call: bad if LINE[7] in call.to else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 599, "failed": 1, "unknown": 0}


def test_many_bad_addresses_do_not_stop_the_channel(installation: Installation) -> None:
    installation.subscribe(line=LINE[:500], telegram=[])
    bad = set(LINE[:500:20])
    refusal = Fault(400, "The property, 'to', in the request body is invalid")
    installation.platforms.misbehave(lambda call: refusal if bad & set(call.to) else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 475, "failed": 25, "unknown": 0}


def test_a_platform_that_is_away_leaves_no_doubt(installation: Installation) -> None:
    """A connection that was never installation brought nothing, however old the retry key."""
    installation.subscribe(line=LINE[:3], telegram=[])
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        installation.environment["LINE_API_BASE"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        worker = installation.worker()
        number = installation.send()
        wait_for(installation.failures)
        installation.workers.stop(worker)
    assert installation.bot.broadcasts.repository.cancel(number)
    assert installation.tally(number) == {"pending": 3, "sent": 0, "failed": 0, "unknown": 0}


def test_a_card_that_telegram_refuses_goes_to_everybody_as_plain_text(installation: Installation) -> None:
    installation.subscribe(line=[], telegram=TELEGRAM[:30])
    bad = Fault(400, "Bad Request: can't parse entities")
    installation.platforms.misbehave(lambda call: bad if "parse_mode" in call.body else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 30, "failed": 0, "unknown": 0}
    refused = [call for call in installation.platforms.sends if "parse_mode" in call.body]
    assert len(refused) <= 16, "only those under way when the first refusal came; a refused card costs no second call"


def test_the_quota_is_never_exceeded_and_who_was_left_out_comes_first(installation: Installation) -> None:
    installation.subscribe(line=LINE[:100], telegram=[])
    installation.platforms.line.quota = 60
    installation.worker()
    assert installation.finished(installation.send(QuotaPolicy.SOME))["sent"] == 60
    installation.platforms.line.quota = 120
    installation.finished(installation.send(QuotaPolicy.SOME))
    assert installation.platforms.line.used == 120
    assert set(installation.platforms.reached.values()) == {1, 2}
    assert len(installation.platforms.reached) == 100, "those left out the first time came first"


def test_ten_clocks_make_one_tip_of_a_workday_and_a_late_one_lapses(installation: Installation) -> None:
    installation.subscribe(line=LINE[:3], telegram=[])
    now = datetime(2026, 11, 23, 9, 0, 5, tzinfo=TAIPEI)

    def tick(at: datetime) -> None:
        DailySchedule(
            "09:00", TAIPEI, installation.bot.broadcasts, lambda: Tip.own(f"{at:%m 月 %d 日}"), lambda _: at
        ).tick()

    threads = [threading.Thread(target=tick, args=(now,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert installation.status(1) in ("sending", "done")
    tick(now.replace(day=22))  # a Sunday
    tick(now.replace(day=24, hour=8))
    assert installation.bot.broadcasts.repository.get(2) is None or installation.status(2) == "lapsed"
    tick(now.replace(day=25, hour=11))
    lapsed = [
        row
        for row in range(1, 20)
        if installation.bot.broadcasts.repository.get(row) and installation.status(row) == "lapsed"
    ]
    assert len(lapsed) == 1


def test_two_schedulers_in_processes_of_their_own_send_one_tip(installation: Installation) -> None:
    installation.subscribe(line=LINE[:3], telegram=TELEGRAM[:3])
    installation.environment["TIP_TIME"] = "09:00"
    for _ in range(2):
        installation.worker(now="2035-11-23T09:00:05+08:00")
    wait_for(lambda: installation.bot.broadcasts.repository.get(1))
    assert installation.finished(1)["sent"] == 6
    time.sleep(2.5)  # both have looked at the time once more
    assert installation.bot.broadcasts.repository.get(2) is None
    assert set(installation.platforms.reached.values()) == {1}


def test_the_embedded_queue_may_lose_everything(installation: Installation, tmp_path: Path) -> None:
    installation.subscribe(line=LINE[:20], telegram=[])
    installation.worker()
    wait_for(installation.queue.exists)
    for file in tmp_path.glob("queue.sqlite3*"):
        file.unlink()
    assert installation.finished(installation.send())["sent"] == 20
    assert set(installation.platforms.reached.values()) == {1}


def test_make_up_days_are_workdays_and_holidays_are_not() -> None:
    days = [(2025, 2, 8), (2026, 11, 23), (2026, 11, 22), (2026, 10, 9)]
    assert [is_workday(datetime(*day).date()) for day in days] == [True, True, False, False]


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_cut_database_connection_loses_nobody(installation: Installation) -> None:
    import psycopg

    installation.subscribe()
    number = installation.send()
    installation.worker(per_second=60)
    with psycopg.connect(installation.url.replace("+psycopg", ""), autocommit=True) as killer:
        for _ in range(5):
            time.sleep(0.25)  # a cut may come at any moment
            killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    tally = wait_for(lambda: _finished(installation, number))
    everybody_once(installation, except_for=tally["unknown"])
    assert tally["sent"] + tally["unknown"] == 1323


def _finished(installation: Installation, number: int) -> dict[str, int] | None:
    try:
        return installation.tally(number) if installation.status(number) == "done" else None
    except Exception:
        return None


def test_redis_may_lose_everything_and_go_away(
    store: Store,
    tmp_path: Path,
    index: Index,
    workers: Workers,
    redis: Callable[[], tuple[str, "subprocess.Popen[bytes]"]],
) -> None:
    url, server = redis()
    installation = Installation(store, tmp_path, index, workers, REDIS_URL=url)
    installation.subscribe(line=LINE[:20], telegram=[])
    installation.worker()
    wait_for(lambda: redis_client.Redis.from_url(url).info("clients")["blocked_clients"])
    started = time.time()
    installation.finished(installation.send())
    assert installation.platforms.sends[0].at - started < 2, "the nudge came through Redis"
    server.kill()
    server.wait()
    assert installation.finished(installation.send())["sent"] == 20, "without any queue the workers look by themselves"
    redis()
    assert installation.finished(installation.send())["sent"] == 20
    assert set(installation.platforms.reached.values()) == {3}
    workers.kill_all()
    installation.bot.close()
