"""What is looked at in an installation, its platforms apart: settings, files, store, queue, worker, library, disk.

One set of checks with two faces, the console's page and `python bot.py doctor`. None changes anything.
"""

import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import logs
from core import dates
from office import checkup_words
from office import installation_words as words
from office.facts import Fact, State
from office.installation import size_text
from retrieval.library import Library

LATE_SECONDS = 60  # a worker says every ten that it is there
DISK_SHORT, DISK_FULL = 500_000_000, 100_000_000  # bytes
BACKUP_DAYS = 2


class DatabaseFacts(Protocol):
    """What the database tells of itself (the store). Every method may raise."""

    def kind(self) -> str: ...
    def size(self) -> int: ...
    def schema(self) -> str: ...
    def knows_schema(self, number: str) -> bool: ...
    def wrong_tables(self) -> str: ...
    def newest_schema(self) -> str: ...
    def try_writing(self) -> None: ...
    def waiting(self) -> tuple[int, int]: ...


class LiveLibrary(Protocol):
    """The library in use."""

    @property
    def number(self) -> int: ...
    @property
    def unreadable(self) -> str: ...
    def library(self) -> Library: ...


def ready(why_not_ready: Callable[[], str | None]) -> Iterator[Fact]:
    """Whether this process answers."""
    reason = why_not_ready()
    yield Fact(words.READY, reason or words.READY_YES, State.WRONG if reason else State.OK)


@dataclass(frozen=True)
class DatabaseChecks:
    """`is_absent`: SQLite's file is not there yet, which looking would make."""

    facts: DatabaseFacts
    is_absent: Callable[[], bool] = lambda: False

    def look(self) -> Iterator[Fact]:
        """Reached, of which revision, written to; each only where the one before held."""
        if self.is_absent():
            yield Fact(words.DATABASE_KIND, words.DATABASE_ABSENT, State.WRONG, words.SCHEMA_MIGRATE)
            return
        try:
            yield Fact(words.DATABASE_KIND, self.facts.kind())
        except Exception as error:
            yield _down(error)
            return
        schema = self._schema()
        yield schema
        if not schema.is_wrong:
            yield Fact(words.SIZE, size_text(self.facts.size()))
            yield self._write()

    def _schema(self) -> Fact:
        newest = self.facts.newest_schema()
        try:
            number = self.facts.schema()
        except Exception:
            said = words.SCHEMA_ABSENT.format(newest=newest)
            return Fact(words.SCHEMA, said, State.WRONG, words.SCHEMA_MIGRATE)
        if wrong := self.facts.wrong_tables() if number == newest else "":
            return Fact(words.SCHEMA, wrong, State.WRONG)
        if number == newest:
            return Fact(words.SCHEMA, words.SCHEMA_NEWEST.format(number=number))
        is_known = self.facts.knows_schema(number)
        said, remedy = (
            (words.SCHEMA_OLD, words.SCHEMA_MIGRATE) if is_known else (words.SCHEMA_NEWER, words.SCHEMA_UPDATE)
        )
        return Fact(words.SCHEMA, said.format(number=number, newest=newest), State.WRONG, remedy)

    def _write(self) -> Fact:
        try:
            self.facts.try_writing()
        except Exception as error:
            said = words.WRITE_FAILED.format(fault=logs.describe(error))
            return Fact(words.WRITE, said, State.WRONG, words.WRITE_REMEDY)
        return Fact(words.WRITE, words.WRITE_DONE)

    def waiting(self) -> Iterator[Fact]:
        """What the workers have before them."""
        batches, people = self.facts.waiting()
        yield Fact(words.BATCHES, words.BATCHES_COUNT.format(count=f"{batches:,}"))
        yield Fact(words.PENDING, words.PENDING_COUNT.format(count=f"{people:,}"))


def _down(error: Exception) -> Fact:
    """The store's own line, where it knows what is wrong, has the remedy already."""
    if line := getattr(error, "line", ""):
        return Fact(words.DATABASE_KIND, line, State.WRONG)
    said = words.DATABASE_DOWN.format(fault=logs.describe(error))
    return Fact(words.DATABASE_KIND, said, State.WRONG, words.DATABASE_REMEDY)


