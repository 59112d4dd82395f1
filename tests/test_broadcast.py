"""Tips to everybody, whatever breaks: real worker processes, both databases, platforms at the wire."""

import os
import random
import subprocess
import sys
import time

import pytest

from tests.support.installation import TELEGRAM, Installation, everybody_once
from tests.support.ports import free_port
from tests.support.running import HOME
from tests.support.small_bank import small_bank
from tests.support.waiting import wait_for
from tests.support.wire import Fault


def test_three_workers_reach_everybody_once_by_large_batches(installation: Installation) -> None:
    installation.subscribe()
    for _ in range(3):
        installation.worker(lease=15)  # so long that no slow machine makes a call twice
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
    """Nothing is left held either: who comes next would wait for it, and not know what became of it."""
    installation.subscribe()
    number = installation.send()
    worker = installation.worker(per_second=60, lease=15)
    wait_for(lambda: len(installation.platforms.sends) > 20)
    installation.workers.stop(worker)
    assert installation.tally(number)["pending"] > 0
    installation.worker(lease=15)
    assert installation.finished(number) == {"pending": 0, "sent": 1323, "failed": 0, "unknown": 0}


def test_a_stop_that_comes_while_all_is_being_started_leaves_nothing_in_doubt(installation: Installation) -> None:
    installation.subscribe(line=[], telegram=TELEGRAM[:100])
    number = installation.send()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "bot.py", "serve", "--port", str(free_port())]
    environment = {**kept, **installation.environment, "QUESTIONS_PATH": small_bank()}
    server = subprocess.Popen(command, cwd=HOME, env=environment, stderr=subprocess.PIPE)
    wait_for(lambda: installation.platforms.sends, 60)
    server.terminate()
    _, said = server.communicate(timeout=60)
    assert server.returncode == 0, said.decode()
    installation.worker(lease=15)
    assert installation.finished(number) == {"pending": 0, "sent": 100, "failed": 0, "unknown": 0}


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
