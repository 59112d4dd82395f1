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

import app
from broadcasts import admin_cards
from broadcasts.model import CONSOLE, QuotaPolicy, Recipient
from broadcasts.schedule import DailySchedule, is_workday
from broadcasts.tips import Tip
from retrieval.search import Index
from store.store import Store
from tests.sink import LINE_TOKEN, TELEGRAM_TOKEN, Call, Fault, Sink
from tests.workers import Zygote, wait

StartsRedis = Callable[[], tuple[str, "subprocess.Popen[bytes]"]]
TAIPEI = ZoneInfo("Asia/Taipei")
LINE = [f"U{number:032x}" for number in range(1, 1204)]
TELEGRAM = [str(number) for number in range(5001, 5121)]


class House:
    """One installation: a store, a queue, a sink, and workers that can be killed."""

    def __init__(self, store: Store, folder: Path, index: Index, zygote: Zygote, **settings: str) -> None:
        self.sink, self.zygote, self.url = Sink(delay=0.01), zygote, store.url
        self.environment = {
            "VAR_DIR": str(folder),
            "DATABASE_URL": store.url.replace("+psycopg", ""),
            "SECRET_KEY": "k",
            "LINE_CHANNEL_SECRET": "s",
            "LINE_CHANNEL_ACCESS_TOKEN": LINE_TOKEN,
            "LINE_API_BASE": self.sink.url,
            "TELEGRAM_BOT_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API_BASE": self.sink.url,
            **settings,
        }
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
        return self.zygote.worker(self.environment, per_second=per_second, now=now)

    def status(self, number: int) -> str:
        row = self.bot.broadcasts.repository.get(number)
        assert row
        return row.status

    def tally(self, number: int) -> dict[str, int]:
        row = self.bot.broadcasts.repository.get(number)
        assert row
        return dict(self.bot.broadcasts.report(row)["recipients"])

    def finished(self, number: int, seconds: float = 30) -> dict[str, int]:
        wait(lambda: self.status(number) == "done", seconds)
        return self.tally(number)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


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
        wait(lambda: _listens(port))
        return f"redis://127.0.0.1:{port}/0", server

    yield start
    for server in started:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def house(store: Store, tmp_path: Path, index: Index, zygote: Zygote) -> Iterator[House]:
    made = House(store, tmp_path, index, zygote)
    yield made
    zygote.kill_all()
    made.bot.close()


def everybody_once(house: House, except_for: int = 0) -> None:
    line = {one: house.sink.reached[one] for one in LINE}
    assert set(line.values()) == {1}, "LINE not exactly once"
    telegram = [house.sink.reached[one] for one in TELEGRAM]
    assert max(telegram) == 1, "Telegram twice"
    assert telegram.count(0) <= except_for, "Telegram silently lost"


def test_three_workers_reach_everybody_once_by_large_batches(house: House) -> None:
    house.subscribe()
    for _ in range(3):
        house.worker()
    number = house.send()
    assert house.finished(number) == {"pending": 0, "sent": 1323, "failed": 0, "unknown": 0}
    everybody_once(house)
    multicasts = [call for call in house.sink.calls if call.path.endswith("multicast")]
    assert len(multicasts) == 3 and len({call.key for call in multicasts}) == 3


def test_an_idle_worker_starts_within_two_seconds(house: House) -> None:
    house.subscribe(telegram=[])
    house.worker()
    time.sleep(1.5)
    started = time.time()
    house.finished(house.send())
    assert house.sink.times()[0] - started < 2


def test_kills_at_many_points_lose_nobody(house: House) -> None:
    """Telegram: in doubt only what was in flight, at most as many calls as may be made at the same time."""
    house.subscribe()
    house.sink.delay = 0.05
    chance = random.Random(5)
    number = house.send()
    kills = 0
    for _ in range(6):
        worker = house.worker(per_second=60)
        time.sleep(chance.uniform(0.25, 0.7))
        house.zygote.kill(worker)
        kills += 1
    house.worker(per_second=60)
    tally = house.finished(number)
    everybody_once(house, except_for=tally["unknown"])
    assert tally["failed"] == tally["pending"] == 0 and tally["sent"] + tally["unknown"] == 1323
    assert tally["unknown"] <= kills * 8, "60 a second of 0.05 s each are a few at a time"


def test_a_stop_leaves_nothing_in_doubt(house: House) -> None:
    house.subscribe()
    number = house.send()
    worker = house.worker(per_second=60)
    wait(lambda: len(house.sink.calls) > 20)
    house.zygote.kill(worker, 15)
    time.sleep(1)
    calls = len(house.sink.calls)
    time.sleep(0.5)
    assert len(house.sink.calls) == calls and house.tally(number)["pending"] > 0
    house.worker()
    assert house.finished(number) == {"pending": 0, "sent": 1323, "failed": 0, "unknown": 0}


