"""Facts of the installation, for the office and for whoever looks after its server: values, without any secret."""

import platform
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import logs
from core import dates
from office import installation_words as words
from retrieval.library import Library

LATE_SECONDS = 60  # a worker says every ten that it is there
PACKAGES = (
    *("Flask", "SQLAlchemy", "alembic", "psycopg", "redis", "huey", "line-bot-sdk"),
    *("scikit-learn", "numpy", "jieba", "OpenCC", "gunicorn", "waitress"),
)
_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")
_PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


class Fact(NamedTuple):
    """`is_wrong`: somebody has to do something; the value says what."""

    name: str
    value: str
    is_wrong: bool = False


class Section(NamedTuple):
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


class Installation(NamedTuple):
    """All facts, as they were at that moment."""

    moment: datetime
    sections: tuple[Section, ...]

    @property
    def wrong(self) -> tuple[Fact, ...]:
        return tuple(fact for section in self.sections for fact in section.facts if fact.is_wrong)

    def text(self) -> str:
        """To be copied into a mail: a heading and a line for each fact."""
        lines = [words.TITLE, words.TAKEN.format(moment=dates.moment(self.moment))]
        for section in self.sections:
            lines += ["", f"【{section.title}】"]
            lines += [f"{_mark(fact)}{fact.name}：{fact.value}" for fact in section.facts]
        return "\n".join(lines) + "\n"


class ChannelState(NamedTuple):
    """A channel, and the settings that it still needs to be turned on."""

    title: str
    missing: Sequence[str]


class SettingState(NamedTuple):
    """A setting as it is set; a secret's value is never shown."""

    name: str
    value: object
    is_secret: bool


class DatabaseFacts(Protocol):
    """What the database tells of itself (the store). Every method may raise."""

    def kind(self) -> str: ...
    def size(self) -> int: ...
    def schema(self) -> str: ...
    def newest_schema(self) -> str: ...
    def waiting(self) -> tuple[int, int]: ...


class LiveLibrary(Protocol):
    """The library in use."""

    @property
    def number(self) -> int: ...
    @property
    def unreadable(self) -> str: ...
    def library(self) -> Library: ...


