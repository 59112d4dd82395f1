"""The daily tip by schedule, and queues that lose everything."""

import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import redis as redis_client

from broadcasts.schedule import DailySchedule, is_workday
from broadcasts.tips import Tip
from retrieval.search import Index
from store.store import Store
from tests.support.installation import LINE, TELEGRAM, Installation
from tests.support.waiting import wait_for
from tests.support.workers import Workers

TAIPEI = ZoneInfo("Asia/Taipei")


def test_ten_schedules_make_one_tip_of_a_workday_and_a_late_one_lapses(installation: Installation) -> None:
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


def test_two_schedules_in_processes_of_their_own_send_one_tip(installation: Installation) -> None:
    installation.subscribe(line=LINE[:3], telegram=TELEGRAM[:3])
    installation.environment["TIP_TIME"] = "09:00"
    for _ in range(2):
        installation.worker(now="2035-11-23T09:00:05+08:00")
    wait_for(lambda: installation.bot.broadcasts.repository.get(1))
    assert installation.finished(1)["sent"] == 6
    time.sleep(2.5)  # both have looked at the time once more
    assert installation.bot.broadcasts.repository.get(2) is None
    assert set(installation.platforms.reached.values()) == {1}


def test_make_up_days_are_workdays_and_holidays_are_not() -> None:
    days = [(2025, 2, 8), (2026, 11, 23), (2026, 11, 22), (2026, 10, 9)]
    assert [is_workday(datetime(*day).date()) for day in days] == [True, True, False, False]


def test_the_embedded_queue_may_lose_everything(installation: Installation, tmp_path: Path) -> None:
    installation.subscribe(line=LINE[:20], telegram=[])
    installation.worker()
    wait_for(installation.queue.exists)
    for file in tmp_path.glob("queue.sqlite3*"):
        file.unlink()
    assert installation.finished(installation.send())["sent"] == 20
    assert set(installation.platforms.reached.values()) == {1}


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
