"""Sending a tip against a fake at the wire, beside a loop that only sends.

    python -m bench.broadcast [telegram] [line] [limited] [--people N]

The loop is urllib3 and a pool of threads: no store, no leases, nobody called once for certain.
"""

import argparse
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import psutil
import urllib3

import app
from bench.report import Report, figure
from broadcasts.model import CONSOLE, Recipient, Status
from broadcasts.single_sender import CALLERS
from broadcasts.tips import Tip
from handlers.telegram.spec import SPEC
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_platform import FakePlatform
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.workers import Workers

MULTICAST = 500  # people of a call on LINE


class Sent(NamedTuple):
    """When each call came (seconds), how long fixing the audience took, and the largest worker's memory in MB."""

    times: Sequence[float]
    fixed: float
    memory: float

    @property
    def seconds(self) -> float:
        return self.times[-1] - self.times[0]


def fake(channel: str) -> FakePlatform:
    return FakeLine(keep_bodies=False) if channel == "line" else FakeTelegram(keep_bodies=False)


def addresses(channel: str, people: int) -> Iterator[str]:
    return map("U{:032x}".format if channel == "line" else str, range(1, people + 1))


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
        bot.store.subscribers.import_all(Recipient(channel, address) for address in addresses(channel, people))
        yield bot, environment
        bot.close()


def run(channel: str, people: int, per_second: float | None = None, count: int = 2) -> Sent:
    """A tip to so many by so many workers."""
    platform, workers, peak = fake(channel), Workers(), 0.0
    with bot_on(channel, people, platform) as (bot, environment):
        processes = [psutil.Process(workers.worker(environment, 15, per_second)) for _ in range(count)]
        time.sleep(1)
        started = time.monotonic()
        number = bot.broadcasts.draft(Tip.own("公務機密不外洩。"))
        bot.broadcasts.approve(number, CONSOLE)
        fixed = time.monotonic() - started
        while (broadcast := bot.broadcasts.repository.get(number)) and broadcast.status == Status.SENDING:
            time.sleep(0.2)
            peak = max(peak, *(process.memory_info().rss / 2**20 for process in processes))
        workers.close()
    assert set(platform.reached.values()) == {1}, "somebody twice"
    assert len(platform.reached) == people, "somebody not at all"
    platform.close()
    return Sent(sorted(call.at for call in platform.calls if call.method != "info"), fixed, peak)


def loop(channel: str, people: int) -> float:
    """Seconds that the peer takes for the same calls."""
    platform, everybody = fake(channel), list(addresses(channel, people))
    pool = urllib3.PoolManager(maxsize=CALLERS)
    says = {"messages": [{"type": "text", "text": "公務機密不外洩。"}]}

    def telegram(chat: str) -> None:
        pool.request("POST", f"{platform.base}/bot{TOKEN}/sendMessage", json={"chat_id": int(chat), "text": "公務機密"})

    def line(start: int) -> None:
        headers = {"Authorization": f"Bearer {ACCESS_TOKEN}", "X-Line-Retry-Key": str(start)}
        body = {"to": everybody[start : start + MULTICAST], **says}
        pool.request("POST", f"{platform.base}/v2/bot/message/multicast", json=body, headers=headers)

    started = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as threads:
        calls = threads.map(telegram, everybody) if channel == "telegram" else threads.map(line, range(0, people, 500))
        list(calls)
    taken = time.monotonic() - started
    assert len(platform.reached) == people
    platform.close()
    return taken


def busiest(times: Sequence[float]) -> int:
    """The most calls in any second."""
    return max(bisect_left(times, at + 1) - index for index, at in enumerate(times))


def compared(channel: str, people: int) -> tuple[str, ...]:
    """A row: ours, the loop's, how many times as long, memory."""
    ours, theirs = run(channel, people), loop(channel, people)
    pace = [f"{figure(seconds)} s，每秒 {people / seconds:,.0f} 人" for seconds in (ours.seconds, theirs)]
    memory = f"{ours.memory:.0f} MB" if ours.memory else "–"
    return f"{channel} {people:,} 人", *pace, f"{figure(ours.seconds / theirs)} 倍", f"{figure(ours.fixed)} s", memory


def limited(people: int) -> tuple[str, ...]:
    """A row: how near to the pace, and the most in any second."""
    times = run("telegram", people, SPEC.calls_per_second).times
    pace = (people - 1) / (times[-1] - times[0])
    allowed = f"上限每秒 {SPEC.calls_per_second}"
    return f"telegram {people:,} 人，限速", f"每秒 {pace:.2f} 人，最多一秒 {busiest(times)} 人", allowed, "", "", ""


def report() -> Report:
    return found((compared("telegram", 5_000), compared("line", 50_000), limited(300)))


def found(rows: tuple[tuple[str, ...], ...]) -> Report:
    return Report(
        "推播送到每個人",
        ("", "本程式", f"只有 urllib3 與 {CALLERS} 條執行緒", "比例", "確認到開始", "背景工作的記憶體"),
        rows,
        (
            "兩個背景工作、SQLite，平台是同一台機器上的假伺服器；對照組不記錄誰收到，當機就不知道送到哪。",
            "Telegram 真正送的時候受每秒約 30 則的限制，LINE 一次 500 人，所以記錄「每人一次」不是瓶頸。",
            "`python -m bench.broadcast telegram line --people 100000` 量更多人。",
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=["telegram", "line", "limited", []])
    parser.add_argument("--people", type=int, default=5_000)
    given = parser.parse_args()
    from bench.report import show

    measured = [limited(given.people) if what == "limited" else compared(what, given.people) for what in given.what]
    show(found(tuple(measured)) if measured else report())
