"""One bot on every channel for the fuzzed doors, and the door that is watched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import app
import config
from tests.support import line_events, telegram_updates
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.fuzzing import Door


@pytest.fixture
def settings(tmp_path: Path, line: FakeLine, telegram: FakeTelegram) -> config.Settings:
    return app.load_settings(
        {
            "VAR_DIR": str(tmp_path),
            "LINE_CHANNEL_SECRET": line_events.SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
            "LINE_API_BASE": line.base,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": telegram_updates.SECRET,
            "TELEGRAM_API_BASE": telegram.base,
            "PUBLIC_URL": "https://bot.example.org",
            "OFFICE_CONTACT": "分機 1234",
        }
    )


@pytest.fixture
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    with Door(request.node.name.removeprefix("test_")) as door:
        yield door
    door.hold()
