"""The program's files in which a function is entered for a question and for a tip on LINE: python -m bench.trace

A change of file is a function entered in another file than the one entered before it in the same thread.
"""

import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType

import app
import web_app
from broadcasts.model import Recipient, Status
from tests.support import line_events
from tests.support.fake_line import ACCESS_TOKEN, FakeLine

HOME = f"{Path(__file__).parent.parent}/"
QUESTION = "可以把確診名單傳給家人嗎"
NOT_COUNTED = ("tests/", "bench/", ".venv/")
ENTERED: list[tuple[int, str]] = []  # the thread and the file of each function entered


def note(frame: FrameType, event: str, _: object) -> None:
    path = frame.f_code.co_filename
    if event == "call" and path.startswith(HOME) and not path.startswith(NOT_COUNTED, len(HOME)):
        ENTERED.append((threading.get_ident(), path.removeprefix(HOME)))


@contextmanager
def trace(title: str) -> Iterator[None]:
    """Print what was entered inside the block."""
    ENTERED.clear()
    yield
    visits = [[file for owner, file in ENTERED if owner == thread] for thread in {thread for thread, _ in ENTERED}]
    changes = sum(first != second for visit in visits for first, second in pairwise(visit))
    files = dict.fromkeys(file for _, file in ENTERED)
    print(f"{title}: {len(files)} files, {changes} changes of file", *files, sep="\n  ", end="\n\n")


def main() -> None:
    fake, admin = FakeLine(), line_events.user()["userId"]
    line = {
        "LINE_CHANNEL_SECRET": line_events.SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
        "LINE_API_BASE": fake.base,
    }
    bot = app.Bot(app.load_settings({"VAR_DIR": tempfile.mkdtemp(), "ADMIN_LINE_IDS": admin, **line}))
    bot.store.migrate()
    bot.store.subscribers.import_all([Recipient("line", admin)])
    client = web_app.create_app(bot).test_client()
    bot.library.index()
    threading.setprofile(note)
    sys.setprofile(note)
    line_events.post(client, line_events.text(QUESTION))  # what is worked out once is not counted
    with trace("question"):
        line_events.post(client, line_events.text(QUESTION))
    bot.start_worker()
    with trace("tip"):
        line_events.post(client, line_events.text("推播"))
        confirm = re.findall(r"confirm:[\w:]+", json.dumps(fake.calls[-1].body))[0]
        line_events.post(client, line_events.event("postback", postback={"data": confirm}))
        while (broadcast := bot.broadcasts.repository.get(1)) is None or broadcast.status != Status.DONE:
            time.sleep(0.02)
    bot.close()


if __name__ == "__main__":
    main()
