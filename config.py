"""Settings: a setting is one row, the field of a settings class. The only file that reads the environment.

A channel declares its own settings in its folder (handlers/*/channel.py) with the same `setting`.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from settings import given as given_settings
from settings import key_file
from settings.database_url import as_database_url, lacks_folder
from settings.rows import Row as Row
from settings.rows import SettingError as SettingError
from settings.rows import require as require
from settings.rows import rows as rows
from settings.rows import setting as setting
from settings.rows import value as value_of
from settings.rows import values as values_of
from settings.types import (
    HOME,
    Phone,
    as_count,
    as_count_or_none,
    as_file,
    as_folder,
    as_http_url,
    as_log_format,
    as_page_url,
    as_phone,
    as_proxy_url,
    as_redis_url,
    as_second_factor,
    as_text,
    as_time_of_day,
    as_token,
    as_zone,
)
from settings.way_out import DIRECT, WayOut

ENV_FILE = HOME / ".env"


@dataclass(frozen=True)
class ChannelSettings:
    """What the settings of a channel have in common; `way_out` is that of the whole program."""

    way_out: WayOut = field(default=DIRECT, kw_only=True)

    def check(self, public_url: str | None) -> None:
        """What one setting asks of another; raises SettingError."""


@dataclass(frozen=True)
class Settings:
    """Every setting of the program, typed; unset optional ones are None. `channels`: each channel's own settings.

    `remarks`: what stops nothing, and whoever wrote the settings had better know.
    """

    channels: Mapping[str, Any]
    remarks: tuple[str, ...] = field(default=(), kw_only=True)
    public_url: str | None = setting(
        as_http_url,
        None,
        "外界連到這台伺服器的網址，`https://…`；在反向代理的路徑下就連路徑一起寫，如 `https://x.gov.tw/leak`",
    )
    database_url: str = setting(
        as_database_url,
        None,
        "`sqlite:///路徑`、`postgres://…` 或 `postgresql://…`；不設就用 `VAR_DIR` 裡的 SQLite",
        secret=True,
    )
    redis_url: str | None = setting(
        as_redis_url, None, "設了，佇列就在 Redis；不設，佇列在 `VAR_DIR` 裡的 SQLite", secret=True
    )
    var_dir: Path = setting(as_folder, "var", "程式寫的檔案都放在這個資料夾")
    cases_path: Path = setting(as_file, "data/cases.csv", "隨程式附的案例庫")
    questions_path: Path = setting(as_file, "data/questions.csv", "隨程式附的題庫")
    guides_path: Path = setting(as_file, "data/guides.csv", "隨程式附的一般提醒，沒有案例相符時的回答")
    office_name: str = setting(as_text, "政風單位", "要找真人時的單位，每張卡片都會寫")
    office_contact: str | None = setting(as_text, None, "怎麼聯絡這個單位，也寫在卡片上")
    office_phone: Phone | None = setting(as_phone, None, "這個單位的電話，卡片上點了就撥，例如 `02-2345-6789 分機 123`")
    office_url: str | None = setting(as_page_url, None, "這個單位的網頁，卡片上點得到，`https://…`")
    timezone: ZoneInfo = setting(as_zone, "Asia/Taipei", "每日提醒的時區")
    tip_time: str | None = setting(as_time_of_day, None, "`HH:MM`：上班日到了這個時間就送每日提醒；不設就不送")
    tip_approvals: int = setting(as_count, "1", "一則提醒要幾位管理者同意才送出，發起的人也算一位")
    secret_key: str | None = setting(
        as_text,
        None,
        "簽署管理後台的登入、網頁的表單與卡片上的評價，至少 32 個隨機的字；不設就在 `VAR_DIR` 裡自己產生一把，"
        "使用 PostgreSQL 時必填，幾台伺服器要填同一把",
        secret=True,
    )
    trusted_proxies: int = setting(
        as_count_or_none,
        "0",
        "前面有幾層反向代理。代理以 `X-Forwarded-For`、`X-Forwarded-Proto` 說誰連進來，只信這幾層說的；"
        "沒有代理一定要是 0，否則誰都能假冒別人的位址",
    )
    ask_per_minute: int = setting(
        as_count_or_none, "30", "一個來源位址、或通訊軟體上的一個人，一分鐘可以問幾題；0 就不限"
    )
    metrics_token: str | None = setting(
        as_token, None, "設了，`/metrics` 要帶 `Authorization: Bearer …`；不設，只有本機看得到", secret=True
    )
    console_second_factor: str = setting(
        as_second_factor, "optional", "管理後台的第二道驗證（手機驗證碼）：`optional` 各自決定，`required` 每個帳號都要"
    )
    https_proxy: str | None = setting(
        as_proxy_url,
        None,
        "呼叫 LINE、Telegram 時經過的代理伺服器，`http://主機:埠`，要帳號密碼時 `http://帳號:密碼@主機:埠`",
        secret=True,
        shared=True,
    )
    http_proxy: str | None = setting(
        as_proxy_url, None, "同上，給網址是 `http://` 的（自架的 Telegram Bot API，測試）", secret=True, shared=True
    )
    no_proxy: str = setting(
        as_text,
        "",
        "不經過代理的主機，以逗號分隔：`gov.tw` 含它底下的主機，也可寫位址、網段（`10.0.0.0/8`）或 `*`",
        shared=True,
    )
    ssl_cert_file: Path | None = setting(
        as_file, None, "信任的憑證檔（PEM），代替系統的；機關的代理伺服器重新簽署 TLS 時才要設", shared=True
    )
    log_format: str = setting(as_log_format, "text", "`text`，或 `json`（一行一個 JSON 物件）")
    prometheus_multiproc_dir: str | None = setting(
        as_text, None, "由 `gunicorn.conf.py` 設定，讓各個網頁行程的統計加在一起"
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown, the password in a URL also by itself; too short a word would blot out the log."""
        values = [
            getattr(holder, row.name.lower()) or ""
            for holder in (self, *self.channels.values())
            for row in rows(type(holder))
            if row.secret
        ]
        passwords = [password for value in values for password in re.findall(r"://[^:@/]*:(.+)@", value)]
        return tuple(secret for secret in (*values, *passwords) if len(secret) >= 8)

    @property
    def laws_path(self) -> Path:
        """The facts about the cited articles, shipped with the program."""
        return HOME / "data" / "laws.csv"

    @property
    def library_paths(self) -> tuple[Path, Path, Path, Path, Path]:
        """The files of the shipped library: cases, questions, laws, guides, what cases have beside their columns."""
        details = HOME / "data" / "case_details.csv"
        return self.cases_path, self.questions_path, self.laws_path, self.guides_path, details


