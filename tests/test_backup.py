"""`python bot.py backup`: whole, consistent, without secrets, beside a service that goes on; or nothing at all."""

import fcntl
import os
import signal
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

import store.postgres_tools
from broadcasts.model import Recipient
from core.deeds import Deed
from office.backup_archive import BackupError, Writer
from office.model import Action
from retrieval.versions import Content, Counts, NewVersion
from store import postgres_tools
from store.copies import CopyError
from store.journal import Journal
from store.store import Store
from tests.support.backups import HOME, KEY, Site, without_tools
from tests.support.waiting import wait_for

SECRETS = {
    "LINE_CHANNEL_SECRET": "line-secret-8f2k",
    "LINE_CHANNEL_ACCESS_TOKEN": "line-token-77xq",
    "TELEGRAM_BOT_TOKEN": "12345:telegram-token-k3",
    "REDIS_URL": "redis://:redis-password-9@127.0.0.1:9/0",
    "METRICS_TOKEN": "metrics-token-1",
}


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Site:
    """On either database, with people in it."""
    store.subscribers.import_all(Recipient("telegram", str(number)) for number in range(1, 51))
    store.close()  # else it were in use
    return Site(tmp_path / "site", store.url)


def content(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_write_that_fails_says_where(site: Site, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    process = site.start("backup", tmp_path / "there" / "a.zip", at_most=400_000)
    said = process.communicate()[1].decode()
    assert process.returncode == 1
    assert said.startswith(f"{tmp_path / 'there'}")
    assert "換一個位置" in said
    assert not list((tmp_path / "there").iterdir())


def test_everything_but_secrets_is_in_one_file(site: Site, tmp_path: Path) -> None:
    site.settings |= {
        **SECRETS,
        "OFFICE_URL": "https://name:url-password@bot.example.org",
        "OFFICE_NAME": "政風 '室' #1",
    }
    Journal(site.var_dir / "journal").add(Deed("stop", ("telegram", "7"), 1.0))
    ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 0, ran.output
    held = content(tmp_path / "a.zip")
    assert {"manifest.json", "settings.env", "library/shipped/cases.csv"} <= set(held)
    assert [name for name in held if name.startswith("journal/")]
    assert ("store.sqlite3" if site.is_sqlite else "store.pgdump") in held
    for secret in (KEY, *SECRETS.values(), "redis-password-9", "url-password"):
        assert not [name for name, data in held.items() if secret.encode() in data]
        assert secret not in ran.output
    settings = held["settings.env"].decode()
    assert "# LINE_CHANNEL_SECRET=\n" in settings
    assert "OFFICE_NAME='政風 \\'室\\' #1'\n" in settings
    assert "LINE_CHANNEL_SECRET" in ran.output, "what to keep elsewhere is named"
    assert "個人資料" in ran.output
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.zip",
        *(["bot.sqlite3"] if site.is_sqlite else []),
        "site",
    ]


def test_the_settings_can_be_read_back(site: Site, tmp_path: Path) -> None:
    from dotenv import dotenv_values

    site.settings["OFFICE_NAME"] = "政風 '室' #1 \\ 甲"
    site.run("backup", tmp_path / "a.zip")
    (tmp_path / "settings.env").write_bytes(content(tmp_path / "a.zip")["settings.env"])
    assert dotenv_values(tmp_path / "settings.env")["OFFICE_NAME"] == "政風 '室' #1 \\ 甲"


def test_the_versions_of_the_library_can_be_read_without_the_program(site: Site, tmp_path: Path) -> None:
    with site.store() as store:
        for cases in (b"first", b"second"):
            version = NewVersion(Content(cases, b"q", b"l", b"g"), Counts(1, 1, 1, 1), "somebody", "")
            store.library_versions.save(version)
    site.run("backup", tmp_path / "a.zip")
    held = content(tmp_path / "a.zip")
    assert (held["library/1/cases.csv"], held["library/2/cases.csv"]) == (b"first", b"second")
    assert {f"library/2/{name}.csv" for name in ("cases", "questions", "laws", "guides")} <= set(held)


def test_it_is_written_down_and_known_to_doctor(site: Site, tmp_path: Path) -> None:
    site.run("backup", tmp_path / "a.zip")
    with site.store() as store:
        assert [line.action for line in store.actions.find({}, 5)] == [Action.BACKUP]
    assert "還沒有備份過" not in site.run("doctor").output


@contextmanager
def writing(site: Site) -> Iterator[list[int]]:
    """A service that writes all the time: a subscriber and a vote in each transaction; how many it has made."""
    stopping, made = threading.Event(), [0]

    def write() -> None:
        with site.store() as store:
            while not stopping.is_set():
                number = made[0] + 1000
                with store.transaction() as connection:
                    connection.execute(
                        text("INSERT INTO subscribers VALUES ('telegram', :at, 'active', 0, 0, 0)"), {"at": str(number)}
                    )
                    connection.execute(
                        text("INSERT INTO votes VALUES (:card, 1, :so, 0)"), {"card": str(number), "so": True}
                    )
                made[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield made
        was = made[0]
        wait_for(lambda: made[0] > was)  # it has not been stopped by the backup
    finally:
        stopping.set()
        thread.join()


def test_while_a_service_writes_it_is_of_one_moment(site: Site, tmp_path: Path) -> None:
    with writing(site) as made:
        wait_for(lambda: made[0] > 20)
        ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 0, ran.output
    with site.store() as store, store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM votes")
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert ran.exit_code == 0, ran.output
    with site.store() as store, store.transaction() as connection:
        people, votes = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("subscribers", "votes")
        )
    assert people == votes + 50
    assert votes > 20


def test_a_file_that_is_there_is_kept(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    ran = site.run("backup", tmp_path / "a.zip")
    assert (ran.exit_code, (tmp_path / "a.zip").read_text()) == (1, "mine")
    assert "--yes" in ran.output
    assert site.run("backup", tmp_path / "a.zip", "--yes").exit_code == 0
    assert "manifest.json" in content(tmp_path / "a.zip")


@pytest.mark.parametrize(("path", "said"), [("no/where/a.zip", "找不到這個檔案或資料夾"), (".", "--yes")])
def test_a_place_that_is_none(site: Site, tmp_path: Path, path: str, said: str) -> None:
    ran = site.run("backup", tmp_path / path)
    assert ran.exit_code == 1
    assert said in ran.output


def test_nothing_to_copy(tmp_path: Path) -> None:
    site = Site(tmp_path)
    ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert "還沒有資料庫" in ran.output
    assert not site.database.exists()
    assert not (tmp_path / "a.zip").exists()


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.database.write_bytes(b"SQLite no more" * 500)
    ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert "這不是 SQLite 資料庫" in ran.output
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


@pytest.mark.parametrize(("told", "said"), [("", "找不到 pg_dump"), ("pg_dump (PostgreSQL) 9.6.24", "第 9 版")])
def test_postgresqls_own_program_is_not_there_or_too_old(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, said: str
) -> None:
    monkeypatch.setattr(store.postgres_tools, "FOLDERS", ())
    site = Site(tmp_path / "site", postgres)
    with site.store() as opened:
        opened.migrate()
    site.settings["PATH"] = without_tools(tmp_path / "bin", told)
    ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert said in ran.output
    assert "apt install postgresql-client-" in ran.output
    assert not (tmp_path / "a.zip").exists()


def test_a_library_of_any_name_can_be_put_back(site: Site, tmp_path: Path) -> None:
    own = tmp_path / "案例 2026.csv"
    own.write_bytes((HOME / "data" / "cases.csv").read_bytes())
    site.settings["CASES_PATH"] = str(own)
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0
    assert content(tmp_path / "a.zip")["library/shipped/cases.csv"] == own.read_bytes()
    assert site.run("restore", tmp_path / "a.zip", "--yes").exit_code == 0


def test_what_no_restore_would_take_is_not_written(tmp_path: Path) -> None:
    with closing(Writer(tmp_path / "a.zip")) as writer, pytest.raises(BackupError, match="案例"):
        writer.add("library/shipped/案例.csv", b"")


@pytest.mark.parametrize("query", ["password=pass-word-x", "sslmode=prefer&password=pass-word-x"])
def test_a_password_behind_the_question_mark_is_on_no_command_line(tmp_path: Path, query: str) -> None:
    url = make_url(f"postgresql+psycopg://bot@db.example.org/bot?{query}")
    assert "pass-word" not in postgres_tools.address(url, tmp_path)
    assert (tmp_path / "password").read_text() == "*:*:*:*:pass-word-x\n"
    assert (tmp_path / "password").stat().st_mode & 0o077 == 0
    with pytest.raises(CopyError, match="sslpassword"):
        postgres_tools.address(url.update_query_dict({"sslpassword": "x"}), tmp_path)


def test_a_database_that_is_down_is_said_without_its_password(tmp_path: Path) -> None:
    ran = Site(tmp_path, "postgresql+psycopg://x:pass-word-x@127.0.0.1:9/x").run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert "請確認主機" in ran.output
    assert "pass-word" not in ran.output


@contextmanager
def held_up(site: Site) -> Iterator[None]:
    """pg_dump waits for a table meanwhile."""
    with site.store() as store, store.transaction() as connection:
        connection.exec_driver_sql("LOCK TABLE votes IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_it_leaves_nothing(postgres: str, tmp_path: Path, sign: int) -> None:
    site = Site(tmp_path / "site", postgres)
    with site.store() as store:
        store.migrate()
    folder = tmp_path / "backups"
    folder.mkdir()
    with held_up(site):
        process = site.start("backup", folder / "a.zip")
        wait_for(lambda: any(folder.glob(".bot-backup-*/store.pgdump")), 30)
        process.send_signal(sign)
        process.communicate(timeout=30)
        assert process.returncode != 0
    if sign == signal.SIGKILL:
        assert [path.name for path in folder.iterdir() if not path.name.startswith(".bot-backup-")] == []
        assert site.run("backup", folder / "b.zip").exit_code == 0, "the next one takes away what is left"
        assert [path.name for path in folder.iterdir()] == ["b.zip"]
    else:
        assert list(folder.iterdir()) == []


def test_what_another_is_writing_just_now_stays(site: Site, tmp_path: Path) -> None:
    other = tmp_path / ".bot-backup-1"
    other.mkdir()
    handle = os.open(other, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0
    assert other.exists()
    os.close(handle)
