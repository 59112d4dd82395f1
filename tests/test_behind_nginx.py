"""The files of deploy/nginx in earnest: a real nginx with TLS before two gunicorns, as docs/deploy.md has them."""

import itertools
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import line_events, nginx, planted
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.nginx import Answer, Site
from tests.support.ports import free_port
from tests.support.redis_server import redis_server
from tests.support.running import HOME, Running
from tests.support.small_bank import small_bank

QUESTION = json.dumps({"question": "可以把確診名單傳給家人嗎"}).encode()
JSON = {"Content-Type": "application/json"}
A_MINUTE = 15
THREADS = 2 * 32  # of both gunicorns (gunicorn.conf.py)
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


class Deployment:
    """nginx, and the two servers behind it, each of which can be stopped and started."""

    def __init__(self, folder: Path, redis: str, line: FakeLine) -> None:
        (folder / "nginx").mkdir()
        self.line = line
        self.folder = folder
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)  # as far as a service of Type=notify sees it
        self.systemd.bind(str(folder / "systemd"))
        self.site = nginx.prepared(folder / "nginx", under_path(folder / "nginx", other := free_port()))
        self.under_path = self.site._replace(secure=other)
        self.settings: Mapping[str, str] = {
            "VAR_DIR": str(folder / "var"),
            "NOTIFY_SOCKET": str(folder / "systemd"),
            "PUBLIC_URL": f"{self.under_path.base}/leak",  # of the site below a path: it is understood with and without
            "TRUSTED_PROXIES": "1",
            "REDIS_URL": redis,
            "ASK_PER_MINUTE": str(A_MINUTE),
            "QUESTIONS_PATH": small_bank(),
            "LINE_CHANNEL_SECRET": line_events.SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
            "LINE_API_BASE": line.base,
        }
        migrate = [sys.executable, "bot.py", "migrate"]
        subprocess.run(migrate, cwd=HOME, env={**self.settings, "PATH": "/usr/bin:/bin"}, check=True)
        self.web = [self.started(port) for port in self.site.behind]

    def started(self, port: int) -> Running:
        """As deploy/systemd/leakbot-web@.service starts it, on a port for the test besides."""
        options = ["--config", "gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
        return Running(
            self.folder, self.settings, "-m", "gunicorn", *options, "--bind", "127.0.0.1:{port}", "bot:app()"
        )

    def restart(self, number: int) -> None:
        self.web[number].stop()
        self.web[number] = self.started(self.site.behind[number])

    def close(self) -> None:
        for each in self.web:
            each.stop()
        self.systemd.close()

    def call(self, body: bytes) -> Answer:
        """As LINE calls."""
        return self.site.ask("POST", "/webhook/line", body, {"X-Line-Signature": line_events.sign(body)})


def under_path(folder: Path, port: int) -> str:
    """A server of somebody's with the lines for a path that docs/deploy.md shows."""
    page = (HOME / "docs" / "deploy.md").read_text("utf-8").replace("/var/log/nginx", str(folder))
    (lines,) = re.findall(r"```nginx\n(location /leak/.*?)```", page, re.S)
    keys = "ssl_certificate fullchain.pem; ssl_certificate_key privkey.pem;"
    return f"server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {keys}\n{lines} }}"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        redis, _ = stack.enter_context(redis_server(folder))()
        line = FakeLine()
        stack.callback(line.close)
        made = Deployment(folder, redis, line)
        stack.callback(made.close)
        stack.enter_context(nginx.running(made.site))
        yield made


@pytest.fixture
def site(deployment: Deployment) -> Site:
    return deployment.site


clients = (f"127.0.1.{number}" for number in itertools.count(1))


def test_nginx_finds_nothing_wrong(tmp_path: Path) -> None:
    nginx.prepared(tmp_path)
    said = nginx.checked(tmp_path)
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr


def test_systemd_is_told_when_a_server_is_ready(deployment: Deployment) -> None:
    assert b"READY=1" in deployment.systemd.recv(1024)


def test_the_page_comes_over_tls(site: Site) -> None:
    page = site.ask("GET", "/")
    assert page.status == 200
    assert "Strict-Transport-Security".lower() in page.headers
    assert "nginx/" not in page.headers["server"]
    assert site.ask("GET", "/case/2").status == 200
    assert site.ask("GET", "/admin/login").status == 200


def test_who_comes_without_tls_is_sent_to_it(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.plain), 10) as connection:
        connection.sendall(b"GET /case/2 HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 301")
    assert b"Location: https://localhost/case/2\r\n" in answer


def test_a_question_on_line_is_answered(deployment: Deployment) -> None:
    body = json.dumps({"destination": "U0", "events": [line_events.text("可以把確診名單傳給家人嗎")]}).encode()
    seen = len(deployment.line.wait(0))
    assert deployment.call(body).status == 200
    assert len(deployment.line.wait(seen + 1)) == seen + 1
    unsigned = deployment.site.ask("POST", "/webhook/line", body, {"X-Line-Signature": "wrong"})
    assert unsigned.status in (400, 401)


