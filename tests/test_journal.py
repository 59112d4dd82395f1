"""What people ask while the database is down: it is said, kept, and stored as soon as the database is back."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

import app
import config
from core import words
from core.deeds import Deed, Keeper, Kept
from core.messages import Incoming, Reply
from retrieval.search import Index
from store.database import StoreError
from store.journal import Journal
from store.store import Store
from store.tables import SubscriberState as State
from tests.support import line_events
from tests.support.fake_line import FakeLine
from tests.support.memory import Memory
from tests.support.waiting import wait_for

ME = line_events.user()["userId"]
CARD = "a" * 12


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
def down(settings: config.Settings, index: Index) -> app.Bot:
    """A bot whose database has no tables yet; `migrate` brings it back."""
    bot = app.Bot(settings)
    bot.library.swap(index)
    return bot


def said(bot: app.Bot, kind: str, words_said: str = "") -> Reply:
    incoming = Incoming(kind, "line", ME, words_said)  # type: ignore[arg-type]
    turn = bot.conversation.handle(incoming)
    assert turn and turn.reply
    return turn.reply


def wait_until_back(bot: app.Bot, is_stored: Callable[[], bool]) -> None:
    bot.store.migrate()

    def drained() -> bool:
        bot.keeper.drain()
        try:
            return is_stored()
        except StoreError:
            return False

    wait_for(drained)


def test_a_stop_is_written_down_said_and_stored_when_the_database_is_back(down: app.Bot) -> None:
    assert said(down, "text", "訂閱").card.body == words.SUBSCRIBE_WRITTEN_DOWN_BODY
    assert said(down, "text", "退訂").card.body == words.STOP_WRITTEN_DOWN_BODY
    wait_until_back(down, lambda: down.store.subscribers.state("line", ME) == State.STOPPED)
    assert said(down, "text", "退訂").card.title == words.STOPPED_TITLE
    assert not list((down.settings.var_dir / "journal").iterdir())
    down.close()


def test_it_survives_a_crash_and_another_process_stores_it(down: app.Bot) -> None:
    said(down, "text", "退訂")
    another = app.Bot(down.settings)
    wait_until_back(another, lambda: another.store.subscribers.state("line", ME) == State.STOPPED)
    another.close()


def test_a_running_bot_stores_it_by_itself(client: FlaskClient, bot: app.Bot, line: FakeLine) -> None:
    database = bot.settings.var_dir / "bot.sqlite3"
    bot.store.close()
    shutil.move(database, database.with_suffix(".away"))
    for left in ("-wal", "-shm"):
        Path(f"{database}{left}").unlink(missing_ok=True)
    database.mkdir()  # nothing can be opened there
    line_events.post(client, line_events.text("退訂"))
    assert words.STOP_WRITTEN_DOWN_BODY in json.dumps(line.wait(1)[-1].body, ensure_ascii=False)
    database.rmdir()
    shutil.move(database.with_suffix(".away"), database)
    thread = threading.Thread(target=bot.run_maintenance)
    thread.start()
    assert wait_for(lambda: _state(bot) == State.STOPPED, 30)
    bot.stopping.set()
    thread.join()


def _state(bot: app.Bot) -> State | None:
    try:
        return bot.store.subscribers.state("line", ME)
    except StoreError:
        return None


def test_where_nothing_can_be_written_it_says_so(down: app.Bot) -> None:
    (down.settings.var_dir / "journal").write_text("a file where the folder should be")
    assert said(down, "text", "退訂").card.body == words.STOP_FAILED_BODY
    assert said(down, "text", "訂閱").card.body == words.SUBSCRIBE_FAILED_BODY
    shown = said(down, "text", "案例 2").card
    vote = next(button for section in shown.sections for button in section.buttons if button.label == words.HELPED)
    assert said(down, "postback", vote.postback).card.body == words.VOTE_FAILED_BODY
    down.close()


def test_a_greeting_says_that_it_was_written_down(down: app.Bot) -> None:
    assert words.TIPS_IN_GREETING["written down"] in said(down, "follow").card.footer
    down.close()


def test_a_vote_waits_too_and_keeps_its_day(store: Store, journal: Journal) -> None:
    keeper = Keeper(store, journal)
    with store.transaction() as connection:
        connection.execute(text("ALTER TABLE votes RENAME TO votes_away"))
    assert keeper.keep("votes.vote", CARD, 2, True) == Kept.WRITTEN_DOWN
    with store.transaction() as connection:
        connection.execute(text("ALTER TABLE votes_away RENAME TO votes"))
    later = Store(store.url, now=lambda: time.time() + 3 * 86400)
    Keeper(later, journal).drain()
    today = later.votes._day(time.time())
    assert later.votes.by_case(today, today) == {2: (1, 0)}
    assert journal.names() == []
    later.close()


def test_a_fault_of_one_kind_of_call_skips_no_other(store: Store, journal: Journal) -> None:
    keeper = Keeper(store, journal)
    with store.transaction() as connection:
        connection.execute(text("DROP TABLE votes"))
    assert keeper.keep("votes.vote", CARD, 2, True) == Kept.WRITTEN_DOWN
    assert keeper.keep("subscribers.follow", "line", ME) == Kept.STORED
    assert store.subscribers.state("line", ME) == State.ACTIVE
    store.subscribers.stop("line", ME)
    assert store.subscribers.state("line", ME) == State.STOPPED


def test_what_was_asked_later_stands_when_the_journal_is_read(store: Store, journal: Journal) -> None:
    journal.add(Deed("subscribers.follow", ("telegram", "5"), time.time() - 10))
    store.subscribers.stop("telegram", "5")
    Keeper(store, journal).drain()
    assert store.subscribers.state("telegram", "5") == State.STOPPED


def test_older_deeds_are_done_first(store: Store, journal: Journal) -> None:
    journal.add(Deed("subscribers.follow", ("telegram", "5"), time.time() - 1))
    assert Keeper(store, journal).keep("subscribers.stop", "telegram", "5") == Kept.STORED
    assert store.subscribers.state("telegram", "5") == State.STOPPED


def test_a_torn_or_foreign_file_is_set_aside_once(store: Store, journal: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal.add(Deed("subscribers.stop", ("telegram", "5"), None))
    for name, content in (
        ("0.subscribers.json", "{"),
        ("1.subscribers.json", "[]"),
        ("2.subscribers.json", '{"act": "no.such", "arguments": [], "at": 0}'),
    ):
        (folder / name).write_text(content)
    Keeper(store, journal).drain()
    assert store.subscribers.state("telegram", "5") == State.STOPPED
    left = ["0.subscribers.unreadable", "1.subscribers.unreadable", "2.subscribers.json"]
    assert sorted(path.name for path in folder.iterdir()) == left


def test_what_is_left_over_names_nobody_for_long(journal: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal.add(Deed("subscribers.stop", ("line", ME), None))
    for name in ("0.subscribers.draft", "0.subscribers.unreadable"):
        (folder / name).write_text(f'{{"act": "subscribers.stop", "arguments": ["line", "{ME}"')
    another = folder / "1.subscribers.unreadable"
    another.write_text('["line", "U2"]')
    assert journal.forget("line", ME) == 3
    assert list(folder.iterdir()) == [another]
    journal.forget_old()
    assert another.exists()
    os.utime(another, (0, 0))
    journal.forget_old()
    assert list(folder.iterdir()) == []


def test_a_journal_out_of_reach_keeps_nothing_from_the_store(store: Store, journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    assert Keeper(store, journal).keep("subscribers.stop", "line", ME) == Kept.STORED
    assert store.subscribers.state("line", ME) == State.STOPPED


class Reads(Journal):
    """A journal that counts what is read of it."""

    count = 0

    def read(self, name: str) -> Deed | None:
        self.count += 1
        return super().read(name)


def test_however_many_wait_one_that_is_refused_is_enough(tmp_path: Path) -> None:
    memory, journal = Memory(), Reads(tmp_path / "journal")
    memory.broken = True
    keeper = Keeper(memory, journal)
    kept = [keeper.keep("subscribers.stop", "line", f"U{number}") for number in range(20)]
    assert kept == [Kept.WRITTEN_DOWN] * 20
    assert journal.count == 20, "one for each that came"
    memory.broken = False
    keeper.drain()
    assert memory.calls == [("stop", "line", f"U{number}") for number in range(20)]


def test_only_its_owner_can_read_it_and_nobody_s_words_are_in_it(journal: Journal, tmp_path: Path) -> None:
    memory = Memory()
    memory.broken = True
    Keeper(memory, journal).keep("subscribers.stop", "line", ME)
    (written,) = (tmp_path / "journal").iterdir()
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.parent.stat().st_mode & 0o777 == 0o700
    assert set(json.loads(written.read_text())) == {"act", "arguments", "at"}
