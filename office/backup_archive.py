"""The file of a backup: a ZIP, which every system opens, with a manifest of what is in it.

Read without trust: by the manifest's own list of names and sizes, never by a name that the archive chooses.
"""

import hashlib
import json
import re
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 1
MANIFEST = "manifest.json"
STORES = {"sqlite": "store.sqlite3", "postgresql": "store.pgdump"}
MAX_MANIFEST = 4 * 1024 * 1024  # bytes
LAST_YEAR = 1e11  # an epoch; beyond, no calendar goes
CHUNK = 1024 * 1024
_NAMES = re.compile(
    r"store\.(sqlite3|pgdump)|settings\.env|library/(shipped|\d{1,10})/[a-z_]{1,40}\.csv"
    r"|journal/\d{1,30}-[0-9a-f]{8}\.[a-z]{1,20}\.json"
)


class BackupError(Exception):
    """A backup was not made or not taken; the text says why and what to do."""


class Part(NamedTuple):
    """A file in the archive: its size in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `made_at`: an epoch; `store`: which database; `schema`: the migration of its tables;
    `secrets`: settings that were set and are not in it; `key`: a digest that tells the signing key, "" for none.
    """

    made_at: float
    program: str
    store: str
    schema: str
    rows: Mapping[str, int]
    secrets: tuple[str, ...]
    key: str
    parts: Mapping[str, Part]


class Writer:
    """Writes an archive; the manifest comes last, since it tells the digests of the others."""

    def __init__(self, path: Path) -> None:
        path.touch(0o600)
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.parts: dict[str, Part] = {}

    def add(self, name: str, data: bytes) -> None:
        with self._zip.open(_named(name), "w") as file:
            file.write(data)
        self.parts[name] = Part(len(data), hashlib.sha256(data).hexdigest())

    def add_file(self, name: str, path: Path) -> None:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as source, self._zip.open(_named(name), "w", force_zip64=True) as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.parts[name] = Part(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        told = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1)
        with self._zip.open(_named(MANIFEST), "w") as file:
            file.write(told.encode())
        self._zip.close()

    def close(self) -> None:
        """Also one that was not finished."""
        self._zip.close()


def _named(name: str) -> zipfile.ZipInfo:
    """Raises BackupError for what no Archive would take again."""
    if name != MANIFEST and not _NAMES.fullmatch(name):
        raise BackupError(f"備份裡不能有叫做 {name} 的檔案，所以沒有做成。請把這一行交給維護人員。")
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


class Archive:
    """A backup that is there. Every method raises BackupError."""

    def __init__(self, path: Path) -> None:
        with _readable():
            self._zip = zipfile.ZipFile(path)
            self.manifest = self._read_manifest()

    def check(self) -> None:
        """Every part is whole and what it was, and there is no other."""
        for name in self.manifest.parts:
            for _ in self._chunks(name):
                pass

    def read(self, name: str) -> bytes:
        """A small part."""
        return b"".join(self._chunks(name))

    def extract(self, name: str, target: Path) -> None:
        with target.open("wb") as file:
            for chunk in self._chunks(name):
                file.write(chunk)

    def named(self, beginning: str) -> list[str]:
        return [name for name in self.manifest.parts if name.startswith(beginning)]

    @property
    def size(self) -> int:
        """Of all parts, in bytes."""
        return sum(part.size for part in self.manifest.parts.values())

    def close(self) -> None:
        self._zip.close()

    def _chunks(self, name: str) -> Iterator[bytes]:
        """No more than the manifest tells, however much the archive would unfold to."""
        part, digest, left = self.manifest.parts[name], hashlib.sha256(), self.manifest.parts[name].size
        with _readable(), self._zip.open(name) as file:
            while chunk := file.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                yield chunk
        if left or digest.hexdigest() != part.sha256:
            raise BackupError(f"備份裡的 {name} 和做的時候不一樣，可能損壞或被改過。請換另一份備份。")

    def _read_manifest(self) -> Manifest:
        names = [info.filename for info in self._zip.infolist()]
        if MANIFEST not in names:
            raise BackupError("這不是 python bot.py backup 做的備份（沒有 manifest.json）。")
        with self._zip.open(MANIFEST) as file:
            told = file.read(MAX_MANIFEST + 1)
        manifest = _manifest(told)
        odd = set(names) ^ {MANIFEST, *manifest.parts}
        if odd or len(set(names)) != len(names) or not all(map(_NAMES.fullmatch, manifest.parts)):
            raise BackupError("備份裡有不該在裡面的檔案，或少了檔案，可能被改過。請換另一份備份。")
        return manifest


def _manifest(told: bytes) -> Manifest:
    try:
        found: dict[str, Any] = json.loads(told)
        if found["format"] > FORMAT:
            raise BackupError("這份備份是比較新的程式做的。請先把程式更新到同一版，再還原。")
        parts = {str(name): Part(int(size), str(digest)) for name, (size, digest) in found["parts"].items()}
        rows = {str(name): int(count) for name, count in found["rows"].items()}
        texts = {name: str(found[name]) for name in ("program", "store", "schema", "key")}
        is_time = 0 < float(found["made_at"]) < LAST_YEAR
        if not is_time or STORES[texts["store"]] not in parts or any(part.size < 0 for part in parts.values()):
            raise ValueError
        return Manifest(
            made_at=float(found["made_at"]), rows=rows, parts=parts, secrets=tuple(map(str, found["secrets"])), **texts
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise BackupError("備份的 manifest.json 讀不懂，可能損壞或被改過。請換另一份備份。") from error


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError) as error:
        raise BackupError("備份檔不完整或損壞（不是完整的 ZIP）。請換另一份備份。") from error
