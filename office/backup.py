"""Everything that an installation holds, copied into one file; no secret of the settings is in it."""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from office import backup_words as words
from office.backup_archive import STORES, BackupError, Manifest, Writer
from office.installation import SettingState, without_password

WORK = ".bot-backup-"
_PLAIN = re.compile(r"[\w./:@,+=-]*", re.ASCII)


class Contents(Protocol):
    """What a store holds."""

    @property
    def schema(self) -> str: ...
    @property
    def rows(self) -> Mapping[str, int]: ...


class Copying(Protocol):
    """Makes a consistent copy of the store (store/copies.py)."""

    kind: str

    def copy(self, target: Path, keep: Callable[[str, bytes], None]) -> Contents: ...


@dataclass(frozen=True)
class Source:
    """What is copied. `shipped`: the files of the shipped library, each under its name in the copy; `journal`: what
    people asked while the store was down; `key`: a digest that tells the signing key; `secrets`: what has to be kept
    elsewhere, by name.
    """

    store: Copying
    shipped: Mapping[str, Path]
    settings: Sequence[SettingState]
    secrets: tuple[str, ...]
    journal: Path
    program: str
    key: str

    def write(self, target: Path, now: Callable[[], float] = time.time) -> Manifest:
        """Under its name only once it is whole, and for this user alone. Raises OSError, and what the store raises."""
        with working_folder(target.parent) as work, _named(target.parent):
            path = work / "backup.zip"
            writer = Writer(path)
            try:
                manifest = self._fill(writer, work, now())
                writer.finish(manifest)
            finally:
                writer.close()
            _settle(path, target)
        return manifest

    def _fill(self, writer: Writer, work: Path, made_at: float) -> Manifest:
        """What waits in the journal is read before the store, so that it is in one of them at least."""
        for path in sorted(self.journal.glob("*.json")):
            if (data := _if_there(path)) is not None:
                writer.add(f"journal/{path.name}", data)
        name = STORES[self.store.kind]
        found = self.store.copy(work / name, lambda file, data: writer.add(f"library/{file}", data))
        writer.add_file(name, work / name)
        (work / name).unlink()
        for file, path in self.shipped.items():
            writer.add_file(f"library/shipped/{file}", path)
        writer.add("settings.env", settings_text(self.settings, self.secrets).encode())
        rows = dict(found.rows)
        return Manifest(
            made_at, self.program, self.store.kind, found.schema, rows, self.secrets, self.key, writer.parts
        )


def settings_text(settings: Sequence[SettingState], secrets: Sequence[str]) -> str:
    """As `.env` takes it, the secrets by their names alone."""
    lines = ["# 做備份時的設定。機密不在這裡，要另外填：", *(f"# {name}=" for name in secrets), ""]
    for each in settings:
        if not each.is_secret and each.value not in (None, "", ()):
            value = ",".join(each.value) if isinstance(each.value, tuple) else str(each.value)
            lines.append(f"{each.name}={_quoted(without_password(value))}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """A folder for this user alone, gone afterwards; one that a killed process has left goes too."""
    for left in parent.glob(f"{WORK}*"):
        _remove_abandoned(left)
    work = parent / f"{WORK}{os.getpid()}"
    work.mkdir(mode=0o700)
    handle = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(handle)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """A write that fails, as on a full disk, does not say where."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise


def _remove_abandoned(folder: Path) -> None:
    """A lock ends with its process, however that ended."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def _settle(path: Path, target: Path) -> None:
    """On the disk, then under its name, then the name on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _if_there(path: Path) -> bytes | None:
    """None where it was done meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def require_space(folder: Path, needed: int, size_text: Callable[[int], str]) -> None:
    """Raises BackupError where so many bytes do not fit."""
    left = shutil.disk_usage(folder).free
    if left < needed:
        raise BackupError(words.NO_SPACE.format(needed=size_text(needed), path=folder, left=size_text(left)))
