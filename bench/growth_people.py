"""What so many subscribers take: to import, to start a tip for, to reach, to look at in the console."""

import statistics
import tempfile
import time
from time import perf_counter

import psutil

import app
from bench import grown
from bench.growth_cases import Found, memory
from bench.report import milliseconds
from broadcasts.model import CONSOLE, Status
from broadcasts.tips import Tip
from office.model import Role
from retrieval import library_sheets
from retrieval.live import build_index
from tests.support.console import logged_in
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.workers import Workers

TIMES = 5
SCREENS = {
    "推播清單": "/tips",
    "一則推播": "/tips/1",
    "推播統計": "/overview/tips?span=month",
    "安裝狀況": "/installation",
}


def measure(size: int, database: str = "") -> Found:
    """In a process of its own: seconds, megabytes, and milliseconds by name, on SQLite or a PostgreSQL URL."""
    found, line, workers = Found(), FakeLine(keep_bodies=False), Workers()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"VAR_DIR": folder, "LINE_CHANNEL_SECRET": "s", "SECRET_KEY": "k", "LINE_API_BASE": line.base}
        environment |= {"LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN} | ({"DATABASE_URL": database} if database else {})
        bot = app.Bot(app.load_settings(environment))
        bot.store.migrate()
        started = perf_counter()
        bot.sending_store.subscribers.import_all(grown.people(size, "line"))
        found["匯入訂閱者 秒"], found["匯入訂閱者 MB"] = perf_counter() - started, memory()
        found |= sending(bot, psutil.Process(workers.worker(environment, 15)), line, size)
        bot.library.swap(build_index(library_sheets.load_folder(grown.DATA)))
        client = logged_in(bot, Role.OWNER)
        for name, path in SCREENS.items():
            assert client.get(f"/admin{path}").status_code == 200, path
            taken = milliseconds(lambda path=path: client.get(f"/admin{path}"), TIMES)  # type: ignore[misc]
            found[f"{name} 毫秒"] = statistics.median(taken)
        workers.close()
        started = perf_counter()
        bot.sending_store.forgetting.recipients(time.time() + 1)
        found["忘記收件人 秒"] = perf_counter() - started
        bot.close()
    line.close()
    return found


def sending(bot: app.Bot, worker: psutil.Process, line: FakeLine, size: int) -> Found:
    """A tip on LINE from the confirmation until everybody has it."""
    number, started, peak = bot.broadcasts.draft(Tip.own("公務機密不外洩。")), perf_counter(), 1.0
    bot.broadcasts.approve(number, CONSOLE)
    begun = perf_counter() - started
    while (tip := bot.broadcasts.repository.get(number)) and tip.status != Status.DONE:
        time.sleep(0.1)
        peak = max(peak, worker.memory_info().rss / 2**20)
    assert len(line.reached) == size, "somebody not at all"
    assert set(line.reached.values()) == {1}, "somebody twice"
    return {"推播開始 秒": begun, "推播送完（LINE）秒": perf_counter() - started, "背景工作 MB": peak}
