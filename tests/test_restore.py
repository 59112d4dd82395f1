"""`python bot.py restore`: checked before anything is touched, all or nothing, and nothing is sent a second time."""

import hashlib
import json
import random
import time
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
import pytest

from broadcasts.model import CONSOLE, QuotaPolicy, Reason, Recipient, Status
from broadcasts.schedule import is_workday
from broadcasts.tips import Tip
from core.deeds import Deed
from office.action_log import verified
from store.journal import Journal
from store.store import Store
from store.tables import SubscriberState
from tests.support.backups import Site, rewritten
from tests.support.installation import Installation
from tests.support.running import Running
from tests.support.waiting import wait_for

TIP = Tip.own("公務機密不外洩。").stored()
HOUR = 3600


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Site:
    """On either database, with people in it."""
    store.subscribers.import_all(Recipient("telegram", str(number)) for number in range(1, 11))
    store.close()
    return Site(tmp_path / "site", store.url)


@pytest.fixture
def copied(site: Site, tmp_path: Path) -> Path:
    """A backup of it; ten people are in it, and one came since."""
    path = tmp_path / "a.zip"
    ran = site.run("backup", path)
    assert ran.exit_code == 0, ran.output
    with site.store() as store:
        store.subscribers.follow("telegram", "999")
    return path


def refused(site: Site, *arguments: object) -> str:
    """What it says; everything is as it was, and nothing lies about."""
    before, files = site.rows(), sorted(site.var_dir.iterdir())
    ran = site.run("restore", *arguments)
    assert ran.exit_code == 1, ran.output
    assert site.rows() == before
    assert sorted(site.var_dir.iterdir()) == files
    assert "Traceback" not in ran.output
    return ran.output


def test_what_was_is_again_and_what_was_there_is_kept(site: Site, copied: Path) -> None:
    with site.store() as store:
        now, people = site.rows(), store.subscribers.active()
    ran = site.run("restore", copied, "--yes")
    assert ran.exit_code == 0, ran.output
    assert "訂閱提醒的人（含退訂的）：現在 11 筆，還原後 10 筆" in ran.output
    with site.store() as store:
        assert store.subscribers.active() == people[:-1]
        assert verified(store.actions).wrong == ""
    former = next(line for line in ran.output.splitlines() if "before-restore" in line)
    kept = next(
        path for path in (*site.var_dir.iterdir(), *site.var_dir.parent.parent.iterdir()) if path.name in former
    )
    assert kept.stat().st_mode & 0o777 == 0o600
    if site.is_sqlite:
        with closing(Store(f"sqlite:///{kept}")) as back:
            assert back.subscribers.active() == people
    else:
        assert site.run("restore", kept, "--yes").exit_code == 0, "and back"
        assert site.rows() == now
    assert not [path for path in site.var_dir.iterdir() if path.name.startswith(".")]


def test_on_another_machine(site: Site, copied: Path, tmp_path: Path, postgres: str) -> None:
    other = Site(tmp_path / "other", "" if site.is_sqlite else other_database(postgres))
    ran = other.run("restore", copied, "--yes")
    assert ran.exit_code == 0, ran.output
    assert "現在沒有資料庫" in ran.output
    with other.store() as store:
        assert len(store.subscribers.active()) == 10
    assert "before-restore" not in ran.output


def other_database(url: str) -> str:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS other")
        connection.execute("CREATE DATABASE other")
    return url.removesuffix("/postgres") + "/other"


def test_a_backup_of_an_earlier_release_is_brought_to_todays_tables(tmp_path: Path, postgres: str) -> None:
    for number, url in enumerate(("", other_database(postgres))):
        site = Site(tmp_path / str(number), url)
        with site.store() as store:
            store.migrate("0006")
            with store.transaction() as connection:
                person = "(channel, address, state, changed_at) VALUES ('telegram', '7', 'active', 1)"
                connection.exec_driver_sql(f"INSERT INTO subscribers {person}")
        assert site.run("backup", tmp_path / f"{number}.zip").exit_code == 0
        assert site.run("migrate").exit_code == 0
        ran = site.run("restore", tmp_path / f"{number}.zip", "--yes")
        assert ran.exit_code == 0, ran.output
        with site.store() as store:
            assert store.facts.schema() == store.facts.newest_schema()
            assert store.subscribers.active() == [Recipient("telegram", "7")]