def test_those_in_doubt_are_shown_and_sent_again_only_when_asked(house: House) -> None:
    house.subscribe(line=[], telegram=TELEGRAM[:10])
    house.sink.fault = lambda call: "dropped" if call.to == (TELEGRAM[3],) else None
    house.worker()
    number = house.send()
    assert house.finished(number) == {"pending": 0, "sent": 9, "failed": 0, "unknown": 1}
    house.sink.fault = lambda call: None
    assert house.bot.broadcasts.resend_unknown(number) == 1
    assert house.finished(number)["sent"] == 10
    assert house.sink.reached[TELEGRAM[3]] == 1


def test_pause_resume_cancel(house: House) -> None:
    house.subscribe(line=[])
    house.worker(per_second=40)
    number = house.send()
    wait(lambda: len(house.sink.calls) > 5)
    assert house.bot.broadcasts.repository.pause(number)
    time.sleep(0.5)
    calls = len(house.sink.calls)
    time.sleep(0.5)
    assert len(house.sink.calls) == calls and not house.bot.broadcasts.repository.pause(number)
    assert house.bot.broadcasts.resume(number)
    wait(lambda: len(house.sink.calls) > calls)
    assert house.bot.broadcasts.repository.cancel(number) and not house.bot.broadcasts.resume(number)
    assert house.tally(number)["pending"] > 0


def refuse(status: int, message: str, times: int = 10**9, only: str = "") -> Callable[[Call], Fault]:
    left = iter(range(times))

    def fault(call: Call) -> Fault:
        hit = call.to and only in call.path and next(left, None) is not None
        return (status, {"message": message, "description": message}) if hit else None

    return fault


@pytest.mark.parametrize(
    ("status", "message", "reason"), [(401, "Authentication failed", "token"), (403, "Not available", "plan")]
)
def test_what_a_person_must_mend_holds_only_its_channel(house: House, status: int, message: str, reason: str) -> None:
    house.subscribe()
    house.sink.fault = refuse(status, message, only="multicast")
    house.worker()
    number = house.send()
    wait(lambda: house.status(number) == "paused")
    assert house.tally(number) == {"pending": len(LINE), "sent": len(TELEGRAM), "failed": 0, "unknown": 0}
    row = house.bot.broadcasts.repository.get(number)
    assert row and "LINE_CHANNEL_ACCESS_TOKEN" in "".join(admin_cards.story(row, house.bot.broadcasts))
    assert len([call for call in house.sink.calls if call.path.endswith("multicast")]) == 1
    house.sink.fault = lambda call: None
    assert house.bot.broadcasts.resume(number)
    house.finished(number)
    everybody_once(house)


def test_one_bad_address_costs_nobody_else_anything(house: House) -> None:
    house.subscribe(line=LINE[:600], telegram=[])
    bad = (400, {"message": "The property, 'to[7]', in the request body is invalid"})
    house.sink.fault = lambda call: bad if LINE[7] in call.to else None
    house.worker()
    assert house.finished(house.send()) == {"pending": 0, "sent": 599, "failed": 1, "unknown": 0}


def test_many_bad_addresses_do_not_stop_the_channel(house: House) -> None:
    house.subscribe(line=LINE[:500], telegram=[])
    bad = set(LINE[:500:20])
    refusal = (400, {"message": "The property, 'to', in the request body is invalid"})
    house.sink.fault = lambda call: refusal if bad & set(call.to) else None
    house.worker()
    assert house.finished(house.send()) == {"pending": 0, "sent": 475, "failed": 25, "unknown": 0}


