"""One cache of indexes and of the dictionary for all programs that tests start: a cold start takes some seconds."""

import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_FOLDER = TemporaryDirectory(prefix="warm-")  # as long as this process


@cache
def _key() -> str:
    return secrets.token_hex()


def share(var_dir: Path) -> None:
    """What one program keeps for the next start is there for this one too, whose VAR_DIR it is.

    Only what has the same key is believed, so that all have one. Where no such folder can be, nothing is shared.
    """
    with suppress(OSError):
        var_dir.mkdir(exist_ok=True)
        if not (var_dir / "cache").exists():
            (var_dir / "cache").symlink_to(_FOLDER.name)
        key = var_dir / "secret_key"
        if not key.exists():
            key.write_text(_key())
            key.chmod(0o600)
