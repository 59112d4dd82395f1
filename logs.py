"""Where log lines go and what they look like: text for people, or one JSON object a line."""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

QUIET = ("alembic", "urllib3", "jieba", "huey")
WEB_SERVERS = ("waitress", "gunicorn.error")


class JsonLines(logging.Formatter):
    """{"time", "level", "logger", "message"} and, for an exception, its kind."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for people. An exception shows its kind only: its text may quote what a person typed."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {record.getMessage()}"
        return f"{line} ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else line


class Redacted(logging.Filter):
    """Hides every configured secret in a log line, whichever library wrote it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        for secret in self._secrets:
            message = message.replace(secret, "[hidden]")
        record.msg, record.args = message, ()
        return True


class OfWebServer(logging.Filter):
    """For what a web server says of requests: neither their addresses nor an exception's text, which may be typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if record.levelno >= logging.WARNING:
            said = re.split(r"=|: ", re.sub(r"%[a-z]", "…", str(record.msg)))[0]
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        record.msg, record.args = said.partition(" serving ")[0] + kind, ()
        record.exc_info = record.exc_text = None
        return record.levelno >= logging.INFO


def start(log_format: str, secrets: Iterable[str] = (), remarks: Iterable[str] = ()) -> None:
    """Send every log line and warning to stderr, in one form, without the secrets; the remarks first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redacted(secrets))
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in WEB_SERVERS:
        hide_requests(name)
    sys.excepthook = lambda kind, error, _: logging.error("stopped: %s", describe(error))
    threading.excepthook = lambda failed: logging.error("a thread stopped: %s", _kind_of(failed.exc_value))
    sys.unraisablehook = lambda failed: logging.warning("not handled: %s", _kind_of(failed.exc_value))
    logging.raiseExceptions = False  # else a line that cannot be written is shown with its arguments
    for remark in remarks:
        logging.getLogger("settings").warning("%s", remark)


def hide_requests(name: str) -> None:
    """Once, whoever asks: a logger of that name tells nothing that was typed."""
    logger = logging.getLogger(name)
    if not any(isinstance(each, OfWebServer) for each in logger.filters):
        logger.addFilter(OfWebServer())


def describe(error: BaseException) -> str:
    """Kind and place of an error, never its message, which may quote what a person typed.

    Such as "KeyError at conversation.py:81"; with causes, "StoreError from OperationalError at database.py:200".
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return " from ".join(type(cause).__name__ for cause in _causes(error)) + place


def _kind_of(error: BaseException | None) -> str:
    return describe(error) if error else "unknown"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