def test_whoever_is_asked_can_say_no(site: Site, copied: Path) -> None:
    before = site.rows()
    for answer in ("n\n", ""):
        ran = site.run("restore", copied, answer=answer)
        assert ran.exit_code == 1
        assert "什麼都沒有改" in ran.output
    assert site.rows() == before
    assert site.run("restore", copied, answer="y\n").exit_code == 0


# what is no backup, or none for here


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.999])
def test_a_torn_file(site: Site, copied: Path, share: float) -> None:
    data = copied.read_bytes()
    copied.write_bytes(data[: int(len(data) * share)])
    assert "請換另一份備份" in refused(site, copied, "--yes")


@pytest.mark.parametrize("seed", range(6))
def test_a_bit_that_is_another(site: Site, copied: Path, seed: int) -> None:
    """In what is kept of a part; a date in the ZIP's own lists may be any."""
    with zipfile.ZipFile(copied) as archive:
        info = max(archive.infolist(), key=lambda each: each.compress_size)
    place = random.Random(seed).randrange(info.header_offset + 100, info.header_offset + info.compress_size)
    data = bytearray(copied.read_bytes())
    data[place] ^= 1 << seed
    copied.write_bytes(data)
    assert "請換另一份備份" in refused(site, copied, "--yes")


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04", b"\x1f\x8b\x08\x00"])
def test_no_backup_at_all(site: Site, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(data)
    assert "請換另一份備份" in refused(site, tmp_path / "b.zip", "--yes")


def test_another_zip(site: Site, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("a.txt", "a")
    assert "這不是 python bot.py backup 做的備份" in refused(site, tmp_path / "b.zip", "--yes")


def test_no_file(site: Site, tmp_path: Path) -> None:
    assert "找不到這個檔案" in refused(site, tmp_path / "none.zip", "--yes")


def digest_of(data: bytes) -> list[object]:
    return [len(data), hashlib.sha256(data).hexdigest()]


@pytest.mark.parametrize(
    "name",
    ["../../evil", "/tmp/evil", "journal/../../evil", "journal/..", "library/shipped/../x.csv", "evil"],
)
def test_names_that_lead_elsewhere(site: Site, copied: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(copied) as archive:
        parts = json.loads(archive.read("manifest.json"))["parts"]
    told = {"parts": parts | {name: digest_of(b"evil")}}
    assert "不該在裡面" in refused(site, rewritten(copied, tmp_path / "b.zip", {name: b"evil"}, told), "--yes")
    unsaid = rewritten(copied, tmp_path / "c.zip", {name: b"evil"})
    assert "不該在裡面" in refused(site, unsaid, "--yes")
    assert not list(tmp_path.rglob("evil"))


def test_a_part_that_unfolds_to_more_than_the_manifest_tells(site: Site, copied: Path, tmp_path: Path) -> None:
    bomb = rewritten(copied, tmp_path / "b.zip", {"library/shipped/cases.csv": bytes(50_000_000)})
    assert bomb.stat().st_size < 2_000_000
    assert "和做的時候不一樣" in refused(site, bomb, "--yes")


def test_parts_that_fit_on_no_disk(site: Site, copied: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(copied) as archive:
        parts = json.loads(archive.read("manifest.json"))["parts"]
    parts["settings.env"][0] = 10**15
    assert "磁碟空間不夠" in refused(site, rewritten(copied, tmp_path / "b.zip", {}, {"parts": parts}), "--yes")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"format": 99}, "請先把程式更新"),
        ({"schema": "9999"}, "請先把程式更新"),
        ({"format": "x"}, "讀不懂"),
        ({"store": "oracle"}, "讀不懂"),
        ({"made_at": float("inf")}, "讀不懂"),
        ({"parts": []}, "讀不懂"),
        ({"rows": None}, "讀不懂"),
    ],
)
def test_a_manifest_of_another_release_or_of_nobody(
    site: Site, copied: Path, tmp_path: Path, manifest: dict[str, Any], said: str
) -> None:
    assert said in refused(site, rewritten(copied, tmp_path / "b.zip", {}, manifest), "--yes")


