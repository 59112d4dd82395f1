"""What the checkups of all platforms have in common: the clock, a call that failed, an address as people may see it."""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from broadcasts.sender import InDoubt, OnHold, SendError, Unreachable
from core.messages import ChannelSpec
from office import checkup_words as words
from office.facts import Fact, State

CLOCK_SECONDS = 60  # signatures, retry keys and codes of a second factor do not stand more


def named(spec: ChannelSpec, what: str) -> str:
    """LINE 權杖"""
    return f"{spec.title} {what}"


def clock(spec: ChannelSpec, date: str, now: Callable[[], float] = time.time) -> Iterator[Fact]:
    """`date`: of an answer of the platform's that came just now, as HTTP writes it; nothing is found in any other."""
    try:
        ahead = round(now() - parsedate_to_datetime(date).timestamp())
    except (ValueError, TypeError):
        return
    name = words.CLOCK_OF.format(platform=spec.title)
    if abs(ahead) <= CLOCK_SECONDS:
        yield Fact(name, words.CLOCK_FINE.format(seconds=CLOCK_SECONDS))
    else:
        direction = words.CLOCK_FAST if ahead > 0 else words.CLOCK_SLOW
        said = words.CLOCK_OFF.format(direction=direction, seconds=f"{abs(ahead):,}")
        yield Fact(name, said, State.WRONG, words.CLOCK_REMEDY)


def token_fault(spec: ChannelSpec, error: SendError, base: str) -> Fact:
    """Why the first call to the platform failed: its token, or the way there."""
    name = named(spec, words.TOKEN)
    if isinstance(error, OnHold):
        remedy = words.TOKEN_REMEDY.format(setting=spec.token_setting)
        return Fact(name, words.TOKEN_REFUSED.format(answer=error), State.WRONG, remedy)
    is_lost = isinstance(error, (Unreachable, InDoubt))
    remedy = words.UNREACHED_REMEDY.format(host=urlsplit(base).hostname) if is_lost else words.QUOTA_UNKNOWN_REMEDY
    return Fact(name, words.UNREACHED.format(answer=error), State.WRONG, remedy)


def own_webhook(spec: ChannelSpec, public_url: str) -> str:
    return f"{public_url}/webhook/{spec.name}"


def registered(spec: ChannelSpec, url: str, public_url: str | None) -> Fact:
    """Where the platform sends events, against where this server is."""
    name = named(spec, words.WEBHOOK)
    if not url:
        remedy = words.WEBHOOK_SET.format(public_url=public_url) if public_url else words.WEBHOOK_SET_ANY
        return Fact(name, words.WEBHOOK_NONE, State.WRONG, remedy)
    if public_url is None:
        return Fact(name, words.WEBHOOK_UNKNOWN.format(url=shown(url)), State.NOTICE, words.WEBHOOK_SET_ANY)
    own = own_webhook(spec, public_url)
    if url != own:
        said = words.WEBHOOK_ELSEWHERE.format(url=shown(url), own=own)
        return Fact(name, said, State.WRONG, words.WEBHOOK_REMEDY_ELSEWHERE.format(public_url=public_url))
    return Fact(name, words.WEBHOOK_FINE.format(url=own))


def shown(text: str, length: int = 200) -> str:
    """What a platform says, in a line that a terminal can show; what an address has behind its path may be a secret."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text.partition("?")[0])
    return " ".join(plain.split())[:length]
