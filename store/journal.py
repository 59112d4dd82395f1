"""What people asked while the database was down, as files under VAR_DIR: one for each deed, gone as soon as it is done.

A file is written whole, then named, so that none is ever half there; its name is the time, so that they sort.
"""

import json
import logging
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from core.deeds import Deed

log = logging.getLogger(__name__)

DRAFT, SET_ASIDE = ".draft", ".unreadable"
LEFT_SECONDS = 86400


class Journal:
    """Implements core.deeds.Journal; processes of one machine share the folder. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, deed: Deed) -> None:
        """It is on the disk when this comes back."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.{deed.kind}.json"
        draft = path.with_suffix(DRAFT)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(deed._asdict(), file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            _sync(self._folder)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def names(self, kind: str = "") -> list[str]:
        ending = f".{kind}.json" if kind else ".json"
        return sorted(path.name for path in self._files() if path.name.endswith(ending))

    def read(self, name: str) -> Deed | None:
        """A file that is none of ours is set aside, and said once."""
        path = self._folder / name
        try:
            found = json.loads(path.read_text("utf-8"))
            return Deed(found["act"], tuple(found["arguments"]), found["at"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            path.rename(path.with_suffix(SET_ASIDE))
            log.error("journal: a file cannot be read and was set aside in %s", self._folder.name)
            return None

    def forget(self, channel: str, address: str) -> int:
        """Remove what names a person, what is half there or was set aside too; how many files did."""
        found = [path for path in self._files() if _names_them(path, channel, address)]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def forget_old(self) -> None:
        """Remove what a process that died has left half there, and what was set aside, after a day."""
        for path in self._files():
            with suppress(FileNotFoundError):
                if path.suffix in (DRAFT, SET_ASIDE) and path.stat().st_mtime < time.time() - LEFT_SECONDS:
                    path.unlink()

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        try:
            return list(self._folder.iterdir())
        except FileNotFoundError:
            return []


def _sync(folder: Path) -> None:
    """The names in it too: a file is not found again without."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _names_them(path: Path, channel: str, address: str) -> bool:
    """Both stand in quotation marks, as JSON has them."""
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:  # done meanwhile
        return False
    return all(json.dumps(each) in text for each in (channel, address))
