"""Log lines say what happened and where, and nothing that somebody typed."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

import logs
from handlers import refusal_words

TYPED = "王小明的密件"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.start("text")
    yield stream


def test_a_thread_that_fails_shows_kind_and_place(written: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(TYPED)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "a thread stopped: ValueError at test_log_lines.py" in written.getvalue()
    assert TYPED not in written.getvalue()


def test_what_nobody_catches_shows_kind_and_place(written: io.StringIO) -> None:
    try:
        raise KeyError(TYPED)
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    assert "stopped: KeyError at test_log_lines.py" in written.getvalue()
    assert TYPED not in written.getvalue()


@pytest.mark.parametrize(
    ("name", "level", "said", "arguments"),
    [
        ("waitress", logging.ERROR, f"Exception while serving /case/{TYPED}", ()),
        ("waitress", logging.INFO, f"Client disconnected while serving /{TYPED}", ()),
        ("gunicorn.error", logging.ERROR, "Error handling request %s", (f"/{TYPED}?q={TYPED}",)),
        ("gunicorn.error", logging.WARNING, f"Invalid request from ip=127.0.0.1: Invalid header: '{TYPED}'", ()),
        ("gunicorn.error", logging.DEBUG, "%s %s", ("GET", f"/{TYPED}")),
    ],
)
def test_a_web_server_names_no_address(
    written: io.StringIO, name: str, level: int, said: str, arguments: tuple[str, ...]
) -> None:
    try:
        raise ValueError(TYPED)
    except ValueError:
        logging.getLogger(name).log(level, said, *arguments, exc_info=level >= logging.ERROR)
    assert TYPED not in written.getvalue()
    assert ("ValueError" in written.getvalue()) == (level >= logging.ERROR)


def test_what_a_web_server_says_of_itself_stays(written: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").info("Booting worker with pid: %s", 42)
    logging.getLogger("waitress.queue").warning("Task queue depth is %d", 7)
    assert "Booting worker with pid: 42" in written.getvalue()
    assert "Task queue depth is 7" in written.getvalue()


def test_a_line_that_cannot_be_written_is_not_shown_with_its_arguments(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    written.close()
    logging.getLogger("anything").error("%s", TYPED)
    assert TYPED not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Forbidden: bot was blocked by the user", "Forbidden: bot was blocked by the user"),
        ("Bad Request: chat not found", "Bad Request: chat not found"),
        ("Bad Request: PEER_ID_INVALID", "Bad Request: PEER_ID_INVALID"),
        ("You have reached your monthly limit.", "You have reached your monthly limit."),
        ("Too Many Requests: retry after 5", "Too Many Requests: retry after 5"),
        (f"Bad Request: can't parse entities: {TYPED}", "Bad Request: can't parse entities: …"),
        ("The user 'U" + "1" * 32 + "' is not a friend of Wang Ta-ming", "The user … is not a … of …"),
        ("chat 5000000001 not found", "chat … not found"),
        ("not valid: a123456789@mail.example", "not valid: …"),
        ("PEER_WANG_TA_MING is invalid", "… is invalid"),
        ("", ""),
    ],
)
def test_of_a_refusal_only_the_platforms_own_words_are_kept(said: str, kept: str) -> None:
    assert refusal_words.known(said) == kept
