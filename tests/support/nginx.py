"""A real nginx over deploy/nginx/leakbot.conf, with a certificate of its own, before whatever listens behind it."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import NamedTuple

from tests.support.ports import free_port
from tests.support.waiting import wait_for

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx" / "leakbot.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
DOMAIN = "leak.example.gov.tw"
MAIN = """\
{user}
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
error_log {folder}/main.error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
    {more}
}}
"""


class Answer(NamedTuple):
    """Of a request: status, headers in small letters, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Site(NamedTuple):
    """Where nginx listens, and what its owner changes in the shipped file: host, certificate, the ports behind it."""

    folder: Path
    plain: int
    secure: int
    behind: tuple[int, int]

    @property
    def base(self) -> str:
        return f"https://localhost:{self.secure}"

    def config(self) -> str:
        """The shipped file, with this site's names."""
        first, second = self.behind
        names = {
            DOMAIN: "localhost",
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen [::]:80;": "",
            "listen 443 ssl": f"listen 127.0.0.1:{self.secure} ssl",
            "listen [::]:443 ssl;": "",
            "127.0.0.1:8001": f"127.0.0.1:{first}",
            "127.0.0.1:8002": f"127.0.0.1:{second}",
            "/etc/ssl/leakbot": str(self.folder),
            "/var/log/nginx": str(self.folder),
        }
        text = SHIPPED.read_text("utf-8")
        for name, ours in names.items():
            assert name in text, f"{SHIPPED.name} names no {name}"
            text = text.replace(name, ours)
        return text

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
    ) -> Answer:
        """A request from that address of loopback, over TLS."""
        connection = HTTPSConnection(
            "localhost", self.secure, timeout=30, context=self.tls(), source_address=(client, 0)
        )
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))


def prepared(folder: Path, more: str = "") -> Site:
    """Certificate and configuration, written; nothing runs. `more`: further servers, with {port} for one of them."""
    site = Site(folder, free_port(), free_port(), (free_port(), free_port()))
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(["openssl", "req", "-x509", *curve, "-nodes", *subject, *keys], check=True, capture_output=True)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "site.conf").write_text(site.config(), "utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder, more=more), "utf-8")
    return site


def checked(folder: Path) -> "subprocess.CompletedProcess[str]":
    """What `nginx -t` says of it."""
    return subprocess.run(command(folder, "-t"), capture_output=True, text=True)


def command(folder: Path, *more: str) -> list[str]:
    return [NGINX, "-p", str(folder), "-e", str(folder / "start.log"), "-c", str(folder / "nginx.conf"), *more]


@contextmanager
def running(site: Site) -> Iterator[None]:
    server = subprocess.Popen(command(site.folder))
    try:
        wait_for(lambda: server.poll() is not None or (site.folder / "nginx.pid").exists())
        assert server.poll() is None, (site.folder / "start.log").read_text("utf-8")
        yield
    finally:
        server.terminate()
        server.wait(20)
