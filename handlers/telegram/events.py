"""Telegram's update JSON -> Incoming, read by hand, so that no odd or new update can raise."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from core import commands, words
from core.messages import Incoming, Kind
from handlers.edits import Wording
from handlers.telegram import deep_links
from handlers.telegram.spec import SPEC
from handlers.wire import Json, as_dict, as_dicts, as_str

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
ALONE = "alone:"  # before the data of a button whose answer is for the presser alone
QUOTATION = "blockquote"  # explanations are expandable ones, which have a type of their own

_COMMAND = re.compile(r"[/／]([A-Za-z0-9_Ａ-Ｚａ-ｚ０-９＿]{1,32})(?:[@＠]([A-Za-z0-9_]+))?(?![\w/])")
_COMMANDS: dict[str, tuple[Kind, str]] = {
    "start": ("follow", ""),
    "stop": ("stop", ""),
    "help": ("postback", "help"),
    "menu": ("postback", "menu"),
    "tip": ("postback", "tip"),
    "broadcast": ("text", words.BROADCAST),
}
_HELP = _COMMANDS["help"]
TELEGRAM_ITSELF = 777000  # brings a linked channel's posts into its group
_ATTACHMENTS = {"animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo", "location"}
_ATTACHMENTS |= {"paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice"}
_MEMBERSHIP: dict[tuple[bool, str], Kind] = {
    (False, "kicked"): "unfollow",
    (False, "member"): "unblock",
    (True, "kicked"): "leave",
    (True, "left"): "leave",
}


class Place(NamedTuple):
    """Where an answer goes: a chat, a forum's topic in it, the message it replies to."""

    chat: int
    topic: int | None = None
    replies_to: int | None = None


class Update(NamedTuple):
    """What happened, where the answer goes (None: nowhere), and the press that is to be confirmed ("": none).

    `presser`: the only one in the group who may see the answer; None: everybody there. `wording`: how a text stands,
    which may be edited. `unless`: another event of the same album, and what is said here is only said where that one
    does not come.
    """

    incoming: Incoming
    place: Place | None
    callback_id: str = ""
    presser: int | None = None
    wording: Wording | None = None
    unless: str = ""


class Me(NamedTuple):
    """The bot itself. Its name is asked only when an update turns on it; "" where Telegram does not tell."""

    id: int
    name: Callable[[], str]


def read(update: Any, me: Me) -> Update | None:
    """The update as the conversation sees it; None for whatever asks for silence. Takes any JSON value."""
    found = _read(as_dict(update), me)
    return found and found._replace(incoming=replace(found.incoming, lane=lane(update)))


def lane(update: Any) -> str:
    """A chat; "" for a picture that waits for another one of its album to say more."""
    update = as_dict(update)
    holder = next(filter(None, (as_dict(update.get(kind)) for kind in KINDS)), {})
    if _album(holder) and not _said(holder):
        return ""
    place = _place(as_dict(holder.get("message")) or holder) or _place({"chat": holder.get("from")})
    return f"{SPEC.name} {place.chat}" if place else ""


def _read(update: Json, me: Me) -> Update | None:
    event_id = _event_id(update)
    if query := as_dict(update.get("callback_query")):
        return _callback(query, event_id)
    if change := as_dict(update.get("my_chat_member")):
        return _membership(change, event_id)
    if edited := as_dict(update.get("edited_message")):
        return _message(edited, event_id, me, is_edit=True) if _said(edited) else None
    return _message(as_dict(update.get("message")), event_id, me)


def number(update: Any) -> int | None:
    """The update's number, where it has a believable one."""
    return _id(as_dict(update).get("update_id"))


def _event_id(update: Json) -> str | None:
    """An album's pictures come as one update each, and are two events at the most: with a caption, and without."""
    message, known = as_dict(update.get("message")), number(update)
    if album := _album(message):
        return f"caption {album}" if _said(message) else f"album {album}"
    return str(known) if known else None


def _album(message: Json) -> str:
    """ "" for what is no part of one. Its id is unique inside its chat alone."""
    album = as_str(message.get("media_group_id"))
    return f"{as_dict(message.get('chat')).get('id')} {album}" if album else ""


def _said(message: Json) -> str:
    """The text, or what was written under a picture, a file, a recording: to people that is the same."""
    return as_str(message.get("text")) or as_str(message.get("caption")).strip()


def _callback(query: Json, event_id: str | None) -> Update | None:
    callback_id = as_str(query.get("id"))
    if not callback_id:
        return None
    message = as_dict(query.get("message"))
    place = _place(message) or _place({"chat": query.get("from")})
    address = str(place.chat) if place else None
    data, group = as_str(query.get("data")), _is_group(message)
    opened, presser = data.removeprefix(ALONE), _id(as_dict(query.get("from")).get("id"))
    # A message that only the presser sees has an ephemeral_message_id (Bot API 10.2), and so is what its buttons bring.
    if group and presser and (opened != data or _id(message.get("ephemeral_message_id"))):
        return Update(Incoming("postback", SPEC.name, None, opened, event_id), place, callback_id, presser)
    incoming = Incoming("postback", SPEC.name, address, opened, event_id, group, _quoted(message))
    return Update(incoming, place, callback_id)


