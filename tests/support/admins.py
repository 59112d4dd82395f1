"""Admins of a bot on both platforms: what they say and press, and what they are notified of."""

import json
from pathlib import Path

import app
from broadcasts.model import Recipient
from core import plain_text
from core.messages import Incoming, Reply, Turn
from retrieval.search import Index
from tests.support.platforms import Platforms
from tests.support.waiting import wait_for

ADMINS = [f"U{number:032x}" for number in (1, 2)]
ON_TELEGRAM = "77"
PEOPLE = [f"U{number:032x}" for number in range(10, 15)]


def admins_bot(tmp_path: Path, index: Index, platforms: Platforms, approvals: int = 1, **settings: str) -> app.Bot:
    environment = {
        "VAR_DIR": str(tmp_path),
        **platforms.settings,
        "ADMIN_LINE_IDS": ",".join(ADMINS),
        "ADMIN_TELEGRAM_IDS": ON_TELEGRAM,
        "TIP_APPROVALS": str(approvals),
        **settings,
    }
    bot = app.Bot(app.load_settings(environment))
    bot.store.migrate()
    bot.library.swap(index)
    bot.store.subscribers.import_all(Recipient("line", address) for address in PEOPLE)
    return bot


def channel_of(who: str) -> str:
    return "telegram" if who == ON_TELEGRAM else "line"


def reply_to(bot: app.Bot, incoming: Incoming) -> Reply | None:
    return turn_of(bot, incoming).reply


def turn_of(bot: app.Bot, incoming: Incoming) -> Turn:
    turn = bot.conversation.handle(incoming)
    assert turn
    return turn


def say(bot: app.Bot, who: str, text: str) -> Reply:
    reply = reply_to(bot, Incoming("text", channel_of(who), who, text))
    assert reply
    return reply


def press(bot: app.Bot, who: str, reply: Reply, label: str) -> str:
    return plain_text.text(pressed(bot, who, reply, label))


def pressed(bot: app.Bot, who: str, reply: Reply, label: str) -> Reply:
    data = next(button.postback for button in plain_text.postbacks(reply) if button.label == label)
    answer = reply_to(bot, Incoming("postback", channel_of(who), who, data))
    assert answer
    return answer


def status(bot: app.Bot, number: int = 1) -> str:
    row = bot.broadcasts.repository.get(number)
    assert row
    return row.status


def notified(platforms: Platforms, who: str) -> list[str]:
    """What reached an admin unasked; admins of these tests do not subscribe."""
    return [json.dumps(call.body, ensure_ascii=False) for call in platforms.sends if call.to == (who,)]


def hear(platforms: Platforms, who: str, count: int = 1) -> str:
    """The newest notification, when there are so many."""
    wait_for(lambda: len(notified(platforms, who)) >= count)
    return notified(platforms, who)[-1]
