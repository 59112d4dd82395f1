"""Nothing typed is kept: words are planted at every door, under every fault, and looked for wherever bytes are left."""

import json
import resource
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

import web_app
from commands.web_server import listening
from tests.support import line_events, telegram_updates
from tests.support.planted import HANDED_IN, PLANTED, forms, found, found_below
from tests.support.platforms import Platforms
from tests.support.running import DEBUG, HOME, Running
from tests.support.small_bank import small_bank
from tests.support.waiting import wait_for
from tests.support.wire import Call, Fault

SECRET = telegram_updates.SECRET
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def settings(tmp_path: Path, platforms: Platforms) -> dict[str, str]:
    return {
        **platforms.settings,
        **{"VAR_DIR": str(tmp_path / "var"), "QUESTIONS_PATH": small_bank(), "SECRET_KEY": "k" * 32},
        **{"TELEGRAM_WEBHOOK_SECRET": SECRET, "PUBLIC_URL": "https://bot.example.org"},
        **DEBUG,
    }


@pytest.fixture
def server(tmp_path: Path, settings: dict[str, str]) -> Iterator[Running]:
    running = Running(tmp_path, settings, "bot.py", "serve", "--port", "{port}")
    yield running
    running.kill()


def line(server: Running, *events: object) -> None:
    body = json.dumps({"destination": "U0", "events": events}).encode()
    line_raw(server, body)


def line_raw(server: Running, body: bytes) -> None:
    assert server.ask("POST", "/webhook/line", body, {"X-Line-Signature": line_events.sign(body, "s")})[0] == 200


def telegram(server: Running, *updates: object) -> None:
    for update in updates:
        telegram_raw(server, json.dumps(update).encode())


def telegram_raw(server: Running, body: bytes) -> None:
    header = {"X-Telegram-Bot-Api-Secret-Token": SECRET, **JSON}
    assert server.ask("POST", "/webhook/telegram", body, header)[0] == 200


def at_line(server: Running) -> None:
    """Typed, mentioned, edited, taken back, pressed, in fields that nobody reads; not JSON; not signed."""
    edited = line_events.mention(PLANTED) | {"type": "messageEdited"}
    pressed = line_events.event("postback", postback={"data": f"case:{PLANTED}"})
    odd = line_events.text(PLANTED, source={**line_events.user(), "displayName": PLANTED})
    unsent = line_events.event("unsend", unsend={"messageId": PLANTED})
    line(server, line_events.text(PLANTED), line_events.mention(PLANTED), edited, pressed, odd, unsent)
    line(server, line_events.text(PLANTED, webhookEventId=PLANTED), {"type": PLANTED, "source": PLANTED}, PLANTED)
    line_raw(server, f'{{"events": [{{"type": "{PLANTED}'.encode())
    line_raw(server, PLANTED.encode("utf-16"))
    server.ask("POST", "/webhook/line", PLANTED.encode(), {"X-Line-Signature": quote(PLANTED)})


def at_telegram(server: Running) -> None:
    person = telegram_updates.person(first_name=PLANTED, username="qzxvkwj")
    text = telegram_updates.update(message=telegram_updates.message(text=PLANTED) | {"from": person})
    edited = telegram_updates.update(edited_message=telegram_updates.message(text=PLANTED, edit_date=2))
    caption = telegram_updates.update(message=telegram_updates.message(caption=PLANTED, photo=[{"file_id": PLANTED}]))
    pressed = telegram_updates.press(f"case:{PLANTED}", telegram_updates.message(text=PLANTED))
    start = telegram_updates.text(f"/start {PLANTED}")
    telegram(server, text, edited, caption, pressed, start, telegram_updates.mention(PLANTED), {"message": PLANTED})
    telegram_raw(server, f'{{"update_id": 1, "message": "{PLANTED}'.encode())


def at_the_page(server: Running) -> None:
    typed = quote(PLANTED)
    for body in ({"question": PLANTED}, {"question": {"text": PLANTED}}, [PLANTED]):
        server.ask("POST", "/api/ask", json.dumps(body, ensure_ascii=False).encode(), JSON)
        server.ask("POST", "/api/ask", json.dumps(body).encode("utf-16"), JSON)
    for sent in ({"text": PLANTED}, {"press": f"case:{PLANTED}"}, {"press": f"helped:2:{PLANTED}"}):
        server.ask("POST", "/api/chat", json.dumps(sent).encode(), JSON)
    server.ask("POST", "/", f"q={typed}".encode(), FORM)
    server.ask("POST", "/", f"press=case:{typed}".encode(), FORM)
    server.ask("POST", "/api/ask", f'{{"question": "{PLANTED}'.encode(), JSON)


