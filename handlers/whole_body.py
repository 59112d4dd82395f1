"""Whatever is answered, what was sent is taken first: who still writes when the connection is closed gets no answer.

nginx says 502 then. waitress takes the body before it asks the application; gunicorn leaves that to the application,
which turns whoever is not logged in away without a look at their file.
"""

from collections.abc import Iterable
from contextlib import suppress
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

PIECE = 64 * 1024


class WholeBody:
    """WSGI: passes over what the application has left of a body, up to `most` bytes of it, where the server says that
    the body has an end (gunicorn and waitress do); elsewhere to read on may be to wait for ever.
    """

    def __init__(self, application: WSGIApplication, most: int) -> None:
        self._application = application
        self._most = most

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._application(environ, start_response)
        if environ.get("wsgi.input_terminated"):
            body, left = environ["wsgi.input"], self._most
            with suppress(OSError):  # the client has gone
                while left > 0 and (piece := body.read(PIECE)):
                    left -= len(piece)
        return answer


def mount(web: Flask, most: int) -> None:
    """Around the whole application."""
    web.wsgi_app = WholeBody(web.wsgi_app, most)  # type: ignore[method-assign]
