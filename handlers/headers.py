"""What every answer carries, whoever made it: a page, an error, a redirect, a webhook, a file."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.datastructures import Headers

# Nothing of an answer is kept on the way, run, framed, or told to another place. An application that needs more says so
# itself: these are for what it does not set.
ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a form without a script says where it comes from only so
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}  # a year; other hosts of the domain are not ours


class WithHeaders:
    """WSGI: adds what is lacking of `headers` to every answer."""

    def __init__(self, application: WSGIApplication, headers: dict[str, str]) -> None:
        self._application = application
        self._headers = headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers = Headers(given)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            return start_response(status, headers.to_wsgi_list(), exc_info)

        return self._application(environ, start)


def mount(web: Flask, public_url: str | None) -> None:
    """Around the whole application; where the world reaches it over HTTPS, browsers are to come no other way."""
    is_https = urlsplit(public_url or "").scheme == "https"
    headers = ALWAYS | (HTTPS_ALONE if is_https else {})
    web.wsgi_app = WithHeaders(web.wsgi_app, headers)  # type: ignore[method-assign]
