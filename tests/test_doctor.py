"""`python bot.py doctor`: a line for each check, each fault with its remedy, no secret, and never for long."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
import config
from broadcasts.model import Recipient
from store.store import Store
from tests.support import line_events, telegram_updates
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.redis_server import StartsRedis
from tests.support.wire import Call, Fault

HERE = "https://bot.example.org"
KEY = "a-signing-key-of-more-than-thirty-two-characters"


class Deployment:
    """A deployment as its environment; `look` runs the command over it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        monkeypatch.setattr(config, "ENV_FILE", folder / ".env")
        self.settings = {"VAR_DIR": str(folder / "var"), "SECRET_KEY": KEY, "TRUSTED_PROXIES": "1"}

    def look(self, *options: str) -> tuple[int, str]:
        for name, value in self.settings.items():
            self._monkeypatch.setenv(name, value)
        ran = CliRunner().invoke(cli.main, ["doctor", *options])
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran.exit_code, ran.output

    def lines(self) -> dict[str, str]:
        """By the name of each check; a name that comes again is the later one."""
        return {line.split("　")[2].partition("：")[0]: line for line in self.look()[1].splitlines() if "　" in line}

    def stored(self) -> Store:
        """Its database with all tables, and a worker that is there."""
        (self.folder / "var").mkdir(mode=0o700, exist_ok=True)
        store = Store(self.settings.get("DATABASE_URL") or f"sqlite:///{self.folder}/var/bot.sqlite3")
        store.migrate()
        store.workers.note("host:7")
        return store


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return Deployment(tmp_path, monkeypatch)


@pytest.fixture
def whole(deployment: Deployment, line: FakeLine, telegram: FakeTelegram) -> Iterator[Deployment]:
    """Both platforms, everything as it should be."""
    deployment.settings |= {
        "PUBLIC_URL": HERE,
        "LINE_CHANNEL_SECRET": line_events.SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
        "LINE_API_BASE": line.base,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": telegram_updates.SECRET,
        "TELEGRAM_API_BASE": telegram.base,
    }
    line.webhook, telegram.webhook = f"{HERE}/webhook/line", f"{HERE}/webhook/telegram"
    with closing(deployment.stored()):
        yield deployment


def test_a_deployment_where_all_is_well(whole: Deployment) -> None:
    (whole.folder / "var" / "last_backup").touch()
    code, said = whole.look()
    assert code == 0, said
    assert "✗" not in said
    assert "!" not in said
    assert said.splitlines()[-1] == "都正常。"
    for part in (
        "LINE 權杖",
        "Telegram 權杖",
        "LINE webhook",
        "從平台連到這裡",
        "時鐘（和 LINE 比）",
        "時鐘（和 Telegram 比）",
    ):
        assert part in said
    assert all(line.startswith("✓ 正常　") for line in said.splitlines()[:-1])


def test_no_secret_is_shown_whatever_a_platform_says(whole: Deployment, telegram: FakeTelegram) -> None:
    telegram.webhook_facts = {
        "pending_update_count": 3,
        "last_error_date": int(time.time()),
        "last_error_message": f"cannot resolve {TOKEN}",
    }
    for options in ((), ("--json",)):
        _, said = whole.look(*options)
        assert not [name for name in (*whole.settings,) if "TOKEN" in name and whole.settings[name] in said]
        assert "cannot resolve" in said
        assert KEY not in said
        assert line_events.SECRET not in said


def test_as_json_for_whoever_watches(whole: Deployment) -> None:
    code, said = whole.look("--json")
    found: list[dict[str, Any]] = json.loads(said)
    assert code == 0
    assert {tuple(each) for each in found} == {("check", "state", "said", "remedy")}
    assert {each["state"] for each in found} == {"ok", "notice"}
    assert all(each["remedy"] for each in found if each["state"] != "ok")


def test_nothing_is_made_where_nothing_is(deployment: Deployment) -> None:
    code, said = deployment.look()
    assert code == 1
    assert "資料庫　種類：還沒有建立。請執行 python bot.py migrate" in said
    assert list(deployment.folder.iterdir()) == []


def test_a_database_without_tables(deployment: Deployment) -> None:
    (deployment.folder / "var").mkdir()
    (deployment.folder / "var" / "bot.sqlite3").touch()
    line = deployment.lines()["資料表版本"]
    assert line.startswith("✗ 不行")
    assert line.endswith("請執行 python bot.py migrate")