def in_addresses(server: Running) -> None:
    """Path, query, headers, cookies; requests that are none; a browser that leaves before its answer."""
    typed = quote(PLANTED)
    headers = {
        "User-Agent": typed,
        "Referer": f"http://x/{typed}",
        "Cookie": f"session={typed}",
        "X-Forwarded-For": typed,
    }
    for path in (f"/case/{typed}", f"/guide/{typed}?q={typed}", f"/?q={typed}", f"/{typed}", f"/admin/{typed}"):
        for method in ("GET", "POST", "PUT"):
            server.ask(method, path, headers=headers)
    server.ask("GET", f"/admin/login?next=/admin/{typed}")
    for junk in (
        f"GET /{typed} HTTP/9.9\r\n\r\n",
        f"{PLANTED}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {PLANTED}\r\nX{PLANTED}\r\n\r\n",
    ):
        server.hang_up(junk.encode(), patience=0.3)
    for path in (f"/case/{typed}", f"/assets/{typed}"):
        server.hang_up(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    server.hang_up(f"POST /?q={typed} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{PLANTED}".encode())


def at_the_login(server: Running) -> None:
    """Names and passwords, of somebody who has no account."""
    typed = quote(PLANTED)
    server.ask("POST", "/admin/login", f"name={typed}&password={typed}".encode(), FORM)
    server.ask("POST", f"/admin/invitation/{typed}", f"password={typed}".encode(), FORM)


DOORS: tuple[Callable[[Running], None], ...] = (at_line, at_telegram, at_the_page, in_addresses, at_the_login)


def quoting(call: Call) -> Fault:
    """A platform that refuses everything, and says why with what it was sent."""
    return Fault(400, text=f"Bad Request: {PLANTED} is not allowed, {json.dumps(call.body)[:300]}", body=None)


def through_every_door(server: Running) -> None:
    for door in DOORS:
        door(server)


def what_is_handed_in_is_kept_until_its_message_is_taken_back(server: Running, folder: Path) -> None:
    """The control: here the same search finds something."""
    parts = (HANDED_IN,)
    line(server, line_events.text(HANDED_IN, message={"id": "9001"}))
    assert not found_below(folder, texts=parts)
    line(server, line_events.event("postback", postback={"data": f"handover:9001\n{HANDED_IN}"}))
    line(server, line_events.event("unsend", unsend={"messageId": "9002"}))
    assert found_below(folder / "var", texts=parts)
    line(server, line_events.event("unsend", unsend={"messageId": "9001"}))
    assert not found_below(folder, texts=parts)


def test_nothing_is_left_of_what_was_typed(server: Running, platforms: Platforms, tmp_path: Path) -> None:
    """Well; with refusals that quote it; with the database held by somebody; on a full disk; killed in the middle."""
    what_is_handed_in_is_kept_until_its_message_is_taken_back(server, tmp_path)
    through_every_door(server)
    platforms.misbehave(quoting)
    through_every_door(server)
    platforms.misbehave(lambda call: Fault(500, text=PLANTED))
    at_line(server)
    at_telegram(server)
    platforms.behave()
    holder = sqlite3.connect(tmp_path / "var" / "bot.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    through_every_door(server)
    holder.execute("ROLLBACK")
    holder.close()
    metrics = server.ask("GET", "/metrics")[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
    at_line(server)
    at_the_page(server)
    server.kill()
    assert not found(metrics)
    assert not found_below(tmp_path)


def test_nothing_is_left_under_gunicorn_either(tmp_path: Path, settings: dict[str, str]) -> None:
    """With its access log turned on and its own log at its most talkative."""
    subprocess.run([sys.executable, "bot.py", "migrate"], cwd=HOME, env=settings, check=True, capture_output=True)
    options = ("--workers", "1", "--access-logfile", "-", "--log-level", "debug", "--bind", "127.0.0.1:{port}")
    server = Running(tmp_path, settings, "-m", "gunicorn", "--config", "gunicorn.conf.py", *options, "bot:app()")
    try:
        through_every_door(server)
    finally:
        server.stop()
    assert b"GET 404" in server.log.read_bytes(), "the access log is on"
    assert not found_below(tmp_path)


def test_nothing_is_left_of_what_is_asked_in_the_terminal(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "tmp").mkdir()
    environment = {**settings, "TMPDIR": str(tmp_path / "tmp")}
    for arguments, typed in ((["ask", "--json", "-"], f"{PLANTED}\n\n{PLANTED}\udcff\n"), (["ask", PLANTED], "")):
        ran = subprocess.run(
            [sys.executable, "bot.py", *arguments],
            cwd=HOME,
            env=environment,
            input=typed.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
        assert not found(ran.stderr)
    assert not found_below(tmp_path)


def test_a_question_of_any_length_is_in_no_file_while_it_comes() -> None:
    """Also in none without a name, such as a server makes for what is long."""
    server = listening(Flask("nothing"), "127.0.0.1", 0)
    is_over = threading.Event()
    running = threading.Thread(target=_run, args=(server, is_over), daemon=True)
    running.start()
    before = _nameless()
    with socket.create_connection(("127.0.0.1", server.effective_port)) as browser:
        asked = b"x" * (web_app.MAX_BODY - 1)
        browser.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % web_app.MAX_BODY + asked)
        assert wait_for(lambda: _received(server) >= len(asked))
        assert _nameless() == before
        browser.sendall(b"x")
        assert browser.recv(100).startswith(b"HTTP/1.1 404")
    is_over.set()
    running.join()


def _run(server: Any, is_over: threading.Event) -> None:
    """Closed by the thread that waits for its sockets: under another's hands they would be gone while it does."""
    while not is_over.is_set():
        server.asyncore.loop(timeout=0.05, map=server._map, count=1)
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)


def _received(server: Any) -> int:
    requests = [channel.request for channel in server._map.values() if getattr(channel, "request", None)]
    return sum(len(request.body_rcv) for request in requests if request.body_rcv is not None)


def _nameless() -> set[str]:
    """Files that this process has open and nobody can find."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(descriptor.readlink()))
    return {name for name in found if name.endswith("(deleted)")}


@pytest.mark.parametrize("form", forms(PLANTED))
def test_the_search_finds_it_in_every_form(form: str) -> None:
    assert any(form in what for what in found(b"\x00some bytes " + forms(PLANTED)[form] + b"\xff", (PLANTED,)))
