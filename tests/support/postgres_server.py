"""A real PostgreSQL, of Debian's package, thrown away afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port


@contextmanager
def postgres_server() -> Iterator[str]:
    """One on a free port; gives its URL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = found[-1] if found else shutil.which("initdb")
    assert initdb, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="bot-postgres-"))
    port = free_port()
    as_user = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder)

    run(str(initdb), "-D", str(folder / "data"), "-U", "bot", "-A", "trust", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = str(Path(initdb).with_name("pg_ctl"))
    run(control, "-D", str(folder / "data"), "-o", options, "-w", "-l", str(folder / "log"), "start")
    yield f"postgresql+psycopg://bot@127.0.0.1:{port}/postgres"
    run(control, "-D", str(folder / "data"), "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