@pytest.mark.parametrize(("revision", "remedy"), [("0006", "bot.py migrate"), ("9999", "換回較新的程式")])
def test_a_database_of_another_release(deployment: Deployment, revision: str, remedy: str) -> None:
    with closing(deployment.stored()) as store, store.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    line = deployment.lines()["資料表版本"]
    assert line.startswith("✗ 不行")
    assert remedy in line


def test_tables_that_are_not_what_their_revision_says(deployment: Deployment) -> None:
    with closing(deployment.stored()) as store, store.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE votes RENAME COLUMN helped TO elsewhere")
    line = deployment.lines()["資料表版本"]
    assert line.startswith("✗ 不行")
    assert "votes" in line


def test_what_it_wrote_is_taken_back(deployment: Deployment) -> None:
    with closing(deployment.stored()) as store:
        assert "試寫一筆" in deployment.lines()["寫入"]
        assert [name for name, _ in store.workers.seen()] == ["host:7"]


def test_a_database_that_takes_nothing(deployment: Deployment) -> None:
    with closing(deployment.stored()) as store, store.transaction() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON workers BEGIN SELECT RAISE(ABORT, 'read only'); END"
        )
    assert deployment.lines()["寫入"].startswith("✗ 不行")


def test_a_database_and_a_redis_that_are_down(deployment: Deployment) -> None:
    deployment.settings |= {
        "DATABASE_URL": "postgresql://someone:pass-word-x@127.0.0.1:9/x",
        "REDIS_URL": "redis://:pass-word-y@127.0.0.1:9/0",
    }
    code, said = deployment.look()
    assert code == 1
    assert "✗ 不行　資料庫　種類：設定 DATABASE_URL：" in said
    assert "請確認主機與埠" in said
    assert "✗ 不行　佇列　連線：連不上" in said
    assert "pass-word" not in said


def test_on_postgresql_and_redis(deployment: Deployment, postgres: str, redis: StartsRedis) -> None:
    deployment.settings |= {"DATABASE_URL": postgres.replace("+psycopg", ""), "REDIS_URL": redis()[0]}
    with closing(Store(postgres)) as store:
        store.migrate()
        store.workers.note("host:7")
    lines = deployment.lines()
    assert "PostgreSQL " in lines["種類"]
    assert [lines[name][0] for name in ("種類", "資料表版本", "寫入", "連線", "最近一次回報")] == ["✓"] * 5
    assert "0 個通知在等" in lines["連線"]


def test_no_worker_since_a_minute(whole: Deployment) -> None:
    with closing(Store(f"sqlite:///{whole.folder}/var/bot.sqlite3", now=lambda: time.time() - 65)) as earlier:
        earlier.workers.note("host:7")
    assert "已經超過 60 秒沒有回報" in whole.lines()["最近一次回報"]


@pytest.mark.parametrize(
    ("name", "value", "check", "state", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY", "!", "只有 5 個字"),
        ("TRUSTED_PROXIES", "0", "TRUSTED_PROXIES", "!", "共用一份每分鐘的題數"),
        ("PUBLIC_URL", "http://bot.example.org", "PUBLIC_URL", "✗", "不是 https"),
        ("PUBLIC_URL", "", "PUBLIC_URL", "✗", "沒有設定"),
        ("ASK_PER_MINUTE", "many", "ASK_PER_MINUTE", "✗", "請填 0 以上的整數"),
        ("TELEGRAM_WEBHOOK_SECRET", "", "TELEGRAM_WEBHOOK_SECRET", "✗", "必填"),
    ],
)
def test_a_setting_that_should_be_another(
    whole: Deployment, name: str, value: str, check: str, state: str, said: str
) -> None:
    whole.settings[name] = value
    lines = whole.lines()
    assert lines[check].startswith(state)
    assert said in lines[check]
    assert lines["種類"].startswith("✓"), "the rest is looked at all the same"


def test_all_wrong_settings_are_told_at_once(deployment: Deployment) -> None:
    deployment.settings |= {"TIP_TIME": "25:00", "TIP_APPROVALS": "no"}
    assert {"TIP_TIME", "TIP_APPROVALS"} <= set(deployment.lines())