def queue(has_redis: bool, waiting: Callable[[], int | None]) -> Iterator[Fact]:
    """`waiting`: how many nudges nobody has heard, None where there is no queue yet; raises where it is down."""
    yield Fact(words.QUEUE_KIND, words.QUEUE_REDIS if has_redis else words.QUEUE_SQLITE)
    try:
        count = waiting()
    except Exception as error:
        said = words.QUEUE_DOWN.format(fault=logs.describe(error))
        remedy = words.QUEUE_REMEDY if has_redis else words.QUEUE_REMEDY_FILE
        yield Fact(words.QUEUE_REACHED, said, State.WRONG, remedy)
        return
    said = words.QUEUE_NOT_YET if count is None else words.QUEUE_COUNT.format(count=f"{count:,}")
    yield Fact(words.QUEUE_REACHED, said)


def workers(
    seen: Callable[[], Sequence[tuple[str, float]]],
    is_needed: bool,
    zone: ZoneInfo,
    now: Callable[[ZoneInfo], datetime],
) -> Iterator[Fact]:
    """`seen`: who was there at which epoch, the latest first; where nothing is sent, nobody has to be."""
    found, moment = seen(), now(zone)
    if not found and not is_needed:
        yield Fact(words.WORKER_SEEN, words.WORKER_NOT_NEEDED)
    elif not found:
        yield Fact(words.WORKER_SEEN, words.WORKER_NEVER, State.WRONG, words.WORKER_START)
    else:
        working = count_working(found, moment.timestamp())
        name, at = found[0]
        told = (words.WORKER_AT if working else words.WORKER_LATE).format(
            moment=dates.moment(datetime.fromtimestamp(at, zone)),
            seconds=max(0, round(moment.timestamp() - at)),
            limit=LATE_SECONDS,
            name=name,
        )
        is_fault = is_needed and not working
        yield Fact(words.WORKER_SEEN, told, *((State.WRONG, words.WORKER_RESTART) if is_fault else ()))
        yield Fact(words.WORKERS, words.WORKERS_COUNT.format(count=working))


def count_working(seen: Iterable[tuple[str, float]], epoch: float) -> int:
    """How many of those that were seen are still at work."""
    return sum(epoch - at <= LATE_SECONDS for _, at in seen)


def library(live: LiveLibrary) -> Iterator[Fact]:
    """Which library answers, whether it can be read, what it holds."""
    number, content = live.number, live.library()
    notice = live.unreadable
    yield Fact(words.NOTICE, notice or words.NOTICE_NONE, State.WRONG if notice else State.OK)
    yield Fact(words.LIBRARY_VERSION, words.LIBRARY_NUMBER.format(number=number) if number else words.LIBRARY_SHIPPED)
    counts = words.LIBRARY_COUNTS.format(
        cases=f"{len(content.cases):,}", questions=f"{len(content.questions):,}", guides=len(content.guides)
    )
    yield Fact(words.LIBRARY_HOLDS, counts)


def disk(folder: Path) -> Iterator[Fact]:
    """What is left where the program writes, or would."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    state = State.WRONG if free < DISK_FULL else State.NOTICE if free < DISK_SHORT else State.OK
    said = checkup_words.DISK_LEFT.format(size=size_text(free), path=there)
    yield Fact(checkup_words.DISK, said, state, checkup_words.DISK_REMEDY if state != State.OK else "")


def last_backup(at: float | None, zone: ZoneInfo, now: Callable[[ZoneInfo], datetime]) -> Iterator[Fact]:
    """`at`: the epoch of the last one made on this machine."""
    if at is None:
        yield Fact(checkup_words.BACKUP, checkup_words.BACKUP_NEVER, State.NOTICE, checkup_words.BACKUP_REMEDY)
        return
    moment = datetime.fromtimestamp(at, zone)
    days = (now(zone) - moment).days
    if days >= BACKUP_DAYS:
        said = checkup_words.BACKUP_OLD.format(moment=dates.moment(moment), days=days)
        yield Fact(checkup_words.BACKUP, said, State.NOTICE, checkup_words.BACKUP_REMEDY)
    else:
        yield Fact(checkup_words.BACKUP, checkup_words.BACKUP_AT.format(moment=dates.moment(moment)))


def machine() -> Iterator[Fact]:
    yield Fact(words.PYTHON, platform.python_version())
