"""Two hosts over one PostgreSQL and one Redis: each has a VAR_DIR of its own, and they share DATABASE_URL, REDIS_URL
and SECRET_KEY. bench/hosts.py has them as servers in network namespaces.
"""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import app
import web_app
from broadcasts.model import CONSOLE, Recipient
from broadcasts.tips import Tip
from office.model import Role
from retrieval.search import Index
from store.store import Store
from tests.support.console import add_account, browser_of
from tests.support.platforms import Platforms
from tests.support.redis_server import StartsRedis
from tests.support.waiting import wait_for
from tests.support.workers import Workers

ALLOWED, PEOPLE = 4, 6_000
Hosts = tuple[app.Bot, app.Bot]
pytestmark = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


@pytest.fixture
def shared(store: Store, redis: StartsRedis, platforms: Platforms) -> dict[str, str]:
    """The settings that every host has."""
    given = {"DATABASE_URL": store.url.replace("+psycopg", ""), "REDIS_URL": redis()[0], "SECRET_KEY": "k"}
    return given | platforms.settings | {"ASK_PER_MINUTE": str(ALLOWED)}


@pytest.fixture
def hosts(shared: dict[str, str], tmp_path: Path, index: Index) -> Iterator[Hosts]:
    first, second = (_host(shared, tmp_path / name, index) for name in ("a", "b"))
    yield first, second
    first.close()
    second.close()


def _host(shared: dict[str, str], folder: Path, index: Index) -> app.Bot:
    bot = app.Bot(app.load_settings({**shared, "VAR_DIR": str(folder)}))
    bot.library.swap(index)
    return bot


def test_who_is_logged_in_on_one_is_logged_in_on_the_other(hosts: Hosts) -> None:
    first, second = hosts
    browser = browser_of(web_app.create_app(first), add_account(first, Role.OWNER))
    cookies = browser.get("/admin/", headers={}).request.headers["Cookie"]
    elsewhere = web_app.create_app(second).test_client(use_cookies=False)
    assert elsewhere.get("/admin/me", headers={"Cookie": cookies}).status_code == 200
    assert elsewhere.get("/admin/me").status_code == 302


def test_a_library_saved_on_one_is_live_on_the_other_at_its_next_look(hosts: Hosts) -> None:
    first, second = hosts
    library = first.library.library()
    changed = replace(library, cases=(replace(library.cases[0], title="改過的標題"), *library.cases[1:]), questions=())
    number = first.library.save(changed, "a")
    second.library.refresh()
    assert (second.library.number, second.library.library().cases[0].title) == (number, "改過的標題")


def test_questions_are_counted_together(hosts: Hosts) -> None:
    clients = [web_app.create_app(bot).test_client() for bot in hosts]
    asked = [clients[turn % 2].post("/api/ask", json={"question": "x"}).status_code for turn in range(ALLOWED)]
    refused = [client.post("/api/ask", json={"question": "x"}).status_code for client in clients]
    assert (asked, refused) == ([200] * ALLOWED, [429, 429])


def test_a_tip_reaches_everybody_once_though_a_host_dies_in_the_middle(
    hosts: Hosts, shared: dict[str, str], tmp_path: Path, platforms: Platforms, workers: Workers
) -> None:
    bot, line = hosts[0], platforms.line
    bot.store.subscribers.import_all(Recipient("line", f"U{number:032x}") for number in range(PEOPLE))
    line.delay = 0.05
    dies, lives = (workers.worker({**shared, "VAR_DIR": str(tmp_path / name)}) for name in ("a", "b"))
    number = bot.broadcasts.draft(Tip.own("公務機密不外洩。"))
    bot.broadcasts.approve(number, CONSOLE)
    wait_for(lambda: len(line.reached) >= PEOPLE // 6)
    workers.kill(dies)
    wait_for(lambda: (tip := bot.broadcasts.repository.get(number)) and tip.status == "done", 60)
    assert (len(line.reached), set(line.reached.values())) == (PEOPLE, {1})
    workers.kill(lives, signal.SIGTERM)