def test_a_backup_of_the_other_database(site: Site, copied: Path, tmp_path: Path, postgres: str) -> None:
    other = Site(tmp_path / "other", other_database(postgres) if site.is_sqlite else "")
    with other.store() as store:
        store.migrate()
    said = refused(other, copied, "--yes")
    assert "SQLite" in said
    assert "PostgreSQL" in said
    assert "請把 DATABASE_URL 改成" in said


def test_a_copy_of_a_database_that_is_none(site: Site, copied: Path, tmp_path: Path) -> None:
    """Its digest is right: somebody made it so, or the disk failed before it was taken."""
    with zipfile.ZipFile(copied) as archive:
        parts = json.loads(archive.read("manifest.json"))["parts"]
    name = "store.sqlite3" if site.is_sqlite else "store.pgdump"
    parts[name] = digest_of(b"no database" * 1000)
    tampered = rewritten(copied, tmp_path / "b.zip", {name: b"no database" * 1000}, {"parts": parts})
    before = site.rows()
    assert site.run("restore", tampered, "--yes").exit_code == 1
    assert site.rows() == before


# a service that runs, or was killed


def test_not_while_others_have_it_open(site: Site, copied: Path) -> None:
    with site.store() as service:
        service.subscribers.count_active()
        said = refused(site, copied, "--yes")
        assert "請先停掉服務" in said
    assert site.run("restore", copied, "--yes").exit_code == 0


def test_force_is_for_sessions_that_are_no_service(site: Site, copied: Path) -> None:
    with site.store() as other:
        other.subscribers.count_active()
        ran = site.run("restore", copied, "--yes", "--force")
        assert ran.exit_code == (1 if site.is_sqlite else 0), ran.output


def test_a_running_service_is_copied_and_a_killed_one_restored(tmp_path: Path) -> None:
    site = Site(tmp_path)
    running = Running(tmp_path, site.settings, "bot.py", "serve", "--port", "{port}")
    try:
        body = json.dumps({"question": "可以把確診名單傳給家人嗎"}).encode()
        assert running.ask("POST", "/api/ask", body, {"Content-Type": "application/json"})[0] == 200
        ran = site.run("backup", tmp_path / "a.zip")
        assert ran.exit_code == 0, ran.output
        assert running.ask("GET", "/readyz")[0] == 200
        assert "請先停掉服務" in site.run("restore", tmp_path / "a.zip", "--yes").output
        assert running.ask("GET", "/readyz")[0] == 200
    finally:
        running.kill()
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert ran.exit_code == 0, ran.output
    with site.store() as store:
        store.check()


