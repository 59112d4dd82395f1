"""Two hosts in network namespaces over one PostgreSQL and one Redis, one lost in the middle of a tip; as root.

    python -m bench.hosts [cut] [kill]

Each host has a VAR_DIR, gunicorn and a worker of its own. A tip goes to 10,000 people; meanwhile questions are asked of
both hosts in turn. `cut`: the cable of one is pulled; `kill`: its processes are killed. `none`: the peer, nothing lost.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

import urllib3

import app
from bench.report import Report, figure, show, spread
from broadcasts.model import CONSOLE, Recipient, Status
from broadcasts.tips import Tip
from tests.support.platforms import Platforms
from tests.support.postgres_server import postgres_server
from tests.support.redis_server import redis_server

HOME = Path(__file__).parent.parent
NET, BRIDGE, PORT = "10.77.0", "botbr0", 8000
LINE, TELEGRAM, LOST_AFTER = 9_700, 300, 0.2  # people; the share that has it when the host is lost
DELAY = 0.3  # seconds of a call to the platforms, so that there is a middle
PATIENCE = 2.0  # of whoever asks, as LINE has it
QUESTION = "可以把公文帶回家嗎"
Loss = Literal["none", "cut", "kill"]
SAID: dict[Loss, str] = {"none": "兩台都在（對照組）", "cut": "一台斷網", "kill": "一台 kill -9"}


class Host(NamedTuple):
    """A namespace of its own, its address, and its two processes."""

    name: str
    address: str
    processes: tuple["subprocess.Popen[bytes]", ...]

    def lose(self, loss: Loss) -> None:
        if loss == "cut":
            _ip("link", "set", f"{self.name}-out", "down")
        for process in self.processes if loss == "kill" else ():
            os.killpg(process.pid, signal.SIGKILL)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def network() -> Iterator[None]:
    """A bridge that namespaces are plugged into."""
    _ip("link", "add", BRIDGE, "type", "bridge")
    try:
        _ip("address", "add", f"{NET}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        yield
    finally:
        _ip("link", "del", BRIDGE)


@contextmanager
def namespace(name: str, address: str) -> Iterator[None]:
    """One with a cable to the bridge."""
    _ip("netns", "add", name)
    try:
        _ip("link", "add", f"{name}-out", "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", f"{name}-out", "master", BRIDGE, "up")
        _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", name, "link", "set", device, "up")
        yield
    finally:
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", f"{name}-out")  # with the namespace it would go some time later
        _ip("netns", "del", name)


@contextmanager
def forwarded(*addresses: str) -> Iterator[list[str]]:
    """Servers of this machine's loopback, on the bridge's address; the URLs as the namespaces see them."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    for address in addresses:
        port = int(address.rpartition(":")[2].partition("/")[0])
        asyncio.run_coroutine_threadsafe(_forward(port), loop).result(10)
    yield [address.replace("127.0.0.1", f"{NET}.1") for address in addresses]
    asyncio.run_coroutine_threadsafe(_ended(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


async def _ended() -> None:
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def _forward(port: int) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pumped(reader, back), _pumped(there, writer))

    return await asyncio.start_server(connected, f"{NET}.1", port)


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.CancelledError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def host(number: int, settings: dict[str, str], folder: Path) -> Iterator[Host]:
    """It answers questions and sends tips once this begins."""
    name, address = f"bot{number}", f"{NET}.{number + 1}"
    environment = os.environ | settings | {"VAR_DIR": str(folder / name), "WEB_CONCURRENCY": "1"}
    commands = (
        ("-m", "gunicorn", "--config", "gunicorn.conf.py", "--bind", f"{address}:{PORT}", "bot:app()"),
        ("bot.py", "worker"),
    )
    with namespace(name, address):
        with (folder / f"{name}.log").open("wb") as log:
            processes = tuple(
                subprocess.Popen(
                    ["ip", "netns", "exec", name, sys.executable, *command],
                    cwd=HOME,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for command in commands
            )
        try:
            _wait(lambda: _asked(address) is not None, 90)
            yield Host(name, address, processes)
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.1)


def _asked(address: str) -> float | None:
    """Seconds until a question was answered; None where it was not."""
    started, url = time.monotonic(), f"http://{address}:{PORT}/api/ask"
    try:
        answer = urllib3.request("POST", url, json={"question": QUESTION}, timeout=PATIENCE, retries=False)
    except urllib3.exceptions.HTTPError:
        return None
    return time.monotonic() - started if answer.status == 200 else None


def run(loss: Loss) -> tuple[str, ...]:
    """A row: who got the tip how often, how long it took, how the questions went."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        platforms = Platforms(DELAY, keep_bodies=False)
        stack.callback(platforms.close)
        stack.enter_context(network())
        redis = stack.enter_context(redis_server(folder))()[0]
        database = stack.enter_context(postgres_server())
        bases = (platforms.line.base, platforms.telegram.base)
        urls = stack.enter_context(forwarded(database.replace("+psycopg", ""), redis, *bases))
        names = ("DATABASE_URL", "REDIS_URL", "LINE_API_BASE", "TELEGRAM_API_BASE")
        shared = platforms.settings | {"SECRET_KEY": "k", "ASK_PER_MINUTE": "0"} | dict(zip(names, urls, strict=True))
        bot = app.Bot(app.load_settings(shared | {"VAR_DIR": str(folder)}))
        stack.callback(bot.close)
        bot.store.migrate()
        bot.sending_store.subscribers.import_all(Recipient("line", f"U{each:032x}") for each in range(LINE))
        bot.sending_store.subscribers.import_all(Recipient("telegram", str(each)) for each in range(1, TELEGRAM + 1))
        hosts = [stack.enter_context(host(number, shared, folder)) for number in (1, 2)]
        return _told(bot, platforms, hosts, loss)


def _told(bot: app.Bot, platforms: Platforms, hosts: list[Host], loss: Loss) -> tuple[str, ...]:
    started, taken, missed, lost = time.monotonic(), [], 0, False
    number = bot.broadcasts.draft(Tip.own("公務機密不外洩。"))
    bot.broadcasts.approve(number, CONSOLE)
    while (tip := bot.broadcasts.repository.get(number)) and tip.status != Status.DONE:
        assert time.monotonic() < started + 180, "it does not end"
        if not lost and len(platforms.reached) > LOST_AFTER * (LINE + TELEGRAM):
            hosts[0].lose(loss)
            lost = True
        for each in hosts if loss == "none" or not lost else hosts[1:]:
            if (answered := _asked(each.address)) is None:
                missed += 1
            else:
                taken.append(1000 * answered)
        time.sleep(0.1)
    times, tally = platforms.reached, bot.broadcasts.repository.tally(number)
    twice = sum(count > 1 for count in times.values())
    assert not twice, "somebody twice"
    assert len(times) >= LINE + TELEGRAM - tally.unknown, "somebody not at all"
    seconds = f"{figure(time.monotonic() - started)} s"
    questions = f"{len(taken)} 題，{spread(taken, 'ms')}，{missed} 題沒有答"
    return SAID[loss], f"{len(times):,}", str(twice), str(tally.unknown), seconds, questions


def report(losses: tuple[Loss, ...] = ("none", "cut")) -> Report:
    able = os.geteuid() == 0 and shutil.which("ip") is not None
    return Report(
        "兩台機器，一台在推播中途不見",
        ("", "收到的人", "收到兩次", "不確定", "送完", "這段時間的問題"),
        tuple(map(run, losses)) if able else (),
        (
            "一個 PostgreSQL、一個 Redis，兩個網路命名空間各有 VAR_DIR、gunicorn、背景工作；"
            f"LINE {LINE:,} 人、Telegram {TELEGRAM} 人。",
            f"送到{LOST_AFTER:.0%}時拿掉一台：它手上的一批要等租約 15 秒到期。"
            "「不確定」是正在呼叫 Telegram 的那幾個人，不重送。",
            "`python -m bench.hosts none cut kill`；要 root 與 `ip`，沒有就跳過。",
        ),
    )


if __name__ == "__main__":
    known: dict[str, Loss] = {"none": "none", "cut": "cut", "kill": "kill"}
    show(report(tuple(known[name] for name in sys.argv[1:]) or ("none", "cut")))
