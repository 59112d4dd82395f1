"""Links into the private chat with the bot: t.me/<name>?start=<payload>, which comes back as "/start <payload>".

A payload is at most 64 of A-Z a-z 0-9 _ - (core.telegram.org/bots/features, deep linking).
"""

import re

_PAYLOAD = re.compile(r"(?:case|happened|menu|guides)-[0-9]{1,6}|guide-[a-z0-9-]{1,40}|menu|guides|ask")


def link(name: str, postback: str) -> str:
    """The address that opens what the postback opens; "" without the bot's name, or for what opens nothing."""
    payload = postback.replace(":", "-", 1)
    return f"https://t.me/{name}?start={payload}" if name and _PAYLOAD.fullmatch(payload) else ""


def postback(payload: str) -> str:
    """What a link that we made opens; "" for any other payload."""
    return payload.replace("-", ":", 1) if _PAYLOAD.fullmatch(payload) else ""
