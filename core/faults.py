"""How errors are written down: kind and place, never the message, which may quote what a person typed."""

import traceback
from collections.abc import Iterator


def describe(error: BaseException) -> str:
    """Such as "KeyError at conversation.py:81"; with causes, "StoreError from OperationalError at store.py:200"."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return " from ".join(type(one).__name__ for one in _chain(error)) + place


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
