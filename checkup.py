"""An installation looked over: joins what is looked at, for the console's page and for `python bot.py doctor`."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue

import config
import logs
from app import Bot
from broadcasts.worker import Queue
from config import Settings
from handlers import registry
from handlers.channel import Connection, Here
from handlers.registry import CHANNELS
from office import checks, checkup_words, file_checks, setting_checks
from office import installation_words as words
from office.facts import Check, Fact, State
from office.installation import Inspector, channel_check
from retrieval.live import LiveLibrary, ShippedLibrary
from store.copies import sqlite_file
from store.store import Store

PATIENCE = 10.0  # seconds for all platforms together
STORE_SECONDS = 3.0
LAST_BACKUP = "last_backup"  # a file under VAR_DIR, as old as the last backup


def inspector(bot: Bot) -> Inspector:
    """For the console: its own process, then everything but the platforms, which are slow to ask."""
    state = Check(words.STATE, words.READY, partial(checks.ready, bot.why_not_ready))
    parts = Parts(bot.settings, bot.store, bot.queue, bot.library)
    return Inspector((state, *all_checks(parts)), registry.setting_states(bot.settings), bot.settings.timezone)


@dataclass(frozen=True)
class Parts:
    """What the checks look at."""

    settings: Settings
    store: Store
    queue: Queue
    library: LiveLibrary

    @classmethod
    def opened(cls, settings: Settings) -> "Parts":
        """Without a bot, which would make a signing key, and wait longer for a store that is down."""
        store = Store(settings.database_url, STORE_SECONDS, rest_seconds=60, zone=settings.timezone)
        library = LiveLibrary(ShippedLibrary(*settings.library_paths), store.library_versions)
        return cls(settings, store, Queue(settings.redis_url, settings.var_dir), library)

    def is_without_database(self) -> bool:
        """Whether looking would make SQLite's file."""
        path = sqlite_file(self.settings.database_url)
        return path is not None and not path.exists()

    def has_tables(self) -> bool:
        """Whether there is something to be read; why not is the database's own check."""
        with suppress(Exception):
            return not self.is_without_database() and bool(self.store.facts.schema())
        return False

    def nudges(self) -> int | None:
        """None where SQLite's queue is not there yet."""
        if not self.settings.redis_url and not (self.settings.var_dir / "queue.sqlite3").exists():
            return None
        return self.queue.waiting()

    def last_backup(self) -> float | None:
        with suppress(OSError):
            return (self.settings.var_dir / LAST_BACKUP).stat().st_mtime
        return None


Looks = dict[tuple[str, str], Callable[[], Iterator[Fact]]]


def all_checks(parts: Parts) -> Iterator[Check]:
    """All but the platforms."""
    yield channel_check(registry.channel_states(parts.settings))
    for (title, name), look in {**_of_settings(parts.settings), **_of_files(parts), **_of_store(parts)}.items():
        yield Check(title, name, look)


def _of_settings(settings: Settings) -> Looks:
    advised = setting_checks.Advised(
        settings.public_url, needs_webhook(settings), settings.secret_key, settings.trusted_proxies
    )
    return {
        (checkup_words.SETTINGS, checkup_words.ENV): partial(file_checks.env_file, config.ENV_FILE),
        (checkup_words.SETTINGS, checkup_words.SETTINGS): partial(setting_checks.advice, advised),
    }


def _of_files(parts: Parts) -> Looks:
    settings, var_dir, zone = parts.settings, parts.settings.var_dir, parts.settings.timezone
    key = {(checkup_words.FILES, checkup_words.KEY): partial(file_checks.key_file, var_dir / "secret_key")}
    return {
        (checkup_words.FILES, checkup_words.VAR_DIR): partial(file_checks.var_dir, var_dir),
        (checkup_words.FILES, checkup_words.SHIPPED): partial(file_checks.shipped, settings.library_paths),
        (checkup_words.FILES, checkup_words.DISK): partial(checks.disk, var_dir),
        (checkup_words.FILES, checkup_words.BACKUP): lambda: checks.last_backup(
            parts.last_backup(), zone, datetime.now
        ),
        **(key if settings.secret_key is None else {}),
    }


def _of_store(parts: Parts) -> Looks:
    """The database first: what is in it is looked at only where it has tables."""
    settings = parts.settings
    database = checks.DatabaseChecks(parts.store.facts, parts.is_without_database)
    is_needed, seen, zone = bool(registry.channels_on(settings)), parts.store.workers.seen, settings.timezone
    stored: Looks = {
        (words.QUEUE, words.BATCHES): database.waiting,
        (words.WORKER, words.WORKER_SEEN): lambda: checks.workers(seen, is_needed, zone, datetime.now),
        (words.LIBRARY, words.LIBRARY_VERSION): partial(checks.library, parts.library),
    }
    return {
        (words.DATABASE, words.DATABASE_KIND): database.look,
        (words.QUEUE, words.QUEUE_KIND): lambda: checks.queue(bool(settings.redis_url), parts.nudges),
        **{name: partial(_if, parts.has_tables, look) for name, look in stored.items()},
    }


def _if(is_so: Callable[[], bool], look: Callable[[], Iterator[Fact]]) -> Iterator[Fact]:
    return look() if is_so() else iter(())


def needs_webhook(settings: Settings) -> bool:
    """Whether a platform that is on brings its events, and is not asked for them."""
    return any(settings.public_url or not CHANNELS[name].polls for name in registry.channels_on(settings))


@dataclass
class Platforms:
    """The platforms of the channels that are on, asked beside one another and beside everything else."""

    connections: Mapping[str, Connection]
    here: Callable[[str], Here]
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        self._found: SimpleQueue[tuple[str, Fact | None]] = SimpleQueue()
        self._ends = time.monotonic() + self.patience
        for name, connection in self.connections.items():
            threading.Thread(target=self._ask, args=(name, connection), daemon=True).start()

    def facts(self) -> Iterator[Fact]:
        """What they said in time, each platform together."""
        if not self.connections:
            said, remedy = checkup_words.CLOCK_UNKNOWN, checkup_words.CLOCK_UNKNOWN_REMEDY
            yield Fact(checkup_words.CLOCK, said, State.NOTICE, remedy)
        facts: dict[str, list[Fact]] = {name: [] for name in self.connections}
        unfinished = set(facts)
        while unfinished:
            try:
                name, fact = self._found.get(timeout=max(0.0, self._ends - time.monotonic()))
            except Empty:
                break
            if fact is None:
                unfinished.discard(name)
            else:
                facts[name].append(fact)
        for name, found in facts.items():
            yield from found
            if name in unfinished:
                said = checkup_words.SLOW.format(seconds=round(self.patience))
                yield Fact(self.connections[name].spec.title, said, State.WRONG, checkup_words.SLOW_REMEDY)

    def _ask(self, name: str, connection: Connection) -> None:
        try:
            for fact in connection.look_over(self.here(name)):
                self._found.put((name, fact))
        except Exception as error:
            said = words.UNREADABLE.format(fault=logs.describe(error))
            self._found.put((name, Fact(connection.spec.title, said, State.WRONG)))
        self._found.put((name, None))


def platforms(parts: Parts) -> Platforms:
    """Those of the channels that are on; they are being asked from now on."""
    settings = parts.settings
    connections = {name: CHANNELS[name].connect(settings.channels[name]) for name in registry.channels_on(settings)}

    def here(name: str) -> Here:
        with suppress(Exception):
            if parts.has_tables():
                return Here(settings.public_url, parts.store.subscribers.count_active().get(name, 0))
        return Here(settings.public_url)

    return Platforms(connections, here)
