"""SQLite copied while it is written to (VACUUM INTO, a read transaction), and replaced by a rename."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine

from store.copies import SQLITE, Contents, CopyError, Keep, Prepare, keep_versions, read

WAIT_SECONDS = 60
LOGS = ("-wal", "-shm")
STEPS = 100_000  # of SQLite's machine, a few milliseconds: so often a signal gets its turn
SAID = {
    "disk is full": "磁碟滿了，請先清出空間",
    "database is locked": "資料庫一直被占用，請稍後再試；服務已經停了的話，看看是不是還有別的指令在執行",
    "malformed": "資料庫檔案壞了（{path}）。請還原備份；沒有備份，請找熟悉 SQLite 的人試 .recover",
    "not a database": "這不是 SQLite 資料庫（{path}）。請確認 DATABASE_URL",
    "interrupted": "中斷了，什麼都沒有留下",
    "unable to open": "打不開資料庫檔案（{path}）。請確認檔案還在、執行的帳號讀得到它和它的資料夾",
    "readonly": "資料庫檔案或資料夾不能寫入（{path}）。請用執行服務的帳號執行",
}
OTHERWISE = "SQLite 出錯（{kind}）。請執行 python bot.py doctor 看看"
ABSENT = "還沒有資料庫（{path}）。先啟動過服務或執行 python bot.py migrate，才有東西可以備份"


class SqliteCopies:
    """Implements store.copies.Copies."""

    kind = SQLITE

    def __init__(self, path: Path) -> None:
        self.path = path

    def copy(self, target: Path, keep: Keep) -> Contents:
        if not self.path.exists():
            raise CopyError(ABSENT.format(path=self.path))
        target.touch(0o600)  # SQLite takes an empty file as none
        with self._explained(), closing(connect(self.path)) as connection:
            connection.set_progress_handler(lambda: 0, STEPS)
            connection.execute("VACUUM INTO ?", (str(target),))
        with self._explained(), opened(target) as connection:
            keep_versions(connection, keep)
            contents = read(connection)
        if contents is None:
            raise CopyError(ABSENT.format(path=self.path))
        return contents

    def contents(self) -> Contents | None:
        if not self.path.exists():
            return None
        with self._explained(), opened(self.path) as connection:
            return read(connection)

    def users(self) -> int:
        """SQLite tells whether there are any: with others about, it leaves the write-ahead log for nobody."""
        try:
            with self._alone():
                return 0
        except sqlite3.OperationalError:
            return 1

    def restore(self, copy: Path, work: Path, prepare: Prepare, former: Path) -> bool:
        """The new file is whole, checked and brought to today's tables before the name goes to it."""
        new = self.path.with_name(f".{self.path.name}.restored")
        with self._explained():
            try:
                _remove(new)
                new.touch(0o600)
                _copy(copy, new)
                _check(new)
                prepare(f"sqlite:///{new}")
                _close_log(new)
                owned_as(new, self.path if self.path.exists() else self.path.parent)
                return self._replace(new, former)
            finally:
                _remove(new)

    def _replace(self, new: Path, former: Path) -> bool:
        had_one = self.path.exists()
        with self._alone():
            if had_one:
                _link(self.path, former)
            for ending in LOGS:  # of a damaged one; SQLite would take them for the new file's
                if (log := Path(f"{self.path}{ending}")).exists():
                    log.replace(f"{former}{ending}")
            new.replace(self.path)
        if had_one:
            former.chmod(0o600)
        sync_folder(self.path.parent)
        return had_one

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else has it open, and all of it is in the one file, unless it is damaged.

        Raises sqlite3.OperationalError where somebody has.
        """
        if not self.path.exists():
            yield
            return
        with closing(connect(self.path, seconds=2)) as connection:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:
                if "locked" in str(error):
                    raise
            yield

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CopyError(self._said(error)) from error

    def _said(self, error: Exception) -> str:
        for sign, said in SAID.items():
            if sign in str(error):
                return said.format(path=self.path)
        return OTHERWISE.format(kind=type(error).__name__)


def connect(path: Path, seconds: float = WAIT_SECONDS) -> sqlite3.Connection:
    """To a file that is there; it is never made."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", timeout=seconds, isolation_level=None, uri=True)


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """To be read; SQLAlchemy's errors are the driver's again."""
    from sqlalchemy.exc import DBAPIError

    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise (error.orig if isinstance(error.orig, sqlite3.Error) else error) from error
    finally:
        engine.dispose()


def _check(path: Path) -> None:
    with closing(connect(path)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("malformed")


def _close_log(path: Path) -> None:
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> None:
    """What there is no room for is the target; shutil names the source."""
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        error.filename = str(target)
        raise


def _remove(path: Path) -> None:
    """With what SQLite keeps beside it, of one that was killed too."""
    for ending in ("", "-journal", *LOGS):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _link(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:  # a file system without links
        shutil.copy2(path, name)


def owned_as(path: Path, like: Path) -> None:
    """Whoever restores may be root, and the service another user."""
    facts = like.stat()
    with suppress(PermissionError):
        os.chown(path, facts.st_uid, facts.st_gid)


def sync_folder(folder: Path) -> None:
    """The names in it too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
