"""What the tests share: no network, no environment, a small home for each bot."""

import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright

import app
import config
import troubles
import web_app
from core.answers import Answerer
from core.contact import Office
from core.conversation import Conversation
from handlers import registry
from retrieval import library_sheets
from retrieval.search import Index
from store.store import Store
from tests.support import console_pages, line_events, telegram_updates
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.installation import Installation
from tests.support.memory import BALLOTS, TODAY, Memory, keeper
from tests.support.no_tips import NoTips
from tests.support.platforms import Platforms
from tests.support.postgres_server import postgres_server
from tests.support.redis_server import StartsRedis, redis_server
from tests.support.staff import Staff
from tests.support.workers import Workers

HOME = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set must not reach a test."""
    for row in app.setting_rows():
        for name in (row.name, row.name.lower()):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command sets up logging for its process."""
    troubles.forget()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.raiseExceptions = True
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def line() -> Iterator[FakeLine]:
    fake = FakeLine()
    yield fake
    fake.close()


@pytest.fixture
def settings(tmp_path: Path, line: FakeLine) -> config.Settings:
    return app.load_settings(
        {
            "VAR_DIR": str(tmp_path),
            "LINE_CHANNEL_SECRET": line_events.SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
            "LINE_API_BASE": line.base,
            "OFFICE_CONTACT": "分機 1234",
        }
    )


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    fake = FakeTelegram()
    yield fake
    fake.close()


@pytest.fixture
def telegram_settings(tmp_path: Path, telegram: FakeTelegram) -> config.Settings:
    """For tests whose bot is on Telegram: they make it their `settings`."""
    return app.load_settings(
        {
            "VAR_DIR": str(tmp_path),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": telegram_updates.SECRET,
            "TELEGRAM_API_BASE": telegram.base,
            "PUBLIC_URL": "https://bot.example.org",
        }
    )


@pytest.fixture(scope="session")
def index() -> Index:
    """The shipped library's index, built once for all tests: it never changes."""
    data = HOME / "data"
    return Index(library_sheets.load_folder(data))


PATIENCE = 20_000  # milliseconds; only a test that fails waits so long


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: Playwright cannot run twice in a process."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        started = running.chromium.launch(executable_path=console_pages.CHROMIUM, args=console_pages.QUIET)
        yield started
        started.close()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def talk(index: Index, memory: Memory) -> Conversation:
    """A conversation over the shipped library, without any platform or database."""
    return Conversation(
        Answerer(lambda: index),
        memory,
        keeper(memory),
        Office("政風室", "分機 1234"),
        NoTips(),
        registry.specs(),
        lambda: TODAY,
        BALLOTS,
    )


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied: migrating each test's own takes as long as many a test."""
    path = tmp_path_factory.mktemp("new") / "bot.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def bot(settings: config.Settings, index: Index, new_database: Path) -> Iterator[app.Bot]:
    shutil.copy(new_database, settings.var_dir / new_database.name)
    bot = app.Bot(settings)
    bot.library.swap(index)
    yield bot
    bot.close()


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    """A browser without a script, or a platform that calls."""
    return web_app.create_app(bot).test_client()


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[str]:
    """A PostgreSQL server for all tests; gives its URL."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres(running_postgres: str) -> str:
    """A PostgreSQL database in which nothing of an earlier test is left; gives its URL."""
    with psycopg.connect(running_postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return running_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, new_database: Path) -> Iterator[Store]:
    """The same suite over both databases."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{shutil.copy(new_database, tmp_path)}")
    else:
        store = Store(request.getfixturevalue("postgres"))
        store.migrate()
    yield store
    store.close()


@pytest.fixture
def staff(tmp_path: Path, new_database: Path) -> Iterator[Staff]:
    staff = Staff(f"sqlite:///{shutil.copy(new_database, tmp_path / 'staff.sqlite3')}")
    yield staff
    staff.store.close()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[StartsRedis]:
    with redis_server(tmp_path) as start:
        yield start


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.close()


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.close()


@pytest.fixture
def installation(store: Store, tmp_path: Path, index: Index, workers: Workers) -> Iterator[Installation]:
    installation = Installation(store, tmp_path, index, workers)
    yield installation
    installation.close()