def test_a_platform_that_is_away_leaves_no_doubt(house: House) -> None:
    """A connection that was never made brought nothing, however old the retry key."""
    house.subscribe(line=LINE[:3], telegram=[])
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        house.environment["LINE_API_BASE"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        worker = house.worker()
        number = house.send()
        time.sleep(2)
        house.zygote.kill(worker, 15)
        time.sleep(1)
    assert house.bot.broadcasts.repository.cancel(number)
    assert house.tally(number) == {"pending": 3, "sent": 0, "failed": 0, "unknown": 0}


def test_a_card_that_telegram_refuses_goes_to_everybody_as_plain_text(house: House) -> None:
    house.subscribe(line=[], telegram=TELEGRAM[:30])
    bad = (400, {"ok": False, "description": "Bad Request: can't parse entities"})
    house.sink.fault = lambda call: bad if "parse_mode" in (call.body or {}) else None
    house.worker()
    assert house.finished(house.send()) == {"pending": 0, "sent": 30, "failed": 0, "unknown": 0}
    refused = [call for call in house.sink.calls if "parse_mode" in call.body]
    assert len(refused) <= 16, "only those under way when the first refusal came; a refused card costs no second call"


def test_the_quota_is_never_exceeded_and_who_was_left_out_comes_first(house: House) -> None:
    house.subscribe(line=LINE[:100], telegram=[])
    house.sink.quota = 60
    house.worker()
    assert house.finished(house.send(QuotaPolicy.SOME))["sent"] == 60
    house.sink.quota = 120
    house.finished(house.send(QuotaPolicy.SOME))
    assert house.sink.used == 120 and set(house.sink.reached.values()) == {1, 2}
    assert len(house.sink.reached) == 100, "those left out the first time came first"


def test_ten_clocks_make_one_tip_of_a_workday_and_a_late_one_lapses(house: House) -> None:
    house.subscribe(line=LINE[:3], telegram=[])
    now = datetime(2026, 11, 23, 9, 0, 5, tzinfo=TAIPEI)

    def tick(at: datetime) -> None:
        DailySchedule("09:00", TAIPEI, house.bot.broadcasts, lambda: Tip.own(f"{at:%m 月 %d 日}"), lambda _: at).tick()

    threads = [threading.Thread(target=tick, args=(now,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.status(1) in ("sending", "done")
    tick(now.replace(day=22))  # a Sunday
    tick(now.replace(day=24, hour=8))
    assert house.bot.broadcasts.repository.get(2) is None or house.status(2) == "lapsed"
    tick(now.replace(day=25, hour=11))
    lapsed = [row for row in range(1, 20) if house.bot.broadcasts.repository.get(row) and house.status(row) == "lapsed"]
    assert len(lapsed) == 1


def test_two_schedulers_in_processes_of_their_own_send_one_tip(house: House) -> None:
    house.subscribe(line=LINE[:3], telegram=TELEGRAM[:3])
    house.environment["TIP_TIME"] = "09:00"
    for _ in range(2):
        house.worker(now="2035-11-23T09:00:05+08:00")
    wait(lambda: house.bot.broadcasts.repository.get(1))
    assert house.finished(1)["sent"] == 6
    time.sleep(2.5)
    assert house.bot.broadcasts.repository.get(2) is None and set(house.sink.reached.values()) == {1}


def test_the_embedded_queue_may_lose_everything(house: House, tmp_path: Path) -> None:
    house.subscribe(line=LINE[:20], telegram=[])
    house.worker()
    time.sleep(1.5)
    for file in tmp_path.glob("queue.sqlite3*"):
        file.unlink()
    assert house.finished(house.send())["sent"] == 20
    assert set(house.sink.reached.values()) == {1}


def test_make_up_days_are_workdays_and_holidays_are_not() -> None:
    days = [(2025, 2, 8), (2026, 11, 23), (2026, 11, 22), (2026, 10, 9)]
    assert [is_workday(datetime(*day).date()) for day in days] == [True, True, False, False]


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_cut_database_connection_loses_nobody(house: House) -> None:
    import psycopg

    house.subscribe()
    number = house.send()
    house.worker(per_second=60)
    with psycopg.connect(house.url.replace("+psycopg", ""), autocommit=True) as killer:
        for _ in range(5):
            time.sleep(0.25)
            killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    tally = wait(lambda: _finished(house, number))
    everybody_once(house, except_for=tally["unknown"])
    assert tally["sent"] + tally["unknown"] == 1323


def _finished(house: House, number: int) -> dict[str, int] | None:
    try:
        return house.tally(number) if house.status(number) == "done" else None
    except Exception:
        return None


def test_redis_may_lose_everything_and_go_away(
    store: Store,
    tmp_path: Path,
    index: Index,
    zygote: Zygote,
    redis: Callable[[], tuple[str, "subprocess.Popen[bytes]"]],
) -> None:
    url, server = redis()
    house = House(store, tmp_path, index, zygote, REDIS_URL=url)
    house.subscribe(line=LINE[:20], telegram=[])
    house.worker()
    time.sleep(1.5)
    started = time.time()
    house.finished(house.send())
    assert house.sink.times()[0] - started < 2, "the nudge came through Redis"
    server.kill()
    server.wait()
    assert house.finished(house.send())["sent"] == 20, "without any queue the workers look by themselves"
    redis()
    time.sleep(1)
    assert house.finished(house.send())["sent"] == 20
    assert set(house.sink.reached.values()) == {3}
    zygote.kill_all()
    house.bot.close()