def test_a_setting_that_is_wrong_is_not_called_fine_besides(whole: Deployment) -> None:
    """Neither what stands in for it nor that it is unset is told of it."""
    whole.settings |= {"DATABASE_URL": "postgresql://someone@127.0.0.1:9/x", "SECRET_KEY": ""}
    assert [line[0] for line in whole.look()[1].splitlines() if "SECRET_KEY" in line] == ["✗"]
    whole.settings |= {"SECRET_KEY": KEY, "TELEGRAM_BOT_TOKEN": "no token"}
    assert [line[0] for line in whole.look()[1].splitlines() if "TELEGRAM_BOT_TOKEN" in line] == ["✗"]


def test_where_the_database_is_not_known_nothing_is_guessed(deployment: Deployment) -> None:
    deployment.settings["DATABASE_URL"] = "mysql://x"
    code, said = deployment.look()
    assert code == 1
    assert "✗ 不行　設定　DATABASE_URL" in said
    assert "要等設定改好才能做" in said
    assert "資料庫　種類" not in said


def test_an_env_file_that_cannot_be_read(deployment: Deployment) -> None:
    (deployment.folder / ".env").write_bytes(b"OFFICE_NAME=\xff\xfe\xfa\n")
    assert deployment.look()[0] == 1


def test_files_that_others_can_read(deployment: Deployment) -> None:
    del deployment.settings["SECRET_KEY"]
    with closing(deployment.stored()):
        (deployment.folder / "var").chmod(0o755)
        (deployment.folder / "var" / "secret_key").write_text("ab" * 32)
        (deployment.folder / "var" / "secret_key").chmod(0o644)
        (deployment.folder / ".env").write_text("OFFICE_NAME=x\n")
        (deployment.folder / ".env").chmod(0o644)
        code, said = deployment.look()
    assert code == 0, "each is to be noticed, none keeps it from working"
    for path in ("var", "var/secret_key", ".env"):
        assert f"{deployment.folder}/{path}" in said
    assert said.count("chmod") == 3


def test_a_folder_that_is_a_file(deployment: Deployment) -> None:
    for path in (deployment.folder / "var", deployment.folder / "var" / "below"):
        (deployment.folder / "var").touch()
        deployment.settings["VAR_DIR"] = str(path)
        line = deployment.lines()["VAR_DIR"]
        assert line.startswith("✗ 不行")
        assert "是檔案" in line
        assert "chown" not in line


def test_a_key_that_is_not_whole(deployment: Deployment) -> None:
    del deployment.settings["SECRET_KEY"]
    with closing(deployment.stored()):
        (deployment.folder / "var" / "secret_key").write_text("ab")
        assert deployment.lines()["簽署用的鑰匙"].startswith("✗ 不行")


def test_shipped_files_that_are_gone(deployment: Deployment) -> None:
    deployment.settings["GUIDES_PATH"] = str(deployment.folder / "gone.csv")
    assert deployment.lines()["GUIDES_PATH"].startswith("✗ 不行")


# platforms


@pytest.mark.parametrize(("name", "title"), [("LINE_CHANNEL_ACCESS_TOKEN", "LINE"), ("TELEGRAM_BOT_TOKEN", "Telegram")])
def test_a_token_that_is_refused(whole: Deployment, name: str, title: str) -> None:
    whole.settings[name] = "987654:another-token"
    line = whole.lines()[f"{title} 權杖"]
    assert line.startswith("✗ 不行")
    assert line.endswith(f"填進 {name}")
    assert "another-token" not in line


@pytest.mark.parametrize(("ahead", "word"), [(300, "慢了"), (-300, "快了")])
def test_a_clock_that_is_wrong(
    whole: Deployment, line: FakeLine, telegram: FakeTelegram, ahead: float, word: str
) -> None:
    line.ahead = telegram.ahead = ahead
    lines = whole.lines()
    for title in ("LINE", "Telegram"):
        assert lines[f"時鐘（和 {title} 比）"].startswith("✗ 不行")
        assert word in lines[f"時鐘（和 {title} 比）"]


def test_without_a_platform_the_clock_is_not_known(deployment: Deployment) -> None:
    assert deployment.lines()["時鐘"].startswith("! 注意")


