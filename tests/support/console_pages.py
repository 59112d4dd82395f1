"""What a page in a real browser must be: calm, accessible, and no wider than a phone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import axe_playwright_python
from flask import Flask
from playwright.sync_api import BrowserContext, Frame, Page, ViewportSize
from werkzeug.serving import make_server

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# Without preload: it would fetch the style sheets, which the pages' policy forbids.
RUN_AXE = "axe.run(document, {iframes: false, preload: false, resultTypes: ['violations']})"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map((part) => part.outerHTML.slice(0, 120))"""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own; gives its address."""
    server = make_server("127.0.0.1", 0, _closing(app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def _closing(app: Flask) -> WSGIApplication:
    """The application, each answer closed: werkzeug's server leaves that out where a browser hangs up meanwhile."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()

    return answer


def watch(context: BrowserContext, address: str) -> list[str]:
    """Fills the list with what goes wrong on any page: errors in the console, requests to another place."""
    troubles: list[str] = []
    context.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("request", lambda sent: None if sent.url.startswith(address) else troubles.append(sent.url))
    return troubles


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing serious or critical, neither on the page nor in its frames."""
    found = [line for frame in page.frames for line in _violations(frame)]
    assert not found, "\n".join(found)


def assert_no_sideways_scroll(page: Page) -> None:
    """At 360 px nothing is wider than the page; the size from before is set again."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDER) <= 0, page.evaluate(STICKING_OUT)
    if before:
        page.set_viewport_size(before)


def _violations(frame: Frame) -> list[str]:
    """Each serious finding, with what it is about and where."""
    # A frame may be of no origin, so each is looked at by itself instead of through the page.
    frame.evaluate(AXE)
    findings: list[dict[str, Any]] = frame.evaluate(RUN_AXE)["violations"]
    return [
        f"{finding['id']} ({finding['impact']}): {finding['help']}\n"
        + "\n".join(f"    {node['target']}: {node['html'][:160]}" for node in finding["nodes"])
        for finding in findings
        if finding["impact"] in ("serious", "critical")
    ]
