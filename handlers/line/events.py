"""LINE's webhook JSON -> Incoming, read by hand: the SDK's parser drops whole events that it does not know."""

import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from core.messages import Incoming, Kind, pressed
from handlers.edits import Wording
from handlers.line.spec import SPEC, read_address
from handlers.wire import Json, as_dict, as_dicts, as_str

_SOURCES = ("user", "group", "room")
_KINDS: tuple[Kind, ...] = ("unfollow", "join", "leave", "unsend")
_EDITED = "messageEdited"  # in groups alone, and maybe out of order


class LineEvent(NamedTuple):
    """What happened, the token for the reply ("" where none came), and how a text stands that can be edited."""

    incoming: Incoming
    reply_token: str
    wording: Wording | None = None


def read(event: Any) -> LineEvent | None:
    """The event as the conversation sees it; None for whatever asks for silence. Takes any JSON value."""
    event = as_dict(event)
    source = as_dict(event.get("source"))
    if event.get("mode", "active") != "active" or source.get("type") not in _SOURCES:
        return None
    token = as_str(event.get("replyToken"))
    if set(token) in ({"0"}, {"f"}):  # the fake events of the console's old "Verify" button
        return None
    group = source["type"] != "user"
    content = _content(event, group)
    if content is None:
        return None
    kind, text = content
    address = "" if group else as_str(source.get("userId"))  # a multicast reaches no group (LINE's reference)
    event_id = _picture_set(event) or as_str(event.get("webhookEventId")) or None
    text, carried = pressed(text) if kind == "postback" else (text, "")
    incoming = Incoming(
        kind=kind,
        channel=SPEC.name,
        address=read_address(address),
        text=text,
        event_id=event_id,
        group=group,
        carried=carried,
        lane=lane(event),
        at=_happened_at(event),
        asker=_asker(source),
        message=_message_id(event),
    )
    return LineEvent(incoming, token, _wording(event, text) if group and kind == "text" else None)


def lane(event: Any) -> str:
    """A person, in each group apart: a group as such has nothing here that two of its people could change."""
    source = as_dict(as_dict(event).get("source"))
    ids = [as_str(source.get(part)) for part in ("groupId", "roomId", "userId")]
    return " ".join([SPEC.name, *filter(None, ids)]) if any(ids) else ""


def _asker(source: Json) -> str:
    """Who, or where LINE does not say (it need not, in a group), the place."""
    ids = (as_str(source.get(name)) for name in ("userId", "groupId", "roomId"))
    return next((f"{SPEC.name}:{each}" for each in ids if each), "")


def _happened_at(event: Json) -> float | None:
    """LINE may deliver a later event first, and an earlier one again; a time that is yet to come is no time."""
    milliseconds = event.get("timestamp")
    if type(milliseconds) is not int or milliseconds <= 0:
        return None
    return min(milliseconds, time.time() * 1000) / 1000  # compared first: JSON's whole numbers may be no floats


def _content(event: Json, group: bool) -> tuple[Kind, str] | None:
    kind = as_str(event.get("type"))
    if kind == "message" or (kind == _EDITED and group):
        return _message(as_dict(event.get("message")), group)
    if kind == "follow":
        return ("unblock" if as_dict(event.get("follow")).get("isUnblocked") is True else "befriend"), ""
    if kind == "postback":
        data = as_dict(event.get("postback")).get("data")
        return ("postback", data) if isinstance(data, str) else None
    return next(((known, "") for known in _KINDS if known == kind), None)


def _message(message: Json, group: bool) -> tuple[Kind, str] | None:
    if message.get("type") != "text":
        return ("attachment", "") if as_str(message.get("type")) and not group else None
    text = message.get("text")
    mentions = [each for each in as_dicts(as_dict(message.get("mention")).get("mentionees")) if _is_me(each)]
    if not isinstance(text, str) or (group and not mentions):
        return None
    return "text", _without(text, mentions + as_dicts(message.get("emojis")))


def _message_id(event: Json) -> str:
    """Of a message, or of the one that was taken back; "" for any other event, and for what is no id of LINE's.

    It may be written down, so it holds nobody's words.
    """
    unsent = as_str(as_dict(event.get("unsend")).get("messageId"))
    found = unsent or as_str(as_dict(event.get("message")).get("id"))
    return found if re.fullmatch("[0-9]{1,32}", found) else ""


def _wording(event: Json, text: str) -> Wording | None:
    message, written_at = _message_id(event), event.get("timestamp")
    if not message:
        return None
    return Wording(message, text, event.get("type") == _EDITED, written_at if type(written_at) is int else 0)


def _picture_set(event: Json) -> str:
    """Pictures that were sent together are one event: they get one kind line."""
    pictures = as_str(as_dict(as_dict(event.get("message")).get("imageSet")).get("id"))
    return f"pictures {pictures}" if pictures else ""


def _is_me(mentionee: Json) -> bool:
    return mentionee.get("type") == "user" and mentionee.get("isSelf") is True


def _without(text: str, pieces: list[Json]) -> str:
    """The text without mentions of the bot and LINE emojis; their places count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    for at, size in sorted(set(_places(pieces, len(units) // 2)), reverse=True):
        units = units[: at * 2] + b" \0" + units[(at + size) * 2 :]
    return units.decode("utf-16-le", "replace").strip()


def _places(pieces: list[Json], end: int) -> Iterator[tuple[int, int]]:
    for piece in pieces:
        at, size = piece.get("index"), piece.get("length")
        if type(at) is int and type(size) is int and at >= 0 and size > 0 and at + size <= end:
            yield at, size
