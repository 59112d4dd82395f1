"""DATABASE_URL: read as SQLAlchemy will, without loading it; every mistake in our words, and nothing of the value."""

import re
from pathlib import Path

EXAMPLE = "只支援 sqlite:///路徑 或 postgresql://帳號:密碼@主機/資料庫"
SQLITE = "sqlite:///"
_POSTGRESQL = re.compile(
    r"""postgres(?:ql)?(?:\+psycopg)?://
    (?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?
    (?P<host>\[[^]/?]*\]|[^/:?]*)(?::(?P<port>[^/?]*))?
    (?:/(?P<database>[^?]*))?
    (?:\?(?P<options>.*))?""",
    re.VERBOSE | re.DOTALL,
)


def as_database_url(value: str) -> str:
    """The address with the driver that this program comes with. Raises ValueError with the remedy."""
    if value.startswith("sqlite"):
        return _as_sqlite(value)
    if re.match(r"postgres(ql)?\+(?!psycopg:)", value):
        raise ValueError("只附了一種 PostgreSQL 驅動程式，請去掉 + 和它後面的名稱，只寫 postgresql://")
    parts = _POSTGRESQL.fullmatch(value)
    if not parts:
        raise ValueError(EXAMPLE)
    if "@" in f"{parts['host']}{parts['database']}":
        raise ValueError("帳號或密碼裡的 @ 要寫成 %40（/ 寫成 %2F、: 寫成 %3A、% 寫成 %25）")
    if parts["port"] is not None and not _is_port(parts["port"]):
        raise ValueError("主機後面的埠要是 1 到 65535 的數字，例如 主機:5432")
    if not parts["database"] and not re.search("(^|&)(dbname|service)=.", parts["options"] or ""):
        raise ValueError("沒有寫資料庫的名稱，請填 postgresql://帳號:密碼@主機/資料庫")
    return re.sub(r"^[^:]*", "postgresql+psycopg", value)


def _is_port(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{1,5}", text)) and 0 < int(text) < 65536


def _as_sqlite(value: str) -> str:
    path = value.removeprefix(SQLITE)
    if path == value:
        raise ValueError("SQLite 請填 sqlite:/// （三個斜線）和檔案的路徑，例如 sqlite:////srv/bot/bot.sqlite3")
    if path in ("", "/", ":memory:") or path.endswith("/"):
        raise ValueError("沒有寫檔案的名稱，例如 sqlite:////srv/bot/bot.sqlite3")
    if "?" in path:
        raise ValueError("SQLite 的路徑後面不能有 ? 和選項")
    return value


def lacks_folder(url: str, made_anyhow: Path) -> bool:
    """Whether it is a file in a folder that is not there, nor is made by the program itself."""
    if not url.startswith(SQLITE):
        return False
    folder = Path(url.removeprefix(SQLITE)).absolute().parent
    return folder != made_anyhow and not folder.is_dir()