def _quoted(message: Json) -> str:
    """What the bot's own message shows in a plain quotation, by which its buttons carry text.

    "" for a message without one, or one so old that Telegram no longer brings it along. Places count UTF-16 units.
    """
    units = as_str(message.get("text")).encode("utf-16-le", "surrogatepass")
    for entity in as_dicts(message.get("entities")):
        at, size = entity.get("offset"), entity.get("length")
        if entity.get("type") == QUOTATION and type(at) is int and type(size) is int and at >= 0 and size > 0:
            return units[at * 2 : (at + size) * 2].decode("utf-16-le", "replace").strip()
    return ""


def _membership(change: Json, event_id: str | None) -> Update | None:
    place = _place(change)
    status = as_str(as_dict(change.get("new_chat_member")).get("status"))
    kind = _MEMBERSHIP.get((_is_group(change), status))
    if kind is None or place is None or not _is_chat(change):
        return None
    return Update(Incoming(kind, SPEC.name, str(place.chat), event_id=event_id), None)


def _message(message: Json, event_id: str | None, me: Me, is_edit: bool = False) -> Update | None:
    place = _place(message)
    if place is None or not _is_chat(message) or not _is_person(message):
        return None
    group = _is_group(message)
    content = _in_group(message, me) if group else _in_private(message)
    if content is None:
        return None
    kind, text = content
    incoming = Incoming(kind, SPEC.name, str(place.chat), text, event_id, group)
    if kind == "attachment":
        return Update(incoming, place, unless=f"caption {_album(message)}" if _album(message) else "")
    wording = Wording(
        f"{place.chat} {message.get('message_id')}", f"{kind} {text}", is_edit, _id(message.get("edit_date")) or 0
    )
    return Update(incoming, place, wording=wording)


def _is_person(message: Json) -> bool:
    """Also who speaks as a group or a channel: `from` is then one of Telegram's own bots."""
    author = as_dict(message.get("from"))
    if message.get("is_automatic_forward") is True or author.get("id") == TELEGRAM_ITSELF:
        return False
    return author.get("is_bot") is not True or bool(as_dict(message.get("sender_chat")))


def _in_private(message: Json) -> tuple[Kind, str] | None:
    text = _said(message)
    if not text:
        return ("attachment", "") if _ATTACHMENTS & message.keys() else None
    if command := _COMMAND.match(text):
        if command[1].lower() == "start" and (opened := deep_links.postback(text[command.end() :].strip())):
            return "postback", opened
        kind, meant = _meaning(command) or _HELP
        return kind, meant + text[command.end() :] if kind == "text" else meant
    return "text", text


def _in_group(message: Json, me: Me) -> tuple[Kind, str] | None:
    """Commands, mentions and replies to the bot; all else is not for it."""
    if new := _id(message.get("migrate_to_chat_id")):
        return "moved", str(new)
    text = _said(message)
    if command := _COMMAND.match(text):
        return _command_in_group(command, me)
    called = _called(text, me.name()) if "@" in text else None
    if called is not None:
        return "text", called
    author = as_dict(as_dict(message.get("reply_to_message")).get("from"))
    return ("text", text) if text and author.get("id") == me.id else None


def _command_in_group(command: re.Match[str], me: Me) -> tuple[Kind, str] | None:
    """A command with a name is for that bot; one without is for whoever has it in its menu."""
    if not command[2]:
        return _COMMANDS.get(_name(command))
    return _meaning(command) or _HELP if command[2].lower() == me.name().lower() else None


def _meaning(command: re.Match[str]) -> tuple[Kind, str] | None:
    """What is in no menu may still be a word that the bot knows everywhere, such as /unsubscribe."""
    name = _name(command)
    return _COMMANDS.get(name) or (("text", name) if commands.read(name) else None)


def _name(command: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", command[1]).lower()


def _called(text: str, name: str) -> str | None:
    """The text without the bot's name; None where nobody called it."""
    if not name:
        return None
    rest, count = re.subn(rf"(?<![A-Za-z0-9_/])@{re.escape(name)}(?![A-Za-z0-9_])", " ", text, flags=re.I)
    return rest.strip() if count else None


def _place(holder: Json) -> Place | None:
    """The chat of a message; in a forum its topic, in a group the message too, so that its author sees the answer."""
    chat = _id(as_dict(holder.get("chat")).get("id"))
    if chat is None:
        return None
    topic = _id(holder.get("message_thread_id")) if holder.get("is_topic_message") is True else None
    return Place(chat, topic, _id(holder.get("message_id")) if _is_group(holder) else None)


def _is_chat(holder: Json) -> bool:
    return _chat_type(holder) == "private" or _is_group(holder)


def _is_group(holder: Json) -> bool:
    return _chat_type(holder) in ("group", "supergroup")


def _chat_type(holder: Json) -> str:
    return as_str(as_dict(holder.get("chat")).get("type"))


def _id(value: Any) -> int | None:
    """A number that Telegram may have given: 52 bits, never 0."""
    return value if type(value) is int and 0 < abs(value) < 2**52 else None
