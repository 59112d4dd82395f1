"""What is kept, looked over; and a person taken out of it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, Protocol

from digests import Digest
from office import words
from office.model import Action, Actor, Journal, Right
from office.retention import TABLE, Kept

SHOWN = 8  # digits of a person's digest in the log: enough to find the line by who knows the address and the key


class Holding(Protocol):
    """How many rows a table has, and the epoch of the oldest, None where that is not kept."""

    @property
    def rows(self) -> int: ...
    @property
    def oldest(self) -> float | None: ...


class Holdings(Protocol):
    """What the store holds (store/holdings.py)."""

    def of(self, table: str, since: str, zone: tzinfo) -> Holding: ...


class People(Protocol):
    """Whom the store knows (store/people.py, where the method is described)."""

    def erase(self, channel: str, address: str) -> Mapping[str, int]: ...


class Waiting(Protocol):
    """What people asked while the store was down (store/journal.py)."""

    def forget(self, channel: str, address: str) -> int: ...


class HeldTable(NamedTuple):
    """A table, how many rows it has, and the epoch of the oldest where that is known."""

    kept: Kept
    rows: int
    oldest: float | None


class HeldFile(NamedTuple):
    """A file under VAR_DIR: its size in bytes, the epoch of its last change; `what` is "" for one of no known kind."""

    name: str
    what: str
    size: int
    changed: float


@dataclass(frozen=True)
class Privacy:
    """Right.OFFICE is asked for where something is done. `var_dir`: where the program writes its files."""

    holdings: Holdings
    people: People
    waiting: Waiting
    journal: Journal
    digest: Digest
    var_dir: Path
    zone: tzinfo

    def tables(self) -> Iterator[HeldTable]:
        """Every table, in the order of office/retention.py."""
        for kept in TABLE:
            held = self.holdings.of(kept.table, kept.since, self.zone)
            yield HeldTable(kept, held.rows, held.oldest)

    def files(self) -> Iterator[HeldFile]:
        """Every file of the program, by name; those of the journal may go meanwhile."""
        for path in sorted(self.var_dir.rglob("*")):
            with suppress(FileNotFoundError):
                facts = path.stat()
                if S_ISREG(facts.st_mode):
                    name = str(path.relative_to(self.var_dir))
                    yield HeldFile(name, _kind_of(name), facts.st_size, facts.st_mtime)

    def erase(self, actor: Actor, channel: str, address: str) -> Mapping[str, int]:
        """Take a person out of every table; how many rows of which named them. Written down without the address."""
        actor.require(Right.OFFICE)
        counts = {"journal": self.waiting.forget(channel, address), **self.people.erase(channel, address)}
        if any(counts.values()):
            who = words.ERASED_PERSON.format(channel=channel, digest=self.digest(f"{channel} {address}")[:SHOWN])
            self.journal.record(actor.name, Action.ERASED, who, words.ERASED_ROWS.format(count=sum(counts.values())))
        return counts


def _kind_of(name: str) -> str:
    return next((what for beginning, what in words.FILES.items() if name.startswith(beginning)), "")