def test_in_place_of_a_damaged_database(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with site.store() as store:
        store.migrate()
        store.subscribers.follow("telegram", "7")
    site.run("backup", tmp_path / "a.zip")
    site.database.write_bytes(b"broken" * 5000)
    Path(f"{site.database}-wal").write_bytes(b"left by a crash" * 500)
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert ran.exit_code == 0, ran.output
    assert "現在的資料庫讀不出來" in ran.output
    with site.store() as store:
        assert store.subscribers.active() == [Recipient("telegram", "7")]


# nothing twice, nothing undone


def test_what_was_being_sent_comes_back_paused_and_says_why(site: Site, tmp_path: Path) -> None:
    with site.store() as store:
        create = store.broadcasts.create
        now = time.time()
        sending = create(TIP, QuotaPolicy.ALL, CONSOLE, Status.SENDING, now + HOUR)
        paused = create(TIP, QuotaPolicy.ALL, CONSOLE, Status.PAUSED, now + HOUR)
        due = create(TIP, QuotaPolicy.ALL, CONSOLE, Status.APPROVED, now + HOUR, start_at=now - 60)
        to_come = create(TIP, QuotaPolicy.ALL, CONSOLE, Status.APPROVED, now + 9 * HOUR, start_at=now + 8 * HOUR)
        done = create(TIP, QuotaPolicy.ALL, CONSOLE, Status.DONE, now)
    site.run("backup", tmp_path / "a.zip")
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert "有 3 則提醒" in ran.output
    assert "排在以後的 1 則提醒會照時間送" in ran.output
    with site.store() as store:
        found = {each.id: (each.status, each.reason) for each in store.broadcasts.with_status(*Status)}
    assert found[sending or 0] == found[paused or 0] == (Status.PAUSED, Reason.RESTORED)
    assert found[due or 0] == (Status.LAPSED, Reason.RESTORED)
    assert found[to_come or 0] == (Status.APPROVED, Reason.NONE)
    assert found[done or 0] == (Status.DONE, Reason.NONE)
    told = site.run("tip", "status", sending).output
    assert "從備份還原" in told
    assert "可能已經送給" in told


WAITS_AT_A_LOCK = "PERFORM pg_advisory_xact_lock(216)"


def sending_with_a_trigger(site: Site, does: str) -> None:
    """A tip is being sent, and a trigger, which comes back with its table, meets what is to be done after a restore."""
    with site.store() as store:
        store.migrate()
        store.subscribers.follow("telegram", "5")
        store.broadcasts.create(TIP, QuotaPolicy.ALL, CONSOLE, Status.SENDING, time.time() + HOUR)
        with store.transaction() as connection:
            connection.exec_driver_sql(
                f"CREATE FUNCTION meets() RETURNS trigger AS $$ BEGIN {does}; RETURN NEW; END $$ LANGUAGE plpgsql;"
                "CREATE TRIGGER meets BEFORE UPDATE ON broadcasts FOR EACH ROW"
                " WHEN (NEW.reason = 'restored') EXECUTE FUNCTION meets()"
            )


def schemas(url: str) -> list[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return [name for (name,) in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bot_%'")]


def test_what_is_to_be_done_on_postgresql_fails_and_all_is_as_it_was(postgres: str, tmp_path: Path) -> None:
    site = Site(tmp_path / "site", other_database(postgres))
    sending_with_a_trigger(site, "RAISE 'no'")
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0
    with site.store() as store:
        store.subscribers.stop("telegram", "5")
    before = site.rows()
    assert site.run("restore", tmp_path / "a.zip", "--yes").exit_code == 1
    assert site.rows() == before
    assert schemas(site.url) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_a_backup_of_another_schema_replaces_nothing(postgres: str, tmp_path: Path, is_there: bool) -> None:
    url = other_database(postgres)
    elsewhere, site = Site(tmp_path / "elsewhere", f"{url}?options=-csearch_path%3Dleak"), Site(tmp_path / "site", url)
    execute(url, "CREATE SCHEMA leak")
    with elsewhere.store() as store:
        store.migrate()
    assert elsewhere.run("backup", tmp_path / "a.zip").exit_code == 0
    execute(url, "DROP SCHEMA leak CASCADE" + "; CREATE SCHEMA leak" * is_there)
    with site.store() as store:
        store.migrate()
        store.subscribers.follow("telegram", "5")
    before = site.rows()
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert (ran.exit_code, site.rows()) == (1, before)
    assert "在另一個 schema" in ran.output
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        left = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('leak', 'bot_restoring', 'bot_aside')"
        assert connection.execute(left).fetchone() == (0,)


def execute(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def test_killed_before_all_is_done_and_restored_again(postgres: str, tmp_path: Path) -> None:
    """Who said stop since the backup is known as long as the tables before are there."""
    site = Site(tmp_path / "site", other_database(postgres))
    sending_with_a_trigger(site, WAITS_AT_A_LOCK)
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0
    with site.store() as store:
        store.subscribers.stop("telegram", "5")
    before = site.rows()
    with psycopg.connect(site.url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(216)")
        process = site.start("restore", tmp_path / "a.zip", "--yes", "--force")
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_for(lambda: other.execute(waits).fetchone() == (1,), 30)
        process.kill()
        process.communicate()
    assert site.rows() == before
    assert "備份之後退訂的 1 人，維持退訂" in site.run("restore", tmp_path / "a.zip", "--yes").output
    with site.store() as store:
        assert store.subscribers.state("telegram", "5") == SubscriberState.STOPPED
        assert [each.reason for each in store.broadcasts.with_status(Status.PAUSED)] == [Reason.RESTORED]
    assert schemas(site.url) == []


def test_nobody_gets_a_tip_twice_until_somebody_says_go_on(installation: Installation, tmp_path: Path) -> None:
    people = [str(number) for number in range(5001, 5006)]
    installation.subscribe(line=[], telegram=people)
    number = installation.send()
    site = Site(tmp_path / "site", installation.url)
    site.settings |= installation.environment
    installation.bot.store.close()
    installation.bot.sending_store.close()
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0, "before anybody got it"
    worker = installation.worker()
    installation.finished(number)
    installation.workers.stop(worker)
    installation.bot.store.close()
    installation.bot.sending_store.close()
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    assert ran.exit_code == 0, ran.output
    installation.worker()
    wait_for(lambda: bool(installation.bot.store.workers.seen()))
    told = installation.bot.store.workers.seen()[0][1]
    wait_for(lambda: installation.bot.store.workers.seen()[0][1] > told, 30)
    assert [installation.platforms.reached[chat] for chat in people] == [1] * len(people)
    assert installation.status(number) == Status.PAUSED


def test_the_tip_of_the_day_is_not_made_again(site: Site, tmp_path: Path) -> None:
    today = datetime.now(ZoneInfo("Asia/Taipei")).date()
    site.run("backup", tmp_path / "a.zip")
    site.settings["TIP_TIME"] = "00:00"
    ran = site.run("restore", tmp_path / "a.zip", "--yes")
    with site.store() as store:
        lapsed = [each for each in store.broadcasts.with_status(Status.LAPSED) if each.day == today]
    assert bool(lapsed) == is_workday(today) == ("今天的每日提醒可能已經送過" in ran.output)


def test_whoever_said_stop_since_stays_stopped(site: Site, copied: Path) -> None:
    with site.store() as store:
        store.subscribers.stop("telegram", "5")
        store.subscribers.stop("telegram", "12345")
    ran = site.run("restore", copied, "--yes")
    assert "備份之後退訂的 2 人，維持退訂" in ran.output
    with site.store() as store:
        assert store.subscribers.state("telegram", "5") == SubscriberState.STOPPED
        assert store.subscribers.state("telegram", "12345") == SubscriberState.STOPPED
        assert store.subscribers.state("telegram", "6") == SubscriberState.ACTIVE


def test_nobody_is_logged_in_afterwards(site: Site, tmp_path: Path) -> None:
    with site.store() as store, store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO invitations (digest, name, role, invited_by, expires_at) VALUES ('t', 'n', 'owner', 'x', 9e9)"
        )
        connection.exec_driver_sql(
            "INSERT INTO sessions (digest, account, started_at, seen_at, verified) VALUES ('s', 'n', 1, 1, true)"
        )
    site.run("backup", tmp_path / "a.zip")
    site.run("restore", tmp_path / "a.zip", "--yes")
    with site.store() as store, store.transaction() as connection:
        for table in ("invitations", "sessions"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_what_waited_in_the_journal_waits_again(site: Site, tmp_path: Path) -> None:
    journal = Journal(site.var_dir / "journal")
    journal.add(Deed("stop", ("telegram", "7"), 1.0))
    site.run("backup", tmp_path / "a.zip")
    journal.remove(journal.names()[0])
    site.run("restore", tmp_path / "a.zip", "--yes")
    (name,) = journal.names()
    assert journal.read(name) == Deed("stop", ("telegram", "7"), 1.0)


def test_another_key_is_said(site: Site, copied: Path) -> None:
    assert "不是同一把" not in site.run("restore", copied, "--yes").output
    site.settings["SECRET_KEY"] = "another-key-of-more-than-thirty-two-characters"
    assert "不是同一把" in site.run("restore", copied, "--yes").output


def test_other_tables_in_the_same_database_stay(tmp_path: Path, postgres: str) -> None:
    site = Site(tmp_path, other_database(postgres))
    with site.store() as store:
        store.migrate()
        with store.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE somebody_elses (a int)")
            connection.exec_driver_sql("INSERT INTO somebody_elses VALUES (1)")
    assert site.run("backup", tmp_path / "a.zip").exit_code == 0
    with site.store() as store, store.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO somebody_elses VALUES (2)")
    assert site.run("restore", tmp_path / "a.zip", "--yes").exit_code == 0
    with site.store() as store, store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM somebody_elses").scalar_one() == 2
