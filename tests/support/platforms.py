"""Both platforms for one bot, as broadcasts see them. For tests and bench."""

from collections import Counter
from collections.abc import Callable

from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.wire import Call, Fault


class Platforms:
    def __init__(self, delay: float = 0, keep_bodies: bool = True) -> None:
        self.line = FakeLine(delay, keep_bodies)
        self.telegram = FakeTelegram(delay, keep_bodies)
        self.settings = {
            "LINE_CHANNEL_SECRET": "s",
            "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
            "LINE_API_BASE": self.line.base,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": self.telegram.base,
        }

    @property
    def sends(self) -> list[Call]:
        """The calls that send something, in order."""
        calls = (*self.line.calls, *self.telegram.calls)
        return sorted((call for call in calls if call.to or call.method == "reply"), key=lambda call: call.at)

    @property
    def reached(self) -> Counter[str]:
        return self.line.reached + self.telegram.reached

    def misbehave(self, fault: Callable[[Call], Fault | None]) -> None:
        """From now on, both."""
        self.line.misbehave = self.telegram.misbehave = fault

    def behave(self) -> None:
        self.misbehave(lambda call: None)

    def close(self) -> None:
        self.line.close()
        self.telegram.close()
