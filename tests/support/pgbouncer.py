"""A real PgBouncer, of Debian's package, in transaction mode before a PostgreSQL."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.support.ports import free_port
from tests.support.waiting import wait_for

SERVER_CONNECTIONS = 5  # fewer than ask at once, so that they are passed from hand to hand

SETTINGS = """\
[databases]
{database} = host={server_host} port={server_port} dbname={database} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
logfile =
pidfile =
"""


@contextmanager
def pgbouncer(url: str, folder: Path) -> Iterator[str]:
    """Gives the URL of the database behind it."""
    server = make_url(url)
    port = free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        SETTINGS.format(
            database=server.database,
            server_host=server.host,
            server_port=server.port,
            user=server.username,
            port=port,
            size=SERVER_CONNECTIONS,
        )
    )
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    as_user = ["-u", "postgres"] if os.geteuid() == 0 else []  # PgBouncer refuses to run as root
    with (folder / "pgbouncer.log").open("wb") as log:
        running = subprocess.Popen([program, *as_user, str(settings)], stdout=log, stderr=log)
    try:
        wait_for(lambda: _listens(port))
        yield server.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        running.terminate()
        running.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
