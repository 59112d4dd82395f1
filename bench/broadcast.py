"""Measures sending against a fake at the wire: python -m bench.broadcast [telegram] [limited] [line] [--people N]

telegram: N subscribers, no limiter, two workers: messages a second, and memory beside 1,000 subscribers.
limited:  the same with the limiter: messages a second, and the most in any second.
line:     N subscribers: calls and seconds.
"""

import argparse
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

import app
from broadcasts.model import CONSOLE, Recipient, Status
from broadcasts.tips import Tip
from handlers.telegram.spec import SPEC
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_platform import FakePlatform
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.workers import Workers


@contextmanager
def bot_on(channel: str, people: int, platform: FakePlatform) -> Iterator[tuple[app.Bot, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"VAR_DIR": folder, f"{channel.upper()}_API_BASE": platform.base}
        if channel == "line":
            environment |= {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN}
        else:
            environment |= {"TELEGRAM_BOT_TOKEN": TOKEN}
        bot = app.Bot(app.load_settings(environment))
        bot.store.migrate()
        address = "U{:032x}".format if channel == "line" else str
        bot.store.subscribers.import_all(Recipient(channel, address(number)) for number in range(1, people + 1))
        yield bot, environment
        bot.close()


def run(channel: str, people: int, per_second: float | None, count: int = 2) -> tuple[list[float], float]:
    """When each call came, and the largest worker's peak memory in MB."""
    platform = FakeLine(keep_bodies=False) if channel == "line" else FakeTelegram(keep_bodies=False)
    workers, peak = Workers(), 0.0
    with bot_on(channel, people, platform) as (bot, environment):
        processes = [psutil.Process(workers.worker(environment, 15, per_second)) for _ in range(count)]
        time.sleep(1)
        started = time.monotonic()
        number = bot.broadcasts.draft(Tip.own("公務機密不外洩。"))
        bot.broadcasts.approve(number, CONSOLE)
        print(f"  audience fixed in {time.monotonic() - started:.1f} s", file=sys.stderr)
        while (broadcast := bot.broadcasts.repository.get(number)) and broadcast.status == Status.SENDING:
            time.sleep(0.5)
            peak = max(peak, *(process.memory_info().rss / 2**20 for process in processes))
        print(f"  {bot.broadcasts.report(broadcast)}" if broadcast else "", file=sys.stderr)
        workers.close()
    assert set(platform.reached.values()) == {1}, "somebody twice"
    assert len(platform.reached) == people, "somebody not at all"
    return sorted(call.at for call in platform.calls), peak


def busiest(times: list[float]) -> int:
    """The most calls in any second."""
    return max(bisect_left(times, at + 1) - index for index, at in enumerate(times))


def telegram(people: int) -> None:
    _, small = run("telegram", 1_000, None)
    times, large = run("telegram", people, None)
    seconds = times[-1] - times[0]
    print(f"telegram, limiter off: {people} in {seconds:.0f} s, {people / seconds:.0f} a second")
    print(f"memory of a worker: {small:.0f} MB at 1,000, {large:.0f} MB at {people} ({large - small:+.0f} MB)")


def limited(people: int) -> None:
    times, _ = run("telegram", people, SPEC.calls_per_second)
    pace = (people - 1) / (times[-1] - times[0])
    print(f"telegram, limiter on: {pace:.2f} a second, at most {busiest(times)} in one")


def line(people: int) -> None:
    times, _ = run("line", people, None, count=1)
    print(f"line: {people} in {len(times)} calls, {times[-1] - times[0]:.1f} s")


if __name__ == "__main__":
    known = {"telegram": telegram, "limited": limited, "line": line}
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", choices=[*known, []])
    parser.add_argument("--people", type=int)
    given = parser.parse_args()
    for what in given.what or known:
        known[what](given.people or {"limited": 900}.get(what, 100_000))
