"""Nothing leaves the machine but what LINE and Telegram are told: no page loads and no part calls anything else."""

import ast
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

HOME = Path(__file__).parent.parent
ROOMS = ("broadcasts", "commands", "core", "handlers", "office", "retrieval", "settings", "store")
CALLED = {"api.line.me", "api.telegram.org"}
OPENED_BY_A_TAP = {"line.me", "t.me"}
# In a sentence; an address that is put together has no host yet.
EXAMPLES = {"x.gov.tw", "bot.example.org", "proxy.example.org", "主機", "帳號", ""}
LOADS = re.compile(
    r"""(?ix) \b(?:src|srcset|poster|action|formaction) \s*=\s* ["']? (?:https?:)?//
    | <link [^>]* href \s*=\s* ["']? (?:https?:)?//
    | url\( \s* ["']? (?:https?:)?// | @import
    | (?:\bfrom|\bimport|\bfetch|\bsendBeacon|\bEventSource|\bWebSocket) \s* \(? \s* ["'`] (?:https?:|wss?:)?//"""
)
_watching: list[list[tuple[str, Any]]] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _watching[0].append((event, arguments[1] if event == "socket.connect" else arguments[0]))


@pytest.fixture
def calls() -> Iterator[list[tuple[str, Any]]]:
    """Where this process connects to, as Python itself tells it, whatever library does."""
    if not getattr(sys, "_outside_is_watched", False):
        sys.addaudithook(_note)  # stays for the life of the process
        sys._outside_is_watched = True  # type: ignore[attr-defined]
    _watching.append([])
    yield _watching[0]
    _watching.clear()


def test_a_question_on_the_page_goes_nowhere_else(client: FlaskClient, calls: list[tuple[str, Any]]) -> None:
    for path in ("/", "/case/2", "/admin/login"):
        assert client.get(path).status_code == 200
    for question in ("可以把確診名單傳給家人嗎", "今天天氣如何"):
        assert client.post("/api/ask", json={"question": question}).status_code == 200
        assert client.post("/api/chat", json={"text": question}).status_code == 200
    assert calls == []


def test_whatever_connects_is_seen(calls: list[tuple[str, Any]]) -> None:
    with pytest.raises(OSError), socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there
        socket.create_connection(free.getsockname())
    assert "socket.connect" in dict(calls)


@pytest.mark.parametrize("kind", ["html", "js", "css", "svg"])
def test_no_page_loads_anything_from_elsewhere(kind: str) -> None:
    files = sorted((HOME / "handlers").rglob(f"*.{kind}"))
    assert files
    assert [str(path) for path in files if LOADS.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://a.example/x.js">',
        "<img src=//a.example/pixel.gif>",
        '<link rel="stylesheet" href="https://a.example/font.css">',
        "body { background: url(https://a.example/x.png) }",
        '@import "x.css"',
        'import x from "https://a.example/x.js"',
        'fetch("https://a.example/count")',
    ],
)
def test_what_would_load_from_elsewhere_is_found(text: str) -> None:
    assert LOADS.search(text)


def test_the_program_names_no_other_host() -> None:
    files = [*HOME.glob("*.py"), *(path for room in ROOMS for path in (HOME / room).rglob("*.py"))]
    hosts = {urlsplit(address).hostname or "" for path in files for address in _addresses(path)}
    assert hosts - OPENED_BY_A_TAP - EXAMPLES == CALLED


def _addresses(path: Path) -> Iterator[str]:
    """Those in the program's texts, without docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield from re.findall(r"https?://[\w.-]+", node.value)
