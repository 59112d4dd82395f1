"""Settings: one row per key. The only file that reads the environment."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

HOME = Path(__file__).resolve().parent


class SettingError(Exception):
    """A setting that stops the start: `name` is the setting, the text says what is wrong and the remedy."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"設定 {name}：{remedy}")
        self.name = name


def _text(value: str) -> str:
    return value


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("請填完整網址，例如 https://bot.example.org")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if value.startswith(("postgres://", "postgresql://")):
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
    if value.startswith("sqlite:///"):
        return value
    raise ValueError("只支援 sqlite:///路徑 或 postgresql://帳號:密碼@主機/資料庫")


def _redis_url(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("請填 redis://主機:埠/編號")
    return value


def _webhook_secret(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        raise ValueError("只能用英文字母、數字、底線與連字號，1 到 256 個字")
    return value


def _telegram_token(value: str) -> str:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
        raise ValueError("格式不對，請整段貼上 BotFather 給的權杖（數字:英數字）")
    return value


def _file(value: str) -> Path:
    path = (HOME / value).resolve()
    if not path.is_file():
        raise ValueError("找不到這個檔案，請確認路徑")
    return path


def _folder(value: str) -> Path:
    return (HOME / value).resolve()


def _ids(pattern: str, example: str) -> Callable[[str], tuple[str, ...]]:
    def read(value: str) -> tuple[str, ...]:
        found = tuple(one.strip() for one in value.split(",") if one.strip())
        if not all(re.fullmatch(pattern, one) for one in found):
            raise ValueError(f"請以逗號分隔，每個編號像 {example}")
        return found

    return read


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("不認得這個時區，請填 Asia/Taipei 之類的名稱") from error


def _clock(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("請填 24 小時制的 HH:MM，例如 09:00")
    return value


def _count(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", value):
        raise ValueError("請填 1 以上的整數")
    return int(value)


def _log_format(value: str) -> str:
    if value not in ("text", "json"):
        raise ValueError("只能填 text 或 json")
    return value


class Row(NamedTuple):
    """One setting: its name, how its text is read, its default text (None: unset), what it is for."""

    name: str
    read: Callable[[str], Any]
    default: str | None
    help: str


ROWS = (
    Row("LINE_CHANNEL_SECRET", _text, None, "LINE channel secret; with the access token it turns LINE on"),
    Row("LINE_CHANNEL_ACCESS_TOKEN", _text, None, "LINE channel access token"),
    Row("LINE_API_BASE", _http_url, "https://api.line.me", "where LINE calls go"),
    Row("TELEGRAM_BOT_TOKEN", _telegram_token, None, "turns Telegram on"),
    Row("TELEGRAM_WEBHOOK_SECRET", _webhook_secret, None, "needed with PUBLIC_URL"),
    Row("TELEGRAM_API_BASE", _http_url, "https://api.telegram.org", "where Telegram calls go"),
    Row("PUBLIC_URL", _http_url, None, "where the world reaches this server"),
    Row("DATABASE_URL", _database_url, None, "SQLite in VAR_DIR unless set"),
    Row("REDIS_URL", _redis_url, None, "the queue on Redis; unset: SQLite in VAR_DIR"),
    Row("VAR_DIR", _folder, "var", "everything the program writes"),
    Row("CASES_PATH", _file, "data/cases.csv", "the case library shipped with the program"),
    Row("QUESTIONS_PATH", _file, "data/questions.csv", "the question bank shipped with the program"),
    Row("ADMIN_LINE_IDS", _ids(r"U[0-9a-f]{32}", "U 加上 32 個 0-9a-f"), "", "who may send tips from LINE"),
    Row("ADMIN_TELEGRAM_IDS", _ids(r"[1-9]\d{0,18}", "12345678"), "", "who may send tips from Telegram"),
    Row("OFFICE_NAME", _text, "政風單位", "the human to turn to, shown on cards"),
    Row("OFFICE_CONTACT", _text, None, "how to reach that office"),
    Row("TIMEZONE", _zone, "Asia/Taipei", "the clock of the daily tip"),
    Row("TIP_TIME", _clock, None, "HH:MM of the daily tip on workdays"),
    Row("TIP_APPROVALS", _count, "1", "admins who must approve a tip, its sender counted"),
    Row("SECRET_KEY", _text, None, "signs console sessions; made once under VAR_DIR with SQLite"),
    Row("LOG_FORMAT", _log_format, "text", "text or json"),
    Row("PROMETHEUS_MULTIPROC_DIR", _text, None, "set by gunicorn.conf.py so that workers share their metrics"),
)


@dataclass(frozen=True)
class Settings:
    """Every setting, typed; a field is the row's name in lower case. Unset optional settings are None."""

    line_channel_secret: str | None
    line_channel_access_token: str | None
    line_api_base: str
    telegram_bot_token: str | None
    telegram_webhook_secret: str | None
    telegram_api_base: str
    public_url: str | None
    database_url: str
    redis_url: str | None
    var_dir: Path
    cases_path: Path
    questions_path: Path
    admin_line_ids: tuple[str, ...]
    admin_telegram_ids: tuple[str, ...]
    office_name: str
    office_contact: str | None
    timezone: ZoneInfo
    tip_time: str | None
    tip_approvals: int
    secret_key: str | None
    log_format: str
    prometheus_multiproc_dir: str | None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown; a word too short to be one would only blot out the log."""
        found = (
            self.line_channel_secret,
            self.line_channel_access_token,
            self.telegram_bot_token,
            self.telegram_webhook_secret,
            self.secret_key,
        )
        return tuple(one for one in found if one and len(one) >= 8)

    @property
    def laws_path(self) -> Path:
        """The facts about the cited articles, shipped with the program."""
        return HOME / "data" / "laws.csv"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings: the environment over `.env` over the defaults.

    Raises SettingError, naming the first setting that is wrong and what to do.
    """
    given = environment if environment is not None else {**_env_file(), **os.environ}
    values = {row.name.lower(): _read(row, given) for row in ROWS}
    _check_together(values)
    values["database_url"] = values["database_url"] or f"sqlite:///{values['var_dir']}/bot.sqlite3"
    return Settings(**values)


def prepare_var_dir(settings: Settings) -> None:
    """Make VAR_DIR and see that it can be written; raises SettingError."""
    probe = settings.var_dir / f".probe-{secrets.token_hex(4)}"
    try:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingError(
            "VAR_DIR", f"無法寫入 {settings.var_dir}（{error.strerror}），請改成可寫入的資料夾或調整權限"
        ) from error


def _env_file() -> dict[str, str]:
    path = HOME / ".env"
    return {name: value for name, value in dotenv_values(path).items() if value is not None} if path.exists() else {}


def _read(row: Row, given: Mapping[str, str]) -> Any:
    text = given.get(row.name, "").strip() or row.default
    if text is None:
        return None
    try:
        return row.read(text)
    except ValueError as error:
        raise SettingError(row.name, str(error)) from error


def _check_together(values: Mapping[str, Any]) -> None:
    """What one setting asks of another."""

    def needs(name: str, remedy: str) -> None:
        if not values[name.lower()]:
            raise SettingError(name, remedy)

    if values["line_channel_access_token"]:
        needs("LINE_CHANNEL_SECRET", "有 LINE 存取權杖時也要填，在 LINE Developers 的 Basic settings 頁")
    if values["line_channel_secret"]:
        needs("LINE_CHANNEL_ACCESS_TOKEN", "有 LINE 頻道密鑰時也要填，在 LINE Developers 的 Messaging API 頁")
    if values["telegram_webhook_secret"]:
        needs("TELEGRAM_BOT_TOKEN", "有 Telegram webhook 密鑰時也要填，向 BotFather 索取")
    if values["telegram_bot_token"] and values["public_url"]:
        needs("TELEGRAM_WEBHOOK_SECRET", "用公開網址接收 Telegram 時必填，自訂一串英數字即可")
    if (values["database_url"] or "").startswith("postgresql"):
        needs("SECRET_KEY", "使用 PostgreSQL 時必填，請填一串夠長的隨機字")
