"""The whole application under the path of PUBLIC_URL, such as /leak of https://x.gov.tw/leak."""

import string
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request


class UnderPath:
    """WSGI: every address that a page names begins with the path; a request may come with it or, from a proxy that
    strips it or from a health check beside the proxy, without.
    """

    def __init__(self, application: WSGIApplication, path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        if f"{asked}/".startswith(f"{self._path}/"):
            environ["PATH_INFO"] = asked.removeprefix(self._path)
        environ["SCRIPT_NAME"] = self._path
        return self._application(environ, start_response)


class AnyQuery(Request):
    """A request whose query, where it holds bytes that are no ASCII, is read as a browser would have sent it: Flask
    raises on those that are no UTF-8.
    """

    def __init__(self, environ: WSGIEnvironment, *arguments: Any, **named: Any) -> None:
        super().__init__(environ, *arguments, **named)
        self.query_string = quote(self.query_string, safe=string.printable).encode()


def answer_at_once(application: Flask) -> None:
    """Any address at all is answered, by the page that it means.

    An address with a stroke too many or too few answers as the right one does: Flask's redirect to that would go to
    whatever host the request named, and platforms do not send a POST again. Before any route is added.
    """
    application.request_class = AnyQuery
    application.url_map.strict_slashes = False
    application.url_map.merge_slashes = False


def path_of(public_url: str | None) -> str:
    """The path of PUBLIC_URL without its last stroke, "" where it has none."""
    return urlsplit(public_url or "").path.rstrip("/")


def mount(web: Flask, public_url: str | None) -> None:
    """Let the application answer under the path of `public_url`."""
    if path := path_of(public_url):
        # As WSGI has it: the bytes of the path, each as one character.
        bytewise = unquote(path).encode().decode("latin-1")
        web.wsgi_app = UnderPath(web.wsgi_app, bytewise)  # type: ignore[method-assign]
