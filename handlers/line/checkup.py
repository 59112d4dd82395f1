"""LINE looked over: the token, the clock, the webhook from outside, what is left of the month.

By calls that change nothing. That of the webhook may be made 60 times an hour (Messaging API reference, "Rate limits").
"""

from collections.abc import Iterator

from linebot.v3 import messaging

from broadcasts.sender import Busy, Refused, SendError
from handlers import checkup
from handlers.channel import Here
from handlers.line.client import LineClient
from handlers.line.spec import SPEC
from office import checkup_words as words
from office.facts import Fact, State

_SECRET = "LINE_CHANNEL_SECRET"  # noqa: S105 - the name, no secret


def look_over(client: LineClient, here: Here) -> Iterator[Fact]:
    """Where the token is refused, or LINE cannot be reached, nothing else can be asked."""
    try:
        answer = client.ask("get_bot_info_with_http_info")
    except SendError as error:
        yield checkup.token_fault(SPEC, error, client.base)
        return
    name = answer.data.basic_id if answer else ""
    yield Fact(checkup.named(SPEC, words.TOKEN), words.TOKEN_FINE.format(name=checkup.shown(name)))
    if answer:
        yield from checkup.clock(SPEC, (answer.headers or {}).get("Date", ""))
    for part in (_webhook(client, here), _quota(client, here.people)):
        try:
            yield from part
        except SendError as error:
            yield checkup.token_fault(SPEC, error, client.base)


def _webhook(client: LineClient, here: Here) -> Iterator[Fact]:
    try:
        found = client.ask("get_webhook_endpoint")
    except Refused:  # 404: none was ever set
        found = None
    fact = checkup.registered(SPEC, found.endpoint if found else "", here.public_url)
    yield fact
    if found and not found.active:
        name = checkup.named(SPEC, words.WEBHOOK)
        yield Fact(name, words.WEBHOOK_OFF, State.WRONG, words.WEBHOOK_OFF_REMEDY)
    if found and fact.state == State.OK:
        yield _reached(client)


def _reached(client: LineClient) -> Fact:
    """LINE calls the webhook without any event."""
    name = checkup.named(SPEC, words.REACHED)
    try:
        tried = client.ask("test_webhook_endpoint", messaging.TestWebhookEndpointRequest())
    except (Busy, Refused) as error:
        return Fact(name, words.REACHED_UNKNOWN.format(answer=error), State.NOTICE, words.REACHED_UNKNOWN_REMEDY)
    if tried is None or tried.success:
        return Fact(name, words.REACHED_FINE)
    answer = checkup.shown(f"{tried.reason} {tried.detail or ''}")
    if tried.status_code in (400, 401):
        remedy = words.REACHED_SIGNATURE_REMEDY.format(setting=_SECRET)
        return Fact(name, words.REACHED_SIGNATURE.format(answer=answer), State.WRONG, remedy)
    remedy = words.REACHED_REMEDY.format(path=f"/webhook/{SPEC.name}")
    return Fact(name, words.REACHED_NOT.format(answer=answer), State.WRONG, remedy)


def _quota(client: LineClient, people: int | None) -> Iterator[Fact]:
    name = checkup.named(SPEC, words.QUOTA)
    try:
        left = client.remaining_quota()
    except (Busy, Refused) as error:
        yield Fact(name, words.QUOTA_UNKNOWN.format(answer=error), State.NOTICE, words.QUOTA_UNKNOWN_REMEDY)
        return
    if left is None:
        yield Fact(name, words.QUOTA_ANY)
    elif people is None:
        yield Fact(name, words.QUOTA_LEFT_ALONE.format(left=f"{left:,}"))
    else:
        said = words.QUOTA_LEFT.format(left=f"{left:,}", people=f"{people:,}")
        yield Fact(name, said, *((State.NOTICE, words.QUOTA_SHORT) if left < people else ()))
