"""A signing key that a machine makes for itself, once, and keeps in a file that only its user can read."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

BYTES = 32  # as long as the digest of SHA-256


class DamagedKey(Exception):
    """The file is not what was written there: empty, cut, or something else."""


def read_or_make(path: Path) -> str:
    """The key in hexadecimal digits; the same for processes that start at once. Raises OSError, DamagedKey."""
    if not path.exists():
        _make(path)
    key = path.read_bytes().decode("ascii", "replace").strip()
    if not re.fullmatch(f"[0-9a-f]{{{BYTES * 2}}}", key):
        raise DamagedKey
    return key


def _make(path: Path) -> None:
    """Written beside it and then linked, so that of several processes one makes it, and nobody reads half a key."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
