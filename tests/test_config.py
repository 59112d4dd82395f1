"""Settings: typed, refused with the name and the remedy, documented."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
import config
from commands.settings import settings as settings_command
from store.engines import make_engine

HOME = Path(__file__).parent.parent
TOKEN = "123456:ABC-def_1"


def test_nothing_set_is_a_working_bot() -> None:
    settings = app.load_settings({})
    assert settings.channels["line"].line_channel_secret is None
    assert settings.cases_path.name == "cases.csv"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("var/bot.sqlite3")
    assert (settings.office_name, settings.tip_approvals, str(settings.timezone)) == ("政風單位", 1, "Asia/Taipei")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_name_of_postgresql(scheme: str) -> None:
    settings = app.load_settings({"DATABASE_URL": f"{scheme}://u:p@h/d", "SECRET_KEY": "x"})
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize(
    "rest",
    [
        "u:p/w:x%40@h:5432/d?sslmode=require",
        "/d?host=/run/postgresql",
        "u@/d",
        "[::1]:5432/d",
        "u@h?dbname=d",
        "?service=bot",
    ],
)
def test_an_address_of_postgresql_is_read_as_it_is_written(rest: str) -> None:
    settings = app.load_settings({"DATABASE_URL": f"postgresql://{rest}", "SECRET_KEY": "x"})
    assert settings.database_url == f"postgresql+psycopg://{rest}"
    assert make_engine(settings.database_url, 1).url.drivername == "postgresql+psycopg"


def test_a_sqlite_file_may_be_in_the_folder_that_the_program_makes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/bot.sqlite3"
    assert app.load_settings({"VAR_DIR": f"{tmp_path}/var", "DATABASE_URL": url}).database_url == url


BAD = [
    ("LINE_CHANNEL_ACCESS_TOKEN", {"LINE_CHANNEL_SECRET": "s"}),
    ("LINE_CHANNEL_SECRET", {"LINE_CHANNEL_ACCESS_TOKEN": "t"}),
    ("TELEGRAM_BOT_TOKEN", {"TELEGRAM_WEBHOOK_SECRET": "s"}),
    ("TELEGRAM_BOT_TOKEN", {"TELEGRAM_BOT_TOKEN": "no token"}),
    ("TELEGRAM_WEBHOOK_SECRET", {"TELEGRAM_BOT_TOKEN": TOKEN, "PUBLIC_URL": "https://a.b"}),
    ("TELEGRAM_WEBHOOK_SECRET", {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": "no good!"}),
    ("PUBLIC_URL", {"PUBLIC_URL": "www.gov.tw"}),
    ("PUBLIC_URL", {"PUBLIC_URL": "https://a.b/leak?x=1"}),
    ("PUBLIC_URL", {"PUBLIC_URL": "https://a.b/leak#x"}),
    ("DATABASE_URL", {"DATABASE_URL": "mysql://x/y"}),
    ("DATABASE_URL", {"DATABASE_URL": "PostgreSQL//u:p@h/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql+asyncpg://user:word@host/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql+psycopg2://user:word@host/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:word@host:port/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:word@host:65536/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:word@host:/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:word@host:5432"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:word@host/"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:p@ss@host/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://user:p@ss/w@host/d"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite://bot.sqlite3"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite+aiosqlite:///bot.sqlite3"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:////srv/folder/"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:///:memory:"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:////srv/bot.sqlite3?mode=ro"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:////no/such/folder/bot.sqlite3"}),
    ("SECRET_KEY", {"DATABASE_URL": "postgresql://u:p@h/d"}),
    ("REDIS_URL", {"REDIS_URL": "http://x"}),
    ("REDIS_URL", {"REDIS_URL": "redis://:6379"}),
    ("REDIS_URL", {"REDIS_URL": "redis:///0"}),
    ("REDIS_URL", {"REDIS_URL": "redis://queue:port/0"}),
    ("REDIS_URL", {"REDIS_URL": "redis://queue:99999"}),
    ("REDIS_URL", {"REDIS_URL": "redis://queue:6379/first"}),
    ("REDIS_URL", {"REDIS_URL": "unix://"}),
    ("HTTPS_PROXY", {"HTTPS_PROXY": "socks5://proxy:1080"}),
    ("HTTPS_PROXY", {"https_proxy": "http://proxy:port"}),
    ("HTTP_PROXY", {"HTTP_PROXY": "http://:3128"}),
    ("SSL_CERT_FILE", {"SSL_CERT_FILE": "no/such.pem"}),
    ("CASES_PATH", {"CASES_PATH": "no/such.csv"}),
    ("ADMIN_LINE_IDS", {"ADMIN_LINE_IDS": "me"}),
    ("ADMIN_TELEGRAM_IDS", {"ADMIN_TELEGRAM_IDS": "1,x"}),
    ("TIMEZONE", {"TIMEZONE": "Mars/Phobos"}),
    ("TIP_TIME", {"TIP_TIME": "24:00"}),
    ("TIP_APPROVALS", {"TIP_APPROVALS": "0"}),
    ("LOG_FORMAT", {"LOG_FORMAT": "xml"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "yes"}),
    ("ASK_PER_MINUTE", {"ASK_PER_MINUTE": "-1"}),
    ("METRICS_TOKEN", {"METRICS_TOKEN": "two words"}),
    ("LINE_CHANNEL_ACCESS_TOKEN", {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "to\u200bken"}),
    ("LINE_CHANNEL_ACCESS_TOKEN", {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "to\nken"}),
    ("LINE_CHANNEL_SECRET", {"LINE_CHANNEL_SECRET": "ｓｅｃｒｅｔ", "LINE_CHANNEL_ACCESS_TOKEN": "t"}),
    ("TELEGRAM_BOT_TOKEN", {"TELEGRAM_BOT_TOKEN": "１２３:ABC-def_1"}),
    ("TIP_TIME", {"TIP_TIME": "0９:00"}),
    ("TIP_APPROVALS", {"TIP_APPROVALS": "1０"}),
]


@pytest.mark.parametrize(("name", "given"), BAD)
def test_a_wrong_setting_is_named_once_with_a_remedy(name: str, given: dict[str, str]) -> None:
    with pytest.raises(config.SettingError) as caught:
        app.load_settings(given)
    assert caught.value.name == name
    assert str(caught.value).startswith(f"設定 {name}：")
    assert not any(len(value) > 3 and value in str(caught.value) for value in given.values()), "it shows the value"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    settings = app.load_settings({"VAR_DIR": str(blocked / "var")})
    with pytest.raises(config.SettingError, match="VAR_DIR"):
        config.prepare_var_dir(settings)


@pytest.mark.parametrize("row", app.setting_rows(), ids=lambda row: row.name)
def test_every_setting_is_documented(row: config.Row) -> None:
    assert f"`{row.name}`" in (HOME / "docs" / "settings.md").read_text("utf-8")


def test_the_page_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set, and however wrong."""
    monkeypatch.setenv("TIP_TIME", "half past nine")
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    done = CliRunner().invoke(settings_command)
    assert done.exit_code == 0
    assert done.output == (HOME / "docs" / "settings.md").read_text("utf-8"), "run make docs"


