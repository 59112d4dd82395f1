"""What people asked while the database was down, as files under VAR_DIR: one for each deed, gone as soon as it is done.

A file is written whole, then named, so that none is ever half there; its name is the time, so that they sort.
"""

import json
import logging
import os
import secrets
import time
from pathlib import Path

from core.deeds import Deed

log = logging.getLogger(__name__)


class Journal:
    """Implements core.deeds.Journal; processes of one machine share the folder. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, deed: Deed) -> None:
        """It is on the disk when this comes back."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.{deed.kind}.json"
        draft = path.with_suffix(".draft")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(deed._asdict(), file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def names(self, kind: str = "") -> list[str]:
        ending = f".{kind}.json" if kind else ".json"
        try:
            return sorted(path.name for path in self._folder.iterdir() if path.name.endswith(ending))
        except FileNotFoundError:
            return []

    def read(self, name: str) -> Deed | None:
        """A file that is none of ours is set aside, and said once."""
        path = self._folder / name
        try:
            found = json.loads(path.read_text("utf-8"))
            return Deed(found["act"], tuple(found["arguments"]), found["at"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            path.rename(path.with_suffix(".unreadable"))
            log.error("journal: a file cannot be read and was set aside in %s", self._folder.name)
            return None

    def forget(self, channel: str, address: str) -> int:
        """Remove what names a person; how many deeds did."""
        found = [name for name in self.names() if self._names_them(name, channel, address)]
        for name in found:
            self.remove(name)
        return len(found)

    def _names_them(self, name: str, channel: str, address: str) -> bool:
        deed = self.read(name)
        return bool(deed and channel in deed.arguments and address in deed.arguments)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)