def test_a_question_may_be_a_mebibyte_and_a_workbook_more(site: Site) -> None:
    client = next(clients)
    assert site.ask("POST", "/api/ask", b"x" * (MEGABYTE - KILOBYTE), JSON, client).status == 400
    assert site.ask("POST", "/api/ask", b"x" * (MEGABYTE + 1), JSON, client).status == 413
    assert site.ask("POST", "/webhook/line", b"x" * (MEGABYTE + 1), JSON, client).status == 413
    assert site.ask("POST", "/admin/library/file", b"x" * (3 * MEGABYTE), client=client).status not in (413, 502)


def test_questions_are_counted_by_who_asks_whatever_they_claim(site: Site) -> None:
    one, other = next(clients), next(clients)
    asked = [
        site.ask("POST", "/api/ask", QUESTION, {**JSON, "X-Forwarded-For": f"203.0.113.{number}"}, one).status
        for number in range(A_MINUTE + 1)
    ]
    assert asked == [200] * A_MINUTE + [429]
    assert site.ask("POST", "/api/ask", QUESTION, JSON, other).status == 200


def test_who_sends_slowly_holds_nobody_up(site: Site) -> None:
    with ExitStack() as stack:
        slow = next(clients)
        for _ in range(THREADS + 16):
            raw = socket.create_connection(("127.0.0.1", site.secure), 10, source_address=(slow, 0))
            connection = stack.enter_context(site.tls().wrap_socket(raw, server_hostname="localhost"))
            connection.sendall(b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{")
        assert site.ask("POST", "/api/ask", QUESTION, JSON, next(clients)).status == 200


def test_a_flood_is_turned_away_and_a_platform_never(deployment: Deployment) -> None:
    flood = next(clients)
    assert 429 in {deployment.site.ask("GET", "/healthz", client=flood).status for _ in range(400)}
    event = json.dumps({"destination": "U0", "events": []}).encode()
    assert {deployment.call(event).status for _ in range(400)} == {200}


def test_numbers_are_not_shown_outside(site: Site) -> None:
    assert site.ask("GET", "/metrics").status == 404


def test_below_a_path_of_another_site(deployment: Deployment) -> None:
    site = deployment.under_path
    page = site.ask("GET", "/leak/")
    assert page.status == 200
    for address in {*re.findall(rb'(?:href|src)="(/[^"#]*)"', page.body)}:
        assert site.ask("GET", address.decode()).status in (200, 302), address
    assert site.ask("POST", "/leak/api/ask", QUESTION, JSON, next(clients)).status == 200
    assert site.ask("POST", "/leak/admin/library/file", b"x" * (3 * MEGABYTE)).status not in (413, 502)


def test_nginx_writes_nothing_that_was_typed(deployment: Deployment) -> None:
    site, words = deployment.site, planted.PLANTED
    for size in (1, 20_000):
        body = json.dumps({"question": words * size}, ensure_ascii=False).encode()[: MEGABYTE - KILOBYTE]
        site.ask("POST", "/api/ask", body, JSON, next(clients))
    typed = "".join(f"%{byte:02X}" for byte in words.encode())
    for path in (f"/?q={typed}", f"/{typed}", f"/admin/library/cases/?q={typed}", f"/case/{typed}"):
        site.ask("GET", path, client=next(clients))
        assert site.ask("POST", path, b"x" * (65 * MEGABYTE), client=next(clients)).status == 413  # nginx has its say
    log = (site.folder / "leakbot.access.log").read_text("utf-8")
    assert re.search(r"^127\.0\.1\.\d+ \[\S+] POST /api 200 \d+ [\d.]+$", log, re.M)
    assert planted.found_below(site.folder) == []


def test_a_new_release_loses_no_question(deployment: Deployment) -> None:
    """One server after the other is started anew while people ask."""
    done, statuses = threading.Event(), set()
    seen = len(deployment.line.wait(0))

    def ask() -> int:
        count = 0
        while not done.is_set():
            count += 1
            event = line_events.text("選單", source=line_events.user(count))
            statuses.add(deployment.call(json.dumps({"destination": "U0", "events": [event]}).encode()).status)
        return count

    counts: list[int] = []
    thread = threading.Thread(target=lambda: counts.append(ask()))
    thread.start()
    try:
        deployment.restart(0)
        deployment.restart(1)
    finally:
        done.set()
        thread.join(60)
    assert statuses == {200}
    assert len(deployment.line.wait(seen + counts[0])) == seen + counts[0]


def test_while_nothing_runs_it_says_so(tmp_path: Path) -> None:
    site = nginx.prepared(tmp_path)
    with nginx.running(site):
        answer = site.ask("GET", "/")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "30"
    assert "請過半分鐘再試一次" in answer.body.decode()
