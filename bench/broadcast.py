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
from tests.sink import LINE_TOKEN, TELEGRAM_TOKEN, Sink
from tests.workers import Zygote


@contextmanager
def house(channel: str, people: int, sink: Sink) -> Iterator[tuple[app.Bot, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"VAR_DIR": folder, "TELEGRAM_API_BASE": sink.url, "LINE_API_BASE": sink.url}
        if channel == "line":
            environment |= {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": LINE_TOKEN}
        else:
            environment |= {"TELEGRAM_BOT_TOKEN": TELEGRAM_TOKEN}
        bot = app.build(app.load_settings(environment))
        bot.store.migrate()
        address = "U{:032x}".format if channel == "line" else str
        bot.store.subscribers.import_all(Recipient(channel, address(number)) for number in range(1, people + 1))
        yield bot, environment
        bot.close()


def run(channel: str, people: int, per_second: float | None, workers: int = 2) -> tuple[Sink, float, float]:
    """The sink, seconds from first to last call, the largest worker's peak memory in MB."""
    sink, zygote, peak = Sink(keep_bodies=False), Zygote(), 0.0
    with house(channel, people, sink) as (bot, environment):
        processes = [psutil.Process(zygote.worker(environment, 15, per_second)) for _ in range(workers)]
        time.sleep(1)
        started = time.monotonic()
        number = bot.broadcasts.draft(Tip.own("公務機密不外洩。"))
        bot.broadcasts.approve(number, CONSOLE)
        print(f"  audience fixed in {time.monotonic() - started:.1f} s", file=sys.stderr)
        while (row := bot.broadcasts.get(number)) and row.status == Status.SENDING:
            time.sleep(0.5)
            peak = max(peak, *(process.memory_info().rss / 2**20 for process in processes))
        print(f"  {bot.broadcasts.report(row)}" if row else "", file=sys.stderr)
        zygote.close()
    assert set(sink.reached.values()) == {1} and len(sink.reached) == people, "not everybody once"
    return sink, sink.times()[-1] - sink.times()[0], peak


def busiest(times: list[float]) -> int:
    """The most calls in any second."""
    return max(bisect_left(times, at + 1) - index for index, at in enumerate(times))


def telegram(people: int) -> None:
    _, _, small = run("telegram", 1_000, None)
    _, seconds, large = run("telegram", people, None)
    print(f"telegram, limiter off: {people} in {seconds:.0f} s, {people / seconds:.0f} a second")
    print(f"memory of a worker: {small:.0f} MB at 1,000, {large:.0f} MB at {people} ({large - small:+.0f} MB)")


def limited(people: int) -> None:
    sink, seconds, _ = run("telegram", people, SPEC.calls_per_second)
    most = busiest(sorted(sink.times()))
    print(f"telegram, limiter on: {(people - 1) / seconds:.2f} a second, at most {most} in one")


def line(people: int) -> None:
    sink, seconds, _ = run("line", people, None, workers=1)
    print(f"line: {people} in {len(sink.calls)} calls, {seconds:.1f} s")


if __name__ == "__main__":
    known = {"telegram": telegram, "limited": limited, "line": line}
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", choices=[*known, []])
    parser.add_argument("--people", type=int)
    given = parser.parse_args()
    for what in given.what or known:
        known[what](given.people or {"limited": 900}.get(what, 100_000))
