"""How errors are written down: kind and place, never the message, which may quote what a person typed."""

import traceback


def describe(error: BaseException) -> str:
    """Such as "KeyError at conversation.py:81"."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