@pytest.mark.parametrize("row", app.setting_rows(), ids=lambda row: row.name)
def test_what_may_hold_a_password_is_secret(row: config.Row) -> None:
    addresses = ("DATABASE_URL", "REDIS_URL", "HTTPS_PROXY", "HTTP_PROXY")
    holds = row.name.endswith(("TOKEN", "SECRET", "PASSWORD", "KEY")) or row.name in addresses
    assert row.secret or not holds


def test_the_password_in_a_url_is_kept_out_of_the_log_also_by_itself() -> None:
    given = {"DATABASE_URL": "postgres://bot:p%40ss/word[1@db.example.org/bot", "SECRET_KEY": "key://secret"}
    whole = "postgresql+psycopg://bot:p%40ss/word[1@db.example.org/bot"
    assert set(app.load_settings(given).secrets) == {whole, "p%40ss/word[1", "key://secret"}
    assert "12345678" in app.load_settings({"HTTPS_PROXY": "bot:12345678@proxy:3128"}).secrets
    assert "12345678" in app.load_settings({"REDIS_URL": "redis://:12345678@queue:6379/0"}).secrets


def test_processes_that_start_at_once_have_one_signing_key(tmp_path: Path) -> None:
    settings = app.load_settings({"VAR_DIR": str(tmp_path)})
    with ThreadPoolExecutor(8) as pool:
        (key,) = set(pool.map(lambda _: config.secret_key(settings), range(8)))
    assert len(key) == 64
    assert config.secret_key(settings) == key
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", ["", "\n", "0" * 63, "0" * 65, "g" * 64, "鑰" * 64])
def test_a_kept_key_that_is_no_whole_key_is_said(tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret_key").write_text(kept, "utf-8")
    with pytest.raises(config.SettingError, match="請刪掉這個檔案"):
        config.secret_key(app.load_settings({"VAR_DIR": str(tmp_path)}))


@pytest.mark.parametrize("text", ["data/\x00", "\ud800", "a\x1b[31m", "\x7f"])
@pytest.mark.parametrize("name", ["CASES_PATH", "VAR_DIR", "OFFICE_NAME", "PUBLIC_URL", "DATABASE_URL"])
def test_what_nobody_sees_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(config.SettingError, match=f"{name}：.*看不見"):
        app.load_settings({name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [("CASES_PATH", "字" * 300), ("VAR_DIR", "字" * 300), ("PUBLIC_URL", "http://["), ("OFFICE_URL", "https://a.b:x/")],
)
def test_what_can_never_be_is_refused_in_our_words(name: str, text: str) -> None:
    with pytest.raises(config.SettingError, match=f"{name}：[一-鿿]+"):
        app.load_settings({name: text})
