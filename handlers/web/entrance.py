"""What a question from the web passes before it is read: where it was sent from, how often, and whether there is room.

The one interpreter of a process does one thing at a time, so what the web may do at once is bounded: whatever it is
flooded with, webhooks find a thread and their turn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import BoundedSemaphore

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, TooManyRequests

from core.pace import Act, Pace, Unhurried
from handlers.clients import Client
from handlers.web import origin

SEATS = 1  # questions of the web that are worked on at once; a second would only wait for the interpreter
WAITING = 15  # that wait for a seat, fewer than a server has threads
PATIENCE = 5.0  # seconds

View = Callable[..., ResponseReturnValue]


class Crowded(TooManyRequests):
    """There is no room: nobody's fault, and soon over."""

    def __init__(self) -> None:
        super().__init__(retry_after=2)


class Entrance:
    """`client`: what stands for whoever sent the request in hand; `public_url`: where the world reaches this server."""

    def __init__(self, public_url: str | None, pace: Pace | None, client: Client) -> None:
        self._public_url = public_url
        self._pace = pace or Unhurried()
        self.client = client
        self._seats = BoundedSemaphore(SEATS)
        self._room = BoundedSemaphore(SEATS + WAITING)

    def guarded(self, view: View) -> View:
        """The view behind the entrance, which reads the body as soon as there is room."""

        @wraps(view)
        def entered() -> ResponseReturnValue:
            if not origin.is_ours(self._public_url):
                raise Forbidden
            self.keep_pace(Act.PRESS)
            with _held(self._room, timeout=0):
                request.get_data()  # a seat is for whoever has sent all of it
                with _held(self._seats, PATIENCE):
                    return view()

        return entered

    def keep_pace(self, act: Act) -> None:
        """One act more of this client; raises TooManyRequests."""
        if wait := self._pace.wait(self.client(), act):
            raise TooManyRequests(retry_after=wait.seconds)


@contextmanager
def _held(places: BoundedSemaphore, timeout: float) -> Iterator[None]:
    """Raises Crowded where none is free in time."""
    if not places.acquire(timeout=timeout):
        raise Crowded
    try:
        yield
    finally:
        places.release()
