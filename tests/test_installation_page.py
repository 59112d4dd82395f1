"""Facts of the installation: true, and without a secret."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

import app
import checkup
from broadcasts.model import CONSOLE, Recipient
from broadcasts.tips import Tip
from office.checks import LATE_SECONDS
from office.facts import Fact
from office.installation import Installation, SettingState, shown, size_text
from office.model import Role
from retrieval.search import Index
from store.store import Store
from tests.support.console import logged_in

SECRETS = {
    "LINE_CHANNEL_SECRET": "line-secret-8f2k",
    "LINE_CHANNEL_ACCESS_TOKEN": "line-token-77xq",
    "TELEGRAM_BOT_TOKEN": "12345:telegram-token-k3",
    "TELEGRAM_WEBHOOK_SECRET": "hook-secret-5512",
    "SECRET_KEY": "signing-key-0k2m",
    "REDIS_URL": "redis://:redis-password-9@127.0.0.1:9/0",
}
ADMIN = "U" + "ab" * 16


@pytest.fixture
def full(tmp_path: Path, store: Store, index: Index) -> Iterator[app.Bot]:
    """An installation with everything set."""
    others = {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": store.url.replace("+psycopg", ""),
        "PUBLIC_URL": "https://bot.example.org",
        "LINE_API_BASE": "http://someone:base-password-1@127.0.0.1:9",
        "ADMIN_LINE_IDS": ADMIN,
    }
    bot = app.Bot(app.load_settings({**SECRETS, **others}))
    bot.library.swap(index)
    yield bot
    bot.close()


def fact(installation: Installation, title: str, name: str) -> Fact:
    section = next(section for section in installation.sections if section.title.startswith(title))
    return next(fact for fact in section.facts if fact.name == name)


def test_no_secret_and_nobody_is_in_it(full: app.Bot) -> None:
    told = checkup.inspector(full).inspect().text()
    assert full.settings.secrets, "there are some"
    for secret in (*full.settings.secrets, *SECRETS.values(), "redis-password", "base-password", "someone", ADMIN):
        assert secret not in told
    assert told.count("已設定（機密）") == len(SECRETS) + 1, "the database's address too"
    assert "ADMIN_LINE_IDS：1 個（編號不顯示）" in told


def test_an_installation_where_all_is_well(full: app.Bot) -> None:
    full.store.workers.note("host:7")
    installation = checkup.inspector(full).inspect()
    assert [each.name for each in installation.wrong] == ["連線"], "that Redis is not there"
    assert fact(installation, "能不能", "回答問題").value == "可以"
    assert fact(installation, "頻道", "LINE").value == "已啟用"
    assert "host:7" in fact(installation, "背景", "最近一次回報").value
    assert fact(installation, "佇列", "放在").value == "Redis"
    kind = fact(installation, "資料庫", "種類").value
    assert kind.startswith("PostgreSQL " if "postgresql" in full.store.url else "SQLite ")
    assert fact(installation, "資料庫", "資料表版本").value.endswith("（最新）")
    assert fact(installation, "資料庫", "大小").value.endswith(("KB", "MB"))
    assert fact(installation, "案例庫", "使用中").value == "程式附的"
    assert fact(installation, "版本", "Flask").value[0].isdigit()
    assert fact(installation, "設定", "PUBLIC_URL").value == "https://bot.example.org"


def test_what_waits_is_counted(full: app.Bot) -> None:
    full.store.subscribers.import_all([Recipient("telegram", str(number)) for number in range(1, 8)])
    full.broadcasts.approve(full.broadcasts.draft(Tip.own("一句話")), CONSOLE)
    installation = checkup.inspector(full).inspect()
    assert fact(installation, "佇列", "還沒送完的批次").value == "1 批"
    assert fact(installation, "佇列", "還沒收到提醒的人").value == "7 人"


def test_it_names_what_has_to_be_done(full: app.Bot) -> None:
    assert "從來沒有回報過" in fact(checkup.inspector(full).inspect(), "背景", "最近一次回報").value
    with closing(Store(full.store.url, now=lambda: time.time() - LATE_SECONDS - 5)) as earlier:
        earlier.workers.note("host:7")
    full.library.unreadable = "讀不出第 3 版案例庫"
    with full.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
    wrong = checkup.inspector(full).inspect().wrong
    assert [each.name for each in wrong] == ["回答問題", "資料表版本", "連線", "最近一次回報", "案例庫"]
    assert "已經超過 60 秒沒有回報" in wrong[3].value
    assert all("請執行 python bot.py migrate" in each.value for each in wrong[:2])
    assert "〔要處理〕資料表版本" in checkup.inspector(full).inspect().text()


def test_a_channel_that_is_off_names_what_is_missing(bot: app.Bot) -> None:
    value = fact(checkup.inspector(bot).inspect(), "頻道", "Telegram").value
    assert value == "沒有啟用：還沒設定 TELEGRAM_BOT_TOKEN"


def test_a_database_that_is_down_is_a_fact_too(tmp_path: Path, index: Index) -> None:
    environment = {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://x:pass-word-x@127.0.0.1:9/x",
        "SECRET_KEY": "k",
    }
    bot = app.Bot(app.load_settings(environment))
    bot.library.swap(index)
    installation = checkup.inspector(bot).inspect()
    assert {each.name for each in installation.wrong} >= {"回答問題", "種類"}
    assert "pass-word-x" not in installation.text()
    bot.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (SettingState("A", None, True), "未設定"),
        (SettingState("A", "x", True), "已設定（機密）"),
        (SettingState("A", (), False), "未設定"),
        (SettingState("A", ("1", "2"), False), "2 個（編號不顯示）"),
        (SettingState("A", 0, False), "0"),
        (SettingState("A", "https://a:b@c.tw/d", False), "https://…@c.tw/d"),
    ],
)
def test_a_setting_is_shown_as_anybody_may_see_it(setting: SettingState, value: str) -> None:
    assert shown(setting) == value


def test_sizes_are_said_in_the_unit_that_fits() -> None:
    assert [size_text(size) for size in (512, 2048, 5 * 2**20, 3 * 2**30)] == ["512 B", "2.0 KB", "5.0 MB", "3.0 GB"]


def test_owners_read_copy_and_download_it(bot: app.Bot) -> None:
    client = logged_in(bot)
    page = client.get("/admin/installation")
    assert page.status_code == 200
    assert "<textarea" in page.text
    assert "從來沒有回報過" in page.text
    answer = client.get("/admin/installation.txt")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    today = datetime.now(bot.settings.timezone)
    assert f"{today:%Y-%m-%d}.txt" in answer.headers["Content-Disposition"]
    assert "【設定】\r\n" in answer.data.decode("utf-8-sig")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SENDER])
def test_it_is_the_owners_business(bot: app.Bot, role: Role) -> None:
    client = logged_in(bot, role)
    for path in ("installation", "installation.txt"):
        assert client.get(f"/admin/{path}").status_code == 403
    assert "安裝狀況" not in client.get("/admin/").text
