"""The whole application under the path of PUBLIC_URL, such as /leak of https://x.gov.tw/leak."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask


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


def answer_at_once(application: Flask) -> None:
    """An address with a stroke too many or too few answers as the right one does: Flask's redirect to that would go to
    whatever host the request named, and platforms do not send a POST again. Before any route is added.
    """
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
