"""LINE's webhook JSON -> Incoming, read by hand: the SDK's parser drops whole events that it does not know."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from core.messages import Incoming, Kind
from handlers.line.spec import SPEC, read_address

_SOURCES = ("user", "group", "room")
_KINDS: dict[str, Kind] = {
    "follow": "follow",
    "unfollow": "unfollow",
    "join": "join",
    "leave": "leave",
    "postback": "postback",
}


class LineEvent(NamedTuple):
    """What happened, and the token for the reply ("" where none came)."""

    incoming: Incoming
    reply_token: str


def read(event: Any) -> LineEvent | None:
    """The event as the conversation sees it; None for whatever asks for silence. Takes any JSON value."""
    event = _dict(event)
    source = _dict(event.get("source"))
    if event.get("mode", "active") != "active" or source.get("type") not in _SOURCES:
        return None
    token = _str(event.get("replyToken"))
    if set(token) in ({"0"}, {"f"}):  # the fake events of the console's old "Verify" button
        return None
    group = source["type"] != "user"
    content = _content(event, group)
    if content is None:
        return None
    kind, text = content
    address = "" if group else _str(source.get("userId"))  # a multicast reaches no group (LINE's reference)
    return LineEvent(
        Incoming(
            kind=kind,
            channel=SPEC.name,
            address=read_address(address),
            text=text,
            event_id=_str(event.get("webhookEventId")) or None,
            group=group,
        ),
        token,
    )


def _content(event: dict[str, Any], group: bool) -> tuple[Kind, str] | None:
    kind = _str(event.get("type"))
    if kind == "message":
        return _message(_dict(event.get("message")), group)
    if kind == "postback":
        data = _dict(event.get("postback")).get("data")
        return ("postback", data) if isinstance(data, str) else None
    return (_KINDS[kind], "") if kind in _KINDS else None


def _message(message: dict[str, Any], group: bool) -> tuple[Kind, str] | None:
    if message.get("type") != "text":
        return ("attachment", "") if _str(message.get("type")) and not group else None
    text = message.get("text")
    mentions = [one for one in _dicts(_dict(message.get("mention")).get("mentionees")) if _is_me(one)]
    if not isinstance(text, str) or (group and not mentions):
        return None
    return "text", _without(text, mentions + _dicts(message.get("emojis")))


def _is_me(mentionee: dict[str, Any]) -> bool:
    return mentionee.get("type") == "user" and mentionee.get("isSelf") is True


def _without(text: str, pieces: list[dict[str, Any]]) -> str:
    """The text without mentions of the bot and LINE emojis; their places count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    for at, size in sorted(set(_places(pieces, len(units) // 2)), reverse=True):
        units = units[: at * 2] + b" \0" + units[(at + size) * 2 :]
    return units.decode("utf-16-le", "replace").strip()


def _places(pieces: list[dict[str, Any]], end: int) -> Iterator[tuple[int, int]]:
    for piece in pieces:
        at, size = piece.get("index"), piece.get("length")
        if type(at) is int and type(size) is int and at >= 0 and size > 0 and at + size <= end:
            yield at, size


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""
