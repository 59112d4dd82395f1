"""What a process has counted is written down while it runs, when it ends, and after a fault."""

import os
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import app
import config
from core.messages import Incoming
from retrieval.search import Index
from store.database import StoreError
from store.store import Store
from tests.support.small_bank import small_bank
from tests.support.waiting import wait_for

HOME = Path(__file__).parent.parent
TAIPEI = ZoneInfo("Asia/Taipei")
QUESTION = "可以把確診名單傳給家人嗎"


def test_a_running_bot_writes_what_it_counts_and_who_subscribes(bot: app.Bot) -> None:
    bot.store.subscribers.follow("line", "U1")
    bot.conversation.answerer.answer(QUESTION, "web")
    today = datetime.now(TAIPEI).date()
    thread = threading.Thread(target=bot.run_maintenance)
    thread.start()
    assert wait_for(lambda: bot.store.counts.by_entry(today, today)) == [("2", "answer", 1)]
    assert wait_for(lambda: bot.store.counts.subscribers(today, today)) == [(today, "line", 1)]
    bot.stopping.set()
    thread.join()


def test_a_bot_that_is_closed_writes_its_last_counts(settings: config.Settings, index: Index) -> None:
    bot = app.Bot(settings)
    bot.store.migrate()
    bot.library.swap(index)
    bot.conversation.handle(Incoming("postback", "line", text="case:7"))
    bot.close()
    today = datetime.now(TAIPEI).date()
    with closing(Store(settings.database_url)) as store:
        assert store.counts.by_entry(today, today) == [("7", "opened", 1)]


def test_a_store_that_is_down_hurts_no_answer_and_loses_no_count(settings: config.Settings, index: Index) -> None:
    bot = app.Bot(settings)
    bot.library.swap(index)
    assert bot.conversation.answerer.answer(QUESTION, "web").case
    with pytest.raises(StoreError):
        bot.write_counts()
    bot.store.migrate()
    wait_for(lambda: _writes(bot))
    today = datetime.now(TAIPEI).date()
    assert bot.store.counts.by_entry(today, today) == [("2", "answer", 1)]
    bot.close()


def test_a_web_process_that_ends_writes_its_last_counts(tmp_path: Path) -> None:
    """As gunicorn ends it: nothing is called but what runs at the end of every process."""
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "QUESTIONS_PATH": small_bank()}
    code = f"""
import web_app
web = web_app.web_application()
web_app.start(web)
assert web.test_client().post("/api/ask", json={{"question": "{QUESTION}"}}).status_code == 200
"""
    for command in (["bot.py", "migrate"], ["-c", code]):
        subprocess.run([sys.executable, *command], cwd=HOME, env=environment, check=True, capture_output=True)
    today = datetime.now(TAIPEI).date()
    with closing(Store(f"sqlite:///{tmp_path}/bot.sqlite3")) as store:
        assert [count for *_, count in store.counts.by_day(today, today)] == [1]


def _writes(bot: app.Bot) -> bool:
    """The store is left alone for a moment after a fault."""
    try:
        bot.write_counts()
    except StoreError:
        return False
    return True
