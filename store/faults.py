"""What a database refuses, and how whoever runs the bot mends it. A driver's own text may hold data: it stays here."""

import re
from typing import NamedTuple

from sqlalchemy.exc import TimeoutError

DATABASE = "資料庫（DATABASE_URL）"
_URL = "設定 DATABASE_URL："
_FILE = "設定 DATABASE_URL（沒設就是 VAR_DIR 裡的 bot.sqlite3）：資料庫檔案"


class StoreError(Exception):
    """The store did not do it; the text names the kind of fault, never data.

    `line`: the same for whoever runs the bot, with the remedy; "" where there is none. `setting`: a setting is wrong,
    and trying again is no use. `about`: what the trouble is with where it is more than the one call.
    """

    def __init__(self, kind: str, line: str = "", setting: bool = False, about: str = "") -> None:
        super().__init__(kind)
        self.line = line
        self.setting = setting
        self.about = about

    def again(self, kind: str) -> "StoreError":
        """The same for another call."""
        return StoreError(kind, self.line, self.setting, self.about)

    @property
    def lasting(self) -> bool:
        """Whether no waiting mends it."""
        return self.setting

    @property
    def exit_code(self) -> int:
        """Of a command that it stops: 2 for what is set wrong, else 1."""
        return 2 if self.setting else 1


class _Fault(NamedTuple):
    """Told by a name of SQLite's (its beginning), a SQLSTATE of PostgreSQL's (likewise), or by words of the message.

    A connection that PostgreSQL refuses has no SQLSTATE.
    """

    code: str
    words: str
    line: str
    setting: bool = False


_FAULTS = (
    _Fault("SQLITE_CANTOPEN", "", f"{_FILE}打不開。請確認資料夾存在、不是唯讀、這個帳號可以讀寫", True),
    _Fault("SQLITE_READONLY", "", f"{_FILE}或它的資料夾是唯讀的。請讓這個帳號可以寫入，或換一個位置"),
    _Fault("SQLITE_FULL", "", f"{_FILE}寫不進去：磁碟滿了，或超過配額。請先清出空間"),
    _Fault("SQLITE_IOERR", "", f"{_FILE}讀寫失敗。請確認磁碟還有空間、沒有超過配額、沒有壞掉"),
    _Fault("SQLITE_NOTADB", "", f"{_FILE}不是 SQLite 資料庫。請確認路徑，或還原備份", True),
    _Fault("SQLITE_CORRUPT", "", f"{_FILE}壞了。請還原備份"),
    _Fault("SQLITE_BUSY", "", f"{_FILE}被別的程式鎖著。請稍後再試，或停掉那個程式"),
    _Fault("SQLITE_PERM|SQLITE_AUTH", "", f"{_FILE}沒有存取的權限。請調整檔案權限", True),
    _Fault(
        "28",
        "authentication failed|no password supplied|no pg_hba",
        f"{_URL}資料庫不接受這個帳號或密碼。請確認兩者，密碼裡的符號要寫成 % 加代碼",
        True,
    ),
    _Fault("28", 'role ".*" does not exist', f"{_URL}資料庫沒有這個帳號。請確認名稱，或先用 createuser 建立", True),
    _Fault("3D", 'database ".*" does not exist', f"{_URL}伺服器上沒有這個資料庫。請先用 createdb 建立", True),
    _Fault(
        "",
        "invalid connection option|invalid.*value|invalid port",
        f"{_URL}資料庫不認得問號後面的選項。請刪掉或更正",
        True,
    ),
    _Fault("", "resolve host|translate host", f"{_URL}找不到這台資料庫主機。請確認主機名稱與 DNS"),
    _Fault("", "connection refused", f"{_URL}資料庫主機沒有在這個埠上回應。請確認主機與埠，並確認資料庫已經啟動"),
    _Fault("", "timeout|timed out|unreachable|no route", f"{_URL}連不到資料庫主機。請確認主機、埠與防火牆"),
    _Fault("53100", "", "資料庫主機的磁碟滿了。請先清出空間"),
    _Fault(
        "53", "too many (clients|connections)|connection slots", "資料庫的連線用完了。請提高上限，或在前面放 PgBouncer"
    ),
    _Fault("57P", "starting up|shutting down", "資料庫正在啟動或關閉。請稍後再試"),
    _Fault("25006", "", f"{_URL}這台資料庫現在只能讀。請連到主要的那一台"),
    _Fault(
        "42501|3F000", "", f"{_URL}這個帳號的權限不足。請讓它擁有這個資料庫（GRANT ALL ON SCHEMA public TO 帳號）", True
    ),
    _Fault("55P03|57014", "", "資料庫太久沒有回應。請稍後再試，並看看有沒有別的工作占著它"),
    _Fault("42P07", r"table \S+ already exists", "資料庫裡已經有同名的資料表。請把 DATABASE_URL 換成另一個空的資料庫"),
    _Fault(
        "",
        "connection (failed|is bad)|server closed|consuming input",
        f"{_URL}連不上資料庫。請確認主機、埠、帳號、密碼與名稱，以及它已經啟動",
    ),
)
_TOO_MANY = "同時要用資料庫的太多，這一次等太久了。過一會兒會自己好；常常這樣，請看 docs/scaling.md"
_OTHERWISE = "資料庫無法使用（{kind}）。請確認 DATABASE_URL，並執行 python bot.py migrate"


def explained(error: Exception) -> StoreError:
    """The error of a driver, or SQLAlchemy's around it, in a line with its remedy."""
    if isinstance(error, TimeoutError):
        return StoreError("TimeoutError", _TOO_MANY)
    kind, told = type(error).__name__, getattr(error, "orig", None) or error
    code = getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None) or ""
    for fault in _FAULTS:
        if _is(fault, code, str(told)):
            return StoreError(kind, fault.line, fault.setting)
    return StoreError(kind, _OTHERWISE.format(kind=kind))


def _is(fault: _Fault, code: str, message: str) -> bool:
    if code and fault.code and re.match(fault.code, code):
        return True
    return bool(fault.words and (not code or code == "SQLITE_ERROR") and re.search(fault.words, message, re.IGNORECASE))
