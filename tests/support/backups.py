"""An installation at the command line, on either database, for what is copied and put back."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

import cli
from store.store import Store

HOME = Path(__file__).parents[2]
KEY = "a-signing-key-of-more-than-thirty-two-characters"


class Site:
    """`url`: its database; all that it writes is in `folder`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.var_dir = folder / "var"
        self.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.url = url or f"sqlite:///{self.var_dir}/bot.sqlite3"
        self.settings = {
            "VAR_DIR": str(self.var_dir),
            "DATABASE_URL": self.url.replace("+psycopg", ""),
            "SECRET_KEY": KEY,
        }

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def database(self) -> Path:
        return self.var_dir / "bot.sqlite3"

    def run(self, *arguments: object, answer: str = "") -> Result:
        """A command in this process."""
        ran = CliRunner(env={**self.settings}).invoke(cli.main, [*map(str, arguments)], input=answer)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran

    def start(self, *arguments: object, at_most: int = resource.RLIM_INFINITY) -> "subprocess.Popen[bytes]":
        """A command in a process of its own. `at_most`: how many bytes a file that it writes may have."""

        def begin() -> None:
            _heeds_sigint()
            resource.setrlimit(resource.RLIMIT_FSIZE, (at_most, at_most))

        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "bot.py", *map(str, arguments)]
        environment = {**kept, **self.settings}
        return subprocess.Popen(command, cwd=HOME, env=environment, stderr=subprocess.PIPE, preexec_fn=begin)

    @contextmanager
    def store(self) -> Iterator[Store]:
        with closing(Store(self.url)) as store:
            yield store

    def rows(self) -> dict[str, list[object]]:
        """Everything that it holds, but what each command writes down of itself."""
        with self.store() as store, store.transaction() as connection:
            found = {
                table: sorted(map(str, connection.exec_driver_sql(f"SELECT * FROM {table}").all()))
                for table in ("subscribers", "broadcasts", "recipients", "batches", "library_versions", "votes")
            }
        return {table: list(rows) for table, rows in found.items()}


def rewritten(path: Path, target: Path, change: dict[str, bytes], manifest: dict[str, object] | None = None) -> Path:
    """A backup with other parts, or another manifest, as whoever tampers with it would write it."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        parts = {name: source.read(name) for name in source.namelist()}
        told = json.loads(parts.pop("manifest.json")) | (manifest or {})
        for name, data in (parts | change).items():
            made.writestr(name, data)
        made.writestr("manifest.json", json.dumps(told))
    return target


def without_tools(folder: Path, said: str = "") -> str:
    """A PATH with nothing on it, or with a pg_dump that says this of its version."""
    folder.mkdir()
    if said:
        tool = folder / "pg_dump"
        tool.write_text(f"#!{shutil.which('sh')}\necho '{said}'\n")
        tool.chmod(0o755)
    return str(folder)


def _heeds_sigint() -> None:
    """Where the tests run in the background it is ignored, and so by all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
