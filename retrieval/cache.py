"""What takes long to make, kept under VAR_DIR/cache for the next start: named arrays, nothing that could run.

A file is named after all that it was made from, so that what is stale is not found, and begins with a keyed digest of
its content: what is torn, or was written by who has not the program's key, is no better than none. Nothing that people
asked gets in. A cache that fails costs its time and nothing else.
"""

import hashlib
import hmac
import io
import logging
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import logs

if TYPE_CHECKING:
    import numpy.typing as npt

Arrays = Mapping[str, "npt.NDArray[Any]"]

log = logging.getLogger(__name__)

KEPT = 3  # files of a kind: the one in use, those of before or of another release
DIGEST = 32  # bytes
_NEW = ".new-"
_ABANDONED = 3600  # seconds


class Damaged(ValueError):
    """A file that is not what was written."""


class Cache:
    """Files in a folder. `key`: who has it not cannot write one that is believed. Methods never raise OSError."""

    def __init__(self, folder: Path | None, key: str = "") -> None:
        self._folder = folder
        self._key = hashlib.sha256(f"cache {key}".encode()).digest()

    def load(self, kind: str, source: bytes) -> Arrays | None:
        """What was kept under the digest of what it is made from; None: make it."""
        if self._folder is None:
            return None
        path = self._path(kind, source)
        try:
            return self._arrays(path, source)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("the kept %s is made anew: %s", kind, logs.describe(error))
            return None

    def keep(self, kind: str, source: bytes, arrays: Arrays) -> None:
        """For the next start, of whichever process; of several that write at once, one stays."""
        if self._folder is None:
            return
        try:
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # of whose mode `parents` knows nothing
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._write(self._path(kind, source), source, arrays)
            self._sweep(kind)
        except OSError as error:
            log.warning("the %s is not kept for the next start: %s", kind, logs.describe(error))

    def _path(self, kind: str, source: bytes) -> Path:
        assert self._folder
        return self._folder / f"{kind}-{source.hex()[:32]}"

    def _arrays(self, path: Path, source: bytes) -> Arrays:
        import numpy as np

        if not stat.S_ISREG(path.lstat().st_mode):  # a pipe would be waited for
            raise Damaged("no file")
        with path.open("rb") as file:
            digest, content = file.read(DIGEST), file.read()
        with suppress(OSError):
            os.utime(path)  # in use: not among those that go
        if not hmac.compare_digest(digest, self._digest(source, content)):
            raise Damaged("torn, or not of this program")
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            return dict(kept)

    def _write(self, path: Path, source: bytes, arrays: Arrays) -> None:
        import numpy as np

        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays)
        with tempfile.NamedTemporaryFile(prefix=_NEW, dir=path.parent, delete=False) as file:  # 0600
            new = Path(file.name)
            try:
                file.write(self._digest(source, content.getbuffer()))
                file.write(content.getbuffer())
                file.close()
                new.replace(path)
            except BaseException:
                new.unlink(missing_ok=True)
                raise

    def _digest(self, source: bytes, content: "bytes | memoryview") -> bytes:
        digest = hashlib.blake2b(source, key=self._key, digest_size=DIGEST)
        digest.update(content)
        return digest.digest()

    def _sweep(self, kind: str) -> None:
        """What is no longer among the KEPT newest, and what somebody was killed over while writing it."""
        assert self._folder
        newest_first = sorted(self._folder.glob(f"{kind}-*"), key=_changed, reverse=True)
        abandoned = [path for path in self._folder.glob(f"{_NEW}*") if _changed(path) < time.time() - _ABANDONED]
        for path in (*newest_first[KEPT:], *abandoned):
            with suppress(OSError):
                path.unlink()


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.lstat().st_mtime
    return 0


NOWHERE = Cache(None)
"""Keeps nothing."""