@dataclass(frozen=True)
class Inspector:
    """Looks an installation over. `workers`: who was seen at which epoch, the latest first."""

    channels: Sequence[ChannelState]
    settings: Sequence[SettingState]
    has_redis: bool
    database: DatabaseFacts
    workers: Callable[[], Sequence[tuple[str, float]]]
    why_not_ready: Callable[[], str | None]
    library: LiveLibrary
    zone: ZoneInfo
    now: Callable[[ZoneInfo], datetime] = datetime.now

    def inspect(self) -> Installation:
        """Does not raise: what cannot be read is a fact too."""
        moment = self.now(self.zone)
        return Installation(
            moment,
            (
                Section(words.STATE, tuple(self._state())),
                Section(words.CHANNELS, tuple(map(_channel, self.channels))),
                Section(words.WORKER, tuple(_tried(words.WORKER_SEEN, lambda: self._workers(moment)))),
                Section(words.QUEUE, tuple(self._queue())),
                Section(words.DATABASE, tuple(self._database())),
                Section(words.LIBRARY, tuple(_tried(words.LIBRARY_VERSION, self._library))),
                Section(words.VERSIONS, versions()),
                Section(words.SETTINGS, tuple(Fact(each.name, shown(each)) for each in self.settings)),
            ),
        )

    def _state(self) -> Iterator[Fact]:
        reason, notice = self.why_not_ready(), self.library.unreadable
        yield Fact(words.READY, reason or words.READY_YES, bool(reason))
        yield Fact(words.NOTICE, notice or words.NOTICE_NONE, bool(notice))

    def _workers(self, moment: datetime) -> list[Fact]:
        seen = self.workers()
        if not seen:
            return [Fact(words.WORKER_SEEN, words.WORKER_NEVER, True)]
        ages = [moment.timestamp() - at for _, at in seen]
        name, at = seen[0]
        said = words.WORKER_AT if ages[0] <= LATE_SECONDS else words.WORKER_LATE
        told = said.format(
            moment=dates.moment(datetime.fromtimestamp(at, self.zone)),
            seconds=max(0, round(ages[0])),
            limit=LATE_SECONDS,
            name=name,
        )
        working = sum(age <= LATE_SECONDS for age in ages)
        count = Fact(words.WORKERS, words.WORKERS_COUNT.format(count=working))
        return [Fact(words.WORKER_SEEN, told, not working), count]

    def _queue(self) -> Iterator[Fact]:
        yield Fact(words.QUEUE_KIND, words.QUEUE_REDIS if self.has_redis else words.QUEUE_SQLITE)
        yield from _tried(words.BATCHES, self._waiting)

    def _waiting(self) -> list[Fact]:
        batches, people = self.database.waiting()
        return [
            Fact(words.BATCHES, words.BATCHES_COUNT.format(count=f"{batches:,}")),
            Fact(words.PENDING, words.PENDING_COUNT.format(count=f"{people:,}")),
        ]

    def _database(self) -> Iterator[Fact]:
        yield from _tried(words.DATABASE_KIND, lambda: [Fact(words.DATABASE_KIND, self.database.kind())])
        yield from _tried(words.SCHEMA, self._schema)
        yield from _tried(words.SIZE, lambda: [Fact(words.SIZE, size_text(self.database.size()))])

    def _schema(self) -> list[Fact]:
        number, newest = self.database.schema(), self.database.newest_schema()
        said = words.SCHEMA_NEWEST if number == newest else words.SCHEMA_OLD
        return [Fact(words.SCHEMA, said.format(number=number, newest=newest), number != newest)]

    def _library(self) -> list[Fact]:
        number, library = self.library.number, self.library.library()
        counts = words.LIBRARY_COUNTS.format(
            cases=f"{len(library.cases):,}", questions=f"{len(library.questions):,}", guides=len(library.guides)
        )
        version = words.LIBRARY_NUMBER.format(number=number) if number else words.LIBRARY_SHIPPED
        return [Fact(words.LIBRARY_VERSION, version), Fact(words.LIBRARY_HOLDS, counts)]


@cache
def versions() -> tuple[Fact, ...]:
    """The program, Python, the system, the main packages: they stay as long as the process."""
    program = str(tomllib.loads(_PYPROJECT.read_text("utf-8"))["project"]["version"])
    system = f"{platform.system()} {platform.release()}"
    own = (Fact(words.PROGRAM, program), Fact(words.PYTHON, platform.python_version()), Fact(words.SYSTEM, system))
    return (*own, *(Fact(name, _version_of(name)) for name in PACKAGES))


def shown(setting: SettingState) -> str:
    """A setting's value as anybody may see it: no secret, nobody's id, no password in an address."""
    value = setting.value
    if value is None or value in ("", ()):
        return words.UNSET
    if setting.is_secret:
        return words.SECRET
    if isinstance(value, tuple):
        return words.PEOPLE.format(count=len(value))
    return _IN_URL.sub("…@", str(value))


def size_text(size: int) -> str:
    """1.2 MB"""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}" if unit != "B" else f"{size} B"


def _channel(channel: ChannelState) -> Fact:
    lacking = "、".join(channel.missing)
    return Fact(channel.title, words.CHANNEL_OFF.format(settings=lacking) if lacking else words.CHANNEL_ON)


def _tried(name: str, read: Callable[[], Sequence[Fact]]) -> Sequence[Fact]:
    """The facts, or that they could not be read."""
    try:
        return read()
    except Exception as error:
        return [Fact(name, words.UNREADABLE.format(fault=logs.describe(error)), True)]


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return words.NOT_INSTALLED


def _mark(fact: Fact) -> str:
    return f"〔{words.WRONG}〕" if fact.is_wrong else ""
