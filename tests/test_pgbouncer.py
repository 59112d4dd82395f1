"""Behind PgBouncer in transaction mode, which hands a connection of the server's to somebody else after each one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from broadcasts.model import Recipient
from office.model import Action
from store.database import StoreError
from store.store import Store
from tests.support.backups import Site
from tests.support.pgbouncer import SERVER_CONNECTIONS, pgbouncer

PROCESSES, TIMES = 4, 80  # six operations each time
DAY = date(2026, 11, 26)


@pytest.fixture
def behind(postgres: str, tmp_path: Path) -> Iterator[str]:
    with pgbouncer(postgres, tmp_path) as url:
        yield url


def operations(store: Store, number: int) -> Iterator[Callable[[], object]]:
    """Rows claimed, overwritten, read, many at once, and behind a lock."""
    people = [Recipient("line", f"{number} {each}") for each in range(50)]
    yield lambda: store.deliveries.claim("line", f"event {number}")
    yield lambda: store.votes.vote(f"card {number}", 1, True)
    yield lambda: store.subscribers.import_all(people)
    yield lambda: store.tip_days.get(DAY)
    yield lambda: store.actions.record("me", Action.LOGIN, str(number))
    yield lambda: store.missed_questions.keep(f"question {number}", DAY, at_most=1000)


def test_many_at_once_over_few_connections(behind: str) -> None:
    with ExitStack() as open_stores:
        stores = [open_stores.enter_context(closing(Store(behind, wait_seconds=30))) for _ in range(PROCESSES)]
        stores[0].migrate()
        work = [each for number in range(TIMES) for each in operations(stores[number % PROCESSES], number)]
        with ThreadPoolExecutor(48) as pool:
            list(pool.map(lambda operation: operation(), work))
        assert stores[0].votes.by_case() == {1: (TIMES, 0)}
        assert stores[0].subscribers.count_active() == {"line": 50 * TIMES}
        assert [line.number for line in stores[0].actions.all()] == [*range(1, TIMES + 1)]


def test_what_it_would_spoil_is_not_done_through_it(behind: str, tmp_path: Path) -> None:
    """What pg_dump sets for its session would meet the service, over the connection that is lent next."""
    site = Site(tmp_path / "site", behind)
    with site.store() as store:
        store.migrate()
    ran = site.run("backup", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert "PgBouncer" in ran.output
    assert not (tmp_path / "a.zip").exists()


def test_what_one_sets_is_not_what_the_next_one_meets(behind: str) -> None:
    """A statement is stopped in time, and neither that limit nor a prepared statement stays on a connection."""
    with closing(Store(behind, wait_seconds=1, rest_seconds=0)) as store:
        for _ in range(20):
            with store.transaction() as connection:
                assert connection.execute(text("SHOW statement_timeout")).scalar() == "1s"
                connection.execute(text("SELECT :x"), {"x": 1})
        with pytest.raises(StoreError) as stopped, store.transaction() as connection:
            connection.execute(text("SELECT pg_sleep(20)"))
        assert "太久沒有回應" in stopped.value.line
    with ExitStack() as others:
        address = behind.replace("+psycopg", "")
        connections = [others.enter_context(psycopg.connect(address)) for _ in range(SERVER_CONNECTIONS)]
        for each in connections:  # each of the server's, since none is given back
            assert each.execute("SHOW statement_timeout").fetchone() == ("0",)
            assert each.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
