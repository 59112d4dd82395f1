"""Facts of the installation, for the office and for whoever looks after its server: values, without any secret."""

import platform
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core import dates
from office import installation_words as words
from office.facts import Check, Fact

PACKAGES = (
    *("Flask", "SQLAlchemy", "alembic", "psycopg", "redis", "huey", "line-bot-sdk"),
    *("scikit-learn", "numpy", "jieba", "OpenCC", "gunicorn", "waitress"),
)
_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")
_PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


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
            lines += [f"{_marked(fact)}{fact.name}：{fact.value}" for fact in section.facts]
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


@dataclass(frozen=True)
class Inspector:
    """Looks an installation over: all `checks`, then what is installed and how it is set."""

    checks: Sequence[Check]
    settings: Sequence[SettingState]
    zone: ZoneInfo
    now: Callable[[ZoneInfo], datetime] = datetime.now

    def inspect(self) -> Installation:
        """Does not raise: what cannot be read is a fact too."""
        return Installation(self.now(self.zone), (*self._sections(), *self._listed()))

    def _sections(self) -> Iterator[Section]:
        for title in dict.fromkeys(check.title for check in self.checks):
            of_it = (check.run() for check in self.checks if check.title == title)
            yield Section(title, tuple(fact for facts in of_it for fact in facts))

    def _listed(self) -> Iterator[Section]:
        yield Section(words.VERSIONS, versions())
        yield Section(words.SETTINGS, tuple(Fact(each.name, shown(each)) for each in self.settings))


def channel_check(channels: Sequence[ChannelState]) -> Check:
    """Which channels are on, and what the others lack."""
    return Check(words.CHANNELS, words.CHANNELS, partial(map, _channel, channels))


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
    return without_password(str(value))


def without_password(text: str) -> str:
    """An address in it loses what stands before its host."""
    return _IN_URL.sub("…@", text)


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


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return words.NOT_INSTALLED


def _marked(fact: Fact) -> str:
    return f"〔{fact.mark}〕" if fact.mark else ""
