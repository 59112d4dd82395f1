"""`privacy report` and `privacy erase`: what is kept is named, and a person can be taken out of it at any time."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

import cli
from broadcasts.model import Admin, Plan, QuotaPolicy, Recipient, RecipientStatus, Status, Tally
from core.deeds import Deed
from office.model import Role
from office.retention import TABLE
from store.batches import Batches
from store.journal import Journal
from store.store import Store
from store.tables import metadata
from tests.support.installation import Installation
from tests.support.planted import found_below
from tests.support.waiting import wait_for

LINE = [f"U{number:032x}" for number in range(1, 5)]
WHO = LINE[0]

Types = Callable[..., Result]


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return lambda *command, answer="": CliRunner().invoke(cli.main, ["privacy", *command], input=answer)


@pytest.fixture
def kept(tmp_path: Path, new_database: Path) -> Iterator[Store]:
    """Everything that can name a person names WHO."""
    (tmp_path / "bot.sqlite3").write_bytes(new_database.read_bytes())
    store = Store(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    name_everywhere(store)
    yield store
    store.close()


def name_everywhere(store: Store) -> None:
    store.subscribers.import_all(Recipient("line", user) for user in LINE)
    store.broadcasts.create("{}", QuotaPolicy.ALL, Admin("line", WHO), Status.DRAFT, 4e9)
    store.broadcasts.approve(1, Admin("line", WHO), 1)
    store.broadcasts.start(1, [Plan("line", 10)])
    store.accounts.add("edith", "hash", Role.OWNER, False)
    store.accounts.set_addresses("edith", {"line": WHO, "telegram": "5"})


def names(store: Store, address: str) -> list[str]:
    """The tables that name somebody."""
    with store.transaction() as connection:
        rows = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in metadata.tables}
    return [name for name, found in rows.items() if address in str(found)]


def test_the_report_names_every_table_and_file(types: Types, kept: Store) -> None:
    shown = types("report")
    assert shown.exit_code == 0
    for each in TABLE:
        assert f"  {each.table}　{each.what}" in shown.output
    assert "subscribers　訂閱提醒的人：頻道與編號、要或不要（有個人的資料）　4 筆，最舊 " in shown.output
    assert "bot.sqlite3　" in shown.output
    report = json.loads(types("report", "--json").output)
    assert {each["table"] for each in report["tables"]} == {*metadata.tables}
    recipients = next(each for each in report["tables"] if each["table"] == "recipients")
    assert (recipients["rows"], recipients["days"]) == (4, 3)
    assert WHO not in shown.output


def test_a_person_is_taken_out_everywhere(types: Types, kept: Store, tmp_path: Path) -> None:
    assert {*names(kept, WHO)} == {"subscribers", "recipients", "broadcasts", "approvals", "accounts"}
    done = types("erase", f"line:{WHO}", "--yes")
    assert done.exit_code == 0
    for table in ("subscribers", "recipients", "broadcasts", "approvals", "accounts"):
        assert f"（{table}）：1 筆" in done.output
    assert names(kept, WHO) == []
    kept.close()
    assert not found_below(tmp_path, texts=(WHO,)), "nor in any byte of the files"
    account = kept.accounts.get("edith")
    assert account
    assert account.addresses == (("telegram", "5"),)
    assert kept.broadcasts.tally(1) == Tally(pending=3, failed=1), "numbers stay"
    again = types("erase", f"line:{WHO}", "--yes")
    assert (again.exit_code, again.output) == (0, f"沒有 line:{WHO} 的資料。\n")


def test_what_waits_for_the_database_is_erased_too(types: Types, kept: Store, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    for who in (WHO, LINE[1]):
        journal.add(Deed("subscribers.stop", ("line", who), 1.0))
    assert "（journal）：1 筆" in types("erase", f"line:{WHO}", "--yes").output
    assert len(journal.names()) == 1
    assert "journal/" in types("report").output


def test_what_was_done_is_written_down_without_the_address(types: Types, kept: Store) -> None:
    types("erase", f"line:{WHO}", "--yes")
    (line,) = kept.actions.find({}, 10)
    assert line.action == "erased"
    assert "刪除 5 筆" in line.detail
    assert WHO not in str(line)
    assert WHO[-4:] not in line.subject


def test_it_asks_and_says_that_a_stop_is_forgotten(types: Types, kept: Store) -> None:
    kept.subscribers.stop("line", WHO)
    no = types("erase", f"line:{WHO}", answer="n\n")
    assert no.exit_code == 1
    assert "忘掉對方說過「退訂」" in no.output
    assert kept.subscribers.state("line", WHO) == "stopped"
    assert types("erase", f"line:{WHO}", answer="好\n").exit_code == 0
    assert kept.subscribers.state("line", WHO) is None


@pytest.mark.parametrize("person", ["line", "line:", f"LINE{WHO}", "fax:1", "telegram:abc", f":{WHO}", "line:U1"])
def test_what_is_nobody_is_said_with_the_form(types: Types, person: str) -> None:
    refused = types("erase", person, "--yes")
    assert refused.exit_code == 2
    assert "line:編號" in refused.output or "telegram:編號" in refused.output


def test_who_is_an_admin_by_a_setting_is_named(types: Types, kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ADMIN_LINE_IDS", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"):
        monkeypatch.setenv(name, WHO)
    assert "ADMIN_LINE_IDS" in types("erase", f"line:{WHO}", "--yes").output


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RecipientStatus.PENDING, Tally(pending=3, failed=1)),
        (RecipientStatus.CALLING, Tally(pending=3, unknown=1)),
        (RecipientStatus.SENT, Tally(pending=3, sent=1)),
        (RecipientStatus.FAILED, Tally(pending=3, failed=1)),
        (RecipientStatus.UNKNOWN, Tally(pending=3, unknown=1)),
    ],
)
def test_numbers_stay_as_they_were(store: Store, before: RecipientStatus, after: Tally) -> None:
    name_everywhere(store)
    with store.transaction() as connection:
        changed = text("UPDATE recipients SET status = :status, error = 'why' WHERE address = :who")
        connection.execute(changed, {"status": before.value, "who": WHO})
    assert store.people.erase("line", WHO)["recipients"] == 1
    assert store.broadcasts.tally(1) == after
    assert names(store, WHO) == []


def test_a_batch_in_doubt_goes_on_without_the_person(store: Store) -> None:
    name_everywhere(store)
    batches = Batches(store)
    batch = batches.claim("line", 15, repeatable=True)
    assert batch
    batches.try_later(batch, 0, in_doubt=True)
    store.people.erase("line", WHO)
    again = batches.claim("line", 15, repeatable=True)
    assert again
    assert list(again.addresses) == LINE[1:]
    assert store.broadcasts.tally(1) == Tally(pending=3, unknown=1)


def test_whoever_is_erased_while_a_tip_goes_out_is_not_called_any_more(installation: Installation) -> None:
    """The batch was claimed before: the worker has the address in hand."""
    chats = [str(number) for number in range(5001, 5041)]
    installation.subscribe(line=[], telegram=chats)
    number = installation.send()
    installation.worker(per_second=20)
    wait_for(lambda: installation.platforms.reached.total())
    last = max(chats)
    installation.bot.privacy.people.erase("telegram", last)
    tally = installation.finished(number)
    assert installation.platforms.reached[last] == 0
    assert tally == {"pending": 0, "sent": 39, "failed": 1, "unknown": 0}
