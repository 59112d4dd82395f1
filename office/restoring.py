"""A backup put in place of what is there: checked wholly before anything is touched."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from office import backup_words as words
from office.backup import Contents, Copying, require_space, working_folder
from office.backup_archive import STORES, Archive, BackupError
from office.installation import size_text

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Replacing(Copying, Protocol):
    """Puts a copy in the place of the store (store/copies.py, where each method is described)."""

    def contents(self) -> Contents | None: ...
    def users(self) -> int: ...
    def restore(self, copy: Path, work: Path, prepare: Callable[[str], None], former: Path) -> bool: ...


@dataclass(frozen=True)
class Restoring:
    """`knows_schema`: whether this program can bring tables of that migration to its own."""

    archive: Archive
    store: Replacing
    var_dir: Path
    knows_schema: Callable[[str], bool]

    def check(self) -> None:
        """Raises BackupError for a backup that cannot be put here, or is not what was made."""
        manifest = self.archive.manifest
        if manifest.store != self.store.kind:
            names = {"theirs": TITLES[manifest.store], "ours": TITLES[self.store.kind]}
            raise BackupError(words.OTHER_STORE.format(**names))
        if not self.knows_schema(manifest.schema):
            raise BackupError(words.NEWER.format(schema=manifest.schema, program=manifest.program))
        require_space(self.var_dir, 2 * self.archive.size, size_text)
        self.archive.check()

    def refuse_while_used(self, force: bool) -> None:
        """Raises BackupError where others have the store open. SQLite knows it for sure, so `force` is PostgreSQL's."""
        count = self.store.users()
        if count and self.store.kind == "sqlite":
            raise BackupError(words.IN_USE_SQLITE)
        if count and not force:
            raise BackupError(words.IN_USE_POSTGRESQL.format(count=count))

    def differences(self, now: Contents | None) -> Iterator[str]:
        """What is there and what will be, line by line."""
        for table, what in words.COUNTED.items():
            then = self.archive.manifest.rows.get(table, 0)
            before = now.rows.get(table, 0) if now else 0
            yield words.COUNT_CHANGES.format(what=what, now=f"{before:,}", then=f"{then:,}")

    def run(self, prepare: Callable[[str], None], former: Path) -> bool:
        """Put it there; whether the store before is `former` now. Raises what the store raises."""
        name = STORES[self.store.kind]
        with working_folder(self.var_dir) as work:
            self.archive.extract(name, work / name)
            is_kept = self.store.restore(work / name, work, prepare, former)
        self._write_journal()
        return is_kept

    def _write_journal(self) -> None:
        """What people had asked and was not stored yet: each can be done twice, and what was asked later stands."""
        folder = self.var_dir / "journal"
        for name in self.archive.named("journal/"):
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / Path(name).name
            with suppress(FileExistsError), os.fdopen(_new(path), "wb") as file:
                file.write(self.archive.read(name))
            for each in (folder, path):
                _own_as(each, self.var_dir)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _own_as(path: Path, folder: Path) -> None:
    """Whoever restores may be root, and the service another user."""
    facts = folder.stat()
    with suppress(PermissionError):
        os.chown(path, facts.st_uid, facts.st_gid)