def load(kinds: Mapping[str, type[ChannelSettings]], environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, those of each channel too: the environment over `.env` over the defaults.

    Raises SettingError, naming the first setting that is wrong and what to do.
    """
    every_row = [row for kind in (*kinds.values(), Settings) for row in rows(kind)]
    own, file = (os.environ, ENV_FILE) if environment is None else (environment, None)
    given, remarks = given_settings.look_up(every_row, own, file)
    values = values_of(Settings, given)
    way_out = WayOut(values["https_proxy"], values["http_proxy"], values["no_proxy"], values["ssl_cert_file"])
    channels = {name: kind(**values_of(kind, given), way_out=way_out) for name, kind in kinds.items()}
    for channel in channels.values():
        channel.check(values["public_url"])
    values["database_url"] = values["database_url"] or f"sqlite:///{values['var_dir']}/bot.sqlite3"
    if lacks_folder(values["database_url"], values["var_dir"]):
        raise SettingError("DATABASE_URL", "找不到這個檔案的資料夾，請先建立，或換一個路徑")
    if values["database_url"].startswith("postgresql"):
        require("SECRET_KEY", values["secret_key"], "使用 PostgreSQL 時必填，請填一串夠長的隨機字")
    return Settings(channels=channels, remarks=remarks, **values)


def environment_and_file() -> dict[str, str]:
    """What is set, for `load`: the environment over `.env`. Raises SettingError where that cannot be read."""
    return {**given_settings.read_env_file(ENV_FILE).values, **os.environ}


def var_dir() -> Path:
    """VAR_DIR alone, for who needs it before all settings are read; raises SettingError."""
    row = next(row for row in rows(Settings) if row.name == "VAR_DIR")
    folder: Path = value_of(row, environment_and_file())
    return folder


def prepare_var_dir(settings: Settings) -> None:
    """Make VAR_DIR and see that it can be written; raises SettingError."""
    probe = settings.var_dir / f".probe-{secrets.token_hex(4)}"
    try:
        settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingError(
            "VAR_DIR", f"無法寫入 {settings.var_dir}（{error.strerror}），請改成可寫入的資料夾或調整權限"
        ) from error


def secret_key(settings: Settings) -> str:
    """The key that signs logins, forms and cards: the setting, else one that is made once under VAR_DIR.

    Raises OSError, and SettingError where what is kept there is no whole key.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.var_dir / "secret_key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return key_file.read_or_make(path)
    except key_file.DamagedKey:
        raise SettingError(
            "SECRET_KEY", f"{path} 是空的或不完整。請刪掉這個檔案再啟動，會換一把新的，登入的人要重新登入"
        ) from None
