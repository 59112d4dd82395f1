"""Telegram looked over: the token, the clock, the webhook as Telegram sees it. By calls that change nothing."""

import time
from collections.abc import Iterator
from datetime import datetime

from broadcasts.sender import SendError
from core import dates
from handlers import checkup
from handlers.channel import Here
from handlers.telegram.client import TelegramClient
from handlers.telegram.spec import SPEC
from handlers.wire import Json, as_dict, as_str
from office import checkup_words as words
from office.facts import Fact, State

MANY = 100  # updates that wait; a bot that takes them has a few at most
RECENT_SECONDS = 3600  # an older fault is over, since Telegram tries again every minute or two


def look_over(client: TelegramClient, here: Here) -> Iterator[Fact]:
    """Where the token is refused, or Telegram cannot be reached, nothing else can be asked."""
    try:
        me = as_dict(client.call("getMe", {}))
        yield Fact(checkup.named(SPEC, words.TOKEN), words.TOKEN_FINE.format(name=f"@{as_str(me.get('username'))}"))
        yield from checkup.clock(SPEC, client.date())
        yield from _webhook(as_dict(client.call("getWebhookInfo", {})), here.public_url)
    except SendError as error:
        yield checkup.token_fault(SPEC, error, client.base)


def _webhook(found: Json, public_url: str | None) -> Iterator[Fact]:
    url, name = as_str(found.get("url")), checkup.named(SPEC, words.WEBHOOK)
    if public_url:
        yield checkup.registered(SPEC, url, public_url)
    elif url:
        said = words.POLLING_TAKEN.format(url=checkup.shown(url))
        yield Fact(name, said, State.WRONG, words.POLLING_REMEDY)
    else:
        yield Fact(name, words.POLLING)
    yield from _waiting(found.get("pending_update_count"))
    if url:
        yield from _last_fault(found)


def _waiting(count: object) -> Iterator[Fact]:
    if not isinstance(count, int):
        return
    name = checkup.named(SPEC, words.WAITING)
    if count > MANY:
        yield Fact(name, words.WAITING_MANY.format(count=f"{count:,}"), State.NOTICE, words.WAITING_REMEDY)
    else:
        yield Fact(name, words.WAITING_FINE.format(count=count))


def _last_fault(found: Json) -> Iterator[Fact]:
    at = found.get("last_error_date")
    if isinstance(at, int) and at > time.time() - RECENT_SECONDS:
        moment = dates.moment(datetime.fromtimestamp(at).astimezone())
        answer = checkup.shown(as_str(found.get("last_error_message")))
        said = words.FAULT_SAID.format(moment=moment, answer=answer)
        state = State.WRONG if found.get("pending_update_count") else State.NOTICE  # what waits still does not get here
        yield Fact(checkup.named(SPEC, words.FAULT), said, state, words.FAULT_REMEDY)
