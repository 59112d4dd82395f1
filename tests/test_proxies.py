"""The way out to LINE and Telegram: through the office's proxy, but for what NO_PROXY names."""

import logging
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from broadcasts.sender import NoAnswer, PreparedMessage, Unreachable
from core import cards
from core.messages import Reply
from settings.way_out import WayOut
from tests.support import line_events
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_platform import FakePlatform
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.proxy import Proxy
from tests.support.wire import Fault
from tests.test_telegram_setup import webhook_set

HOSTS = {"line": "api.line.example", "telegram": "api.telegram.example"}
PASSWORD = "p@ss:wörd"
TO = {"line": "U" + "0" * 32, "telegram": "5001"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root that an agency's proxy signs with: a certificate and its key in one file, for both hosts."""
    folder = tmp_path_factory.mktemp("tls")
    names = ",".join(f"DNS:{host}" for host in HOSTS.values())
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=office"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, "-addext", f"subjectAltName={names}", *files], check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture(params=["http", "https"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fakes(scheme: str, certificate: Path) -> Iterator[dict[str, FakePlatform]]:
    tls = None
    if scheme == "https":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
    fakes: dict[str, FakePlatform] = {"line": FakeLine(tls=tls), "telegram": FakeTelegram(tls=tls)}
    yield fakes
    for fake in fakes.values():
        fake.close()


@pytest.fixture
def proxy(fakes: dict[str, FakePlatform]) -> Iterator[Proxy]:
    """It alone knows where the platforms are, by names that nobody else finds."""
    at: dict[str, str] = {}
    for name, fake in fakes.items():
        place = fake.base.partition("://")[2]
        at |= {f"{HOSTS[name]}:{port}": place for port in (80, 443)} | {HOSTS[name]: place, place: place}
    proxy = Proxy(at)
    yield proxy
    proxy.close()


@pytest.fixture
def given(tmp_path: Path, scheme: str, proxy: Proxy, certificate: Path) -> dict[str, str]:
    return {
        "VAR_DIR": str(tmp_path),
        "LINE_CHANNEL_SECRET": line_events.SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "LINE_API_BASE": f"{scheme}://{HOSTS['line']}",
        "TELEGRAM_API_BASE": f"{scheme}://{HOSTS['telegram']}",
        f"{scheme.upper()}_PROXY": proxy.url,
        "SSL_CERT_FILE": str(certificate),
    }


def message(given: dict[str, str], channel: str) -> PreparedMessage:
    bot = app.Bot(app.load_settings(given))
    return bot.senders[channel].prepare(Reply(cards.note("題", "文").card))


@pytest.mark.parametrize("channel", HOSTS)
def test_calls_go_through_the_proxy_with_its_password(
    given: dict[str, str], scheme: str, fakes: dict[str, FakePlatform], proxy: Proxy, channel: str
) -> None:
    at = f"127.0.0.1:{proxy.port}"
    send = message({**given, f"{scheme}_proxy": f"http://bot:p%40ss%3Aw%C3%B6rd@{at}"}, channel)
    send([TO[channel]], "key-1")
    send([TO[channel]], "key-2")
    assert fakes[channel].reached == {TO[channel]: 2}
    asked = proxy.asked[0]
    assert asked.authorization == "Basic " + b64encode(f"bot:{PASSWORD}".encode()).decode()
    assert asked.method == ("CONNECT" if scheme == "https" else "POST")
    assert HOSTS[channel] in asked.target
    assert len(proxy.asked) == 1, "connections through it are kept too"


@pytest.mark.parametrize("channel", HOSTS)
@pytest.mark.parametrize(
    ("scheme", "status", "said"),
    [
        ("http", 407, "HTTP_PROXY 的代理伺服器要帳號密碼"),
        ("https", 407, "HTTPS_PROXY 的代理伺服器要帳號密碼"),
        ("https", 403, "HTTPS_PROXY 的代理伺服器不讓連出去（403）"),
        ("https", 0, "HTTPS_PROXY 的代理伺服器連不上"),
    ],
    indirect=["scheme"],
)
def test_what_the_proxy_refuses_was_not_sent(
    given: dict[str, str], proxy: Proxy, channel: str, status: int, said: str
) -> None:
    proxy.refuses = status
    send = message(given, channel)
    with pytest.raises(Unreachable, match=said):
        send([TO[channel]], "key")
    proxy.refuses = None
    send([TO[channel]], "key")


@pytest.mark.parametrize("channel", HOSTS)
def test_a_proxy_that_is_down_is_named_and_its_password_is_not(
    given: dict[str, str], scheme: str, proxy: Proxy, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.close()
    send = message({**given, f"{scheme}_proxy": f"http://bot:hidden-word@127.0.0.1:{proxy.port}"}, channel)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unreachable, match=f"{scheme.upper()}_PROXY") as failed:
        send([TO[channel]], "key")
    assert "hidden-word" not in caplog.text + str(failed.value)


def test_an_answer_that_does_not_come_is_still_in_doubt(
    given: dict[str, str], fakes: dict[str, FakePlatform], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.telegram.client.READ_SECONDS", 0.2)
    fakes["telegram"].faults.append(Fault(delay=0.6))
    with pytest.raises(NoAnswer):
        message(given, "telegram")([TO["telegram"]], "key")


@pytest.mark.parametrize("scheme", ["https"], indirect=True)
@pytest.mark.parametrize("channel", HOSTS)
def test_a_certificate_that_nobody_knows_is_said_with_the_remedy(given: dict[str, str], channel: str) -> None:
    del given["SSL_CERT_FILE"]
    with pytest.raises(Unreachable, match="SSL_CERT_FILE"):
        message(given, channel)([TO[channel]], "key")


@pytest.mark.parametrize("scheme", ["http"], indirect=True)
def test_no_proxy_goes_straight(given: dict[str, str], fakes: dict[str, FakePlatform], proxy: Proxy) -> None:
    given |= {"LINE_API_BASE": fakes["line"].base, "TELEGRAM_API_BASE": fakes["telegram"].base}
    message({**given, "NO_PROXY": "gov.tw, 127.0.0.0/8"}, "line")([TO["line"]], "key")
    assert (fakes["line"].reached, proxy.asked) == ({TO["line"]: 1}, [])
    message({**given, "no_proxy": "localhost"}, "telegram")([TO["telegram"]], "key")
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("scheme", ["https"], indirect=True)
def test_webhook_set_goes_through_it_and_says_what_is_wrong_with_it(
    given: dict[str, str], tmp_path: Path, fakes: dict[str, FakePlatform], proxy: Proxy
) -> None:
    given |= {"TELEGRAM_WEBHOOK_SECRET": "s", "PUBLIC_URL": "https://bot.example.org"}
    given.pop("VAR_DIR")
    assert webhook_set(tmp_path, "https://bot.example.org", **given).returncode == 0
    assert all(fake.calls for fake in fakes.values())
    proxy.refuses = 407
    done = webhook_set(tmp_path, "https://bot.example.org", **given)
    assert done.returncode == 1
    assert done.stderr.count("HTTPS_PROXY 的代理伺服器要帳號密碼") == 2


@pytest.mark.parametrize(
    ("exceptions", "url", "is_direct"),
    [
        ("", "https://api.line.me", False),
        ("api.line.me", "https://api.line.me", True),
        ("line.me", "https://api.line.me", True),
        (".line.me", "https://api.line.me/v2", True),
        ("*.line.me", "https://api.line.me", True),
        ("LINE.ME", "https://API.line.me", True),
        ("pine.me,ine.me", "https://api.line.me", False),
        ("a.tw, line.me ,b.tw", "https://api.line.me", True),
        ("a.tw line.me", "https://api.line.me", True),
        ("*", "https://api.line.me", True),
        ("a.tw,*", "https://api.line.me", True),
        ("line.me:443", "https://api.line.me", True),
        ("line.me:8443", "https://api.line.me", False),
        ("line.me:8443", "https://api.line.me:8443", True),
        ("10.0.0.0/8", "http://10.1.2.3:8081", True),
        ("10.0.0.0/8", "http://11.1.2.3:8081", False),
        ("10.1.2.3", "http://10.1.2.3:8081", True),
        ("10.1.2.3:8081", "http://10.1.2.3:8081", True),
        ("10.1.2.3:80", "http://10.1.2.3:8081", False),
        ("::1", "http://[::1]:8081", True),
        ("[::1]:8081", "http://[::1]:8081", True),
        ("fd00::/8", "http://[fd00::5]", True),
        ("127.0.0.1", "http://[::1]:8081", False),
        ("localhost", "http://localhost:8081", True),
        (":,//,[", "https://api.line.me", False),
    ],
)
def test_whom_no_proxy_means(exceptions: str, url: str, is_direct: bool) -> None:
    way_out = WayOut("http://secure:1", "http://plain:1", exceptions)
    proxy = way_out.proxy_for(url)
    assert (proxy is None) == is_direct
    assert proxy is None or proxy.url == ("http://secure:1" if url.startswith("https") else "http://plain:1")


def test_as_with_other_programs_the_name_in_small_letters_comes_first() -> None:
    both = {"HTTPS_PROXY": "proxy-a:1", "https_proxy": "proxy-b:2"}
    assert app.load_settings(both).https_proxy == "http://proxy-b:2"
    assert app.load_settings({**both, "https_proxy": ""}).https_proxy is None