def test_webhooks_that_are_not_set(whole: Deployment, line: FakeLine, telegram: FakeTelegram) -> None:
    line.webhook = telegram.webhook = ""
    lines = whole.lines()
    for title in ("LINE", "Telegram"):
        assert lines[f"{title} webhook"].startswith("✗ 不行")
        assert lines[f"{title} webhook"].endswith(f"python bot.py webhook set {HERE}")


def test_webhooks_that_are_set_elsewhere(whole: Deployment, line: FakeLine, telegram: FakeTelegram) -> None:
    line.webhook = telegram.webhook = "https://other.example.org/hook?secret=x"
    lines = whole.lines()
    for title in ("LINE", "Telegram"):
        assert "https://other.example.org/hook，不是這裡的" in lines[f"{title} webhook"]
    assert not line.calls_of("test"), "only what is ours is tried"


def test_a_webhook_that_is_not_used(whole: Deployment, line: FakeLine) -> None:
    line.webhook_on = False
    assert "Use webhook" in whole.lines()["LINE webhook"]


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"statusCode": 0, "reason": "COULD_NOT_CONNECT", "detail": "Connection timed out"}, "COULD_NOT_CONNECT"),
        ({"statusCode": 401, "reason": "ERROR_STATUS_CODE", "detail": "401"}, "LINE_CHANNEL_SECRET"),
        ({"statusCode": 502, "reason": "ERROR_STATUS_CODE", "detail": "502"}, "連不到"),
    ],
)
def test_line_does_not_reach_this_server(whole: Deployment, line: FakeLine, told: dict[str, Any], word: str) -> None:
    line.reached_us = {"success": False, **told}
    found = whole.lines()["LINE 從平台連到這裡"]
    assert found.startswith("✗ 不行")
    assert word in found


def test_lines_own_limit_of_trying(whole: Deployment, line: FakeLine) -> None:
    line.faults.append(Fault(429, "The API rate limit has been exceeded.", method="test"))
    found = whole.lines()["LINE 從平台連到這裡"]
    assert found.startswith("! 注意")
    assert "60 次" in found


@pytest.mark.parametrize(("waiting", "state"), [(4, "✗"), (0, "!")])
def test_telegram_does_not_reach_this_server(
    whole: Deployment, telegram: FakeTelegram, waiting: int, state: str
) -> None:
    telegram.webhook_facts = {
        "pending_update_count": waiting,
        "last_error_date": int(time.time()) - 60,
        "last_error_message": "Wrong response from the webhook: 401 Unauthorized",
    }
    found = whole.lines()["Telegram 平台最近一次送不到"]
    assert found.startswith(state)
    assert "401 Unauthorized" in found


def test_telegram_is_fetched_while_a_webhook_takes_the_updates(whole: Deployment, telegram: FakeTelegram) -> None:
    del whole.settings["PUBLIC_URL"], whole.settings["TELEGRAM_WEBHOOK_SECRET"]
    assert "沒有 PUBLIC_URL，卻登記了" in whole.lines()["Telegram webhook"]


@pytest.mark.parametrize(("people", "state"), [(3, "!"), (2, "✓")])
def test_the_quota_against_who_subscribes(whole: Deployment, line: FakeLine, people: int, state: str) -> None:
    line.quota, line.used = 500, 498
    with closing(whole.stored()) as store:
        store.subscribers.import_all(Recipient("line", f"U{number:032x}") for number in range(people))
    found = whole.lines()["LINE 本月的訊息額度"]
    assert found.startswith(state)
    assert f"還剩 2 則，訂閱的有 {people} 人" in found


def test_a_dead_network_costs_a_few_seconds_in_all(whole: Deployment) -> None:
    with socket.socket() as silent, socket.socket() as refusing:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        refusing.bind(("127.0.0.1", 0))
        whole.settings["LINE_API_BASE"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        whole.settings["TELEGRAM_API_BASE"] = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        lines = whole.lines()
    for title in ("LINE", "Telegram"):
        assert lines[f"{title} 權杖"].startswith("✗ 不行")
        assert "127.0.0.1" in lines[f"{title} 權杖"]


def test_a_platform_that_never_ends_is_not_waited_for(whole: Deployment, line: FakeLine) -> None:
    line.misbehave = lambda call: Fault(200, delay=6 if isinstance(call, Call) else 0)
    lines = whole.lines()
    assert "10 秒內沒有查完" in lines["LINE"]
    assert lines["Telegram 權杖"].startswith("✓"), "the other one is told all the same"
