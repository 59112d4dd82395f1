"""The folder in which gunicorn's workers add up what they count: one for each master, under VAR_DIR/metrics.

Whoever uses a folder holds a lock on it, which its workers inherit and which ends with the last of them. So several
gunicorns may run over one VAR_DIR, the old and the new one of a release too, and what nobody holds is swept away.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

held: list[Path] = []  # by this process, the newest last


@cache
def of_this_process(var_dir: Path) -> Path:
    """Made once, held until the process and all that it forks have ended. Raises OSError."""
    folders = var_dir / "metrics"
    var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else's: gunicorn comes here before the application
    folders.mkdir(mode=0o700, exist_ok=True)
    with _locked(folders):
        for path in filter(Path.is_dir, folders.iterdir()):
            _sweep(path)
        made = Path(tempfile.mkdtemp(dir=folders))
        fcntl.flock(os.open(made, os.O_RDONLY), fcntl.LOCK_SH)  # never closed
    held.append(made)
    return made


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Unless somebody holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
