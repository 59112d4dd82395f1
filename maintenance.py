"""What a process does beside its work, every so often: each chore by itself, so that one that fails stops no other."""

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import troubles

log = logging.getLogger(__name__)

TURN_SECONDS = 1


class Chore(NamedTuple):
    """Something to do every so many seconds, at once for the first time; `failed` names it where it raises."""

    seconds: int
    act: Callable[[], object]
    failed: str


def attempt(chore: Chore) -> None:
    """Do it now; never raises."""
    troubles.attempt(log, chore.failed, chore.act)


def run(chores: Sequence[Chore], stopping: threading.Event) -> None:
    """Until the stop."""
    for turn in itertools.count():
        if stopping.wait(TURN_SECONDS):
            return
        for chore in chores:
            if turn % (chore.seconds // TURN_SECONDS) == 0:
                attempt(chore)
