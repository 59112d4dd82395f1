"""What goes wrong again and again, such as a database that is down: said once, and once more when it is over.

One trouble stops many works of a process at once (every loop that asks the store): the first that meets it says it for
all. The first of them that works again says that it is over; whatever still fails then is a trouble of its own.
"""

import logging
import threading
from collections.abc import Callable

import logs

REDIS = "Redis（REDIS_URL）"

_lock = threading.Lock()
_stopped: dict[tuple[str, str], set[str]] = {}  # a trouble: what it is about, its kind -> the works it has stopped


def attempt(log: logging.Logger, work: str, act: Callable[[], object]) -> bool:
    """Do it; whether it worked. Never raises."""
    try:
        act()
    except Exception as error:
        failed(log, work, error)
        return False
    worked(log, work)
    return True


def failed(log: logging.Logger, work: str, error: Exception, said: str = "", about: str = "") -> None:
    """`said` stands for the error's kind and place; `about`: what the trouble is with, unless the error says so."""
    about = about or getattr(error, "about", "")
    with _lock:
        works = _stopped.setdefault((about, f"{type(error).__module__}.{type(error).__qualname__}"), set())
        is_new = not works
        works.add(work)
    if is_new:
        log.warning("%s：%s（不再重複，好了會說）", about or work, said or logs.describe(error))


def worked(log: logging.Logger, work: str) -> None:
    """It works, whether it had failed or not."""
    if not _stopped:
        return
    with _lock:
        over = [trouble for trouble, works in _stopped.items() if work in works]
        for trouble in over:
            del _stopped[trouble]
    for about in dict.fromkeys(about or work for about, _ in over):
        log.info("%s：恢復了", about)


def why_redis(error: Exception) -> str:
    """What there is to do about a Redis that does not serve."""
    if type(error).__name__ in ("AuthenticationError", "NoPermissionError"):
        return "不接受這組帳號密碼，或沒有給：請檢查 REDIS_URL，密碼寫成 redis://:密碼@主機:埠/編號"
    return f"不通（{logs.describe(error)}）"


def forget() -> None:
    """As in a new process; for tests."""
    _stopped.clear()
