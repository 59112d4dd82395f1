"""A worker says every few seconds that it is there, so that the office sees when none is."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BEAT_SECONDS = 10.0
MAX_HOST = 60  # characters; with the process's id it fits its column


def own_name() -> str:
    """Names this process among those of all machines."""
    return f"{socket.gethostname()[:MAX_HOST]}:{os.getpid()}"


@dataclass
class Heartbeat:
    """`note` is told the worker's name and may raise: it is called again at the next tick."""

    note: Callable[[str], None]
    name: str = field(default_factory=own_name)
    clock: Callable[[], float] = time.monotonic
    _due: float = float("-inf")

    def tick(self) -> None:
        """Called more often than it needs to be."""
        now = self.clock()
        if now >= self._due:
            self.note(self.name)
            self._due = now + BEAT_SECONDS
