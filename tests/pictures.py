"""The pictures of docs/console.md: python -m tests.pictures FOLDER [CHAPTER …]

Each chapter does in a real browser what the guide says, in a made-up office, and takes its pictures on the way.
"""

import logging
import sys
import tempfile
from pathlib import Path

from tests.support import tour_accounts, tour_library, tour_tips
from tests.support.console_camera import Camera, browser
from tests.support.console_demo import demo

CHAPTERS = (
    *(tour_accounts.enters, tour_accounts.looks),
    *(tour_library.adds, tour_library.mends, tour_library.teaches, tour_library.approves, tour_library.uploads),
    *(tour_library.collides, tour_library.steps_back),
    *(tour_tips.sends, tour_tips.watches, tour_tips.plans),
    tour_accounts.oversees,
)


def main() -> None:
    folder, *chosen = sys.argv[1:]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    Path(folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, demo(Path(var)) as running, browser() as started:
        camera = Camera(started, running.address, Path(folder))
        for chapter in CHAPTERS:
            if not chosen or chapter.__name__ in chosen:
                print(chapter.__name__)
                chapter(camera, running)


if __name__ == "__main__":
    main()
