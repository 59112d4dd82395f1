"""A Telegram message as HTML that is safe on a page of the console, whatever its text holds."""

from html.parser import HTMLParser
from typing import NamedTuple

from markupsafe import Markup, escape

from handlers.linked import linked
from handlers.wire import Json

_SHOWN = {"b", "i", "blockquote"}  # all that handlers/telegram/render.py writes besides links
_LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">')


class Bubble(NamedTuple):
    """`html`: the text; `rows`: the labels of the inline keyboard, row by row."""

    html: Markup
    rows: list[list[str]]


def bubble(message: Json) -> Bubble:
    """A message of handlers/telegram/render.messages."""
    reader = _Reader()
    if message.get("parse_mode") == "HTML":
        reader.feed(message["text"])
        reader.close()
    else:
        reader.handle_data(message["text"])
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Bubble(Markup().join(reader.parts), [[key["text"] for key in row] for row in rows])


class _Reader(HTMLParser):
    """Writes the few tags anew and escapes everything else, so that only those reach the page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Markup] = []
        self._in_link = False
        self._after_quote = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag in _SHOWN:
            self.parts.append(Markup("<{}>").format(tag))
        elif tag == "a" and address.startswith(("https://", "http://")):
            self.parts.append(_LINK.format(address))
            self._in_link = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _SHOWN or (tag == "a" and self._in_link):
            self.parts.append(Markup("</{}>").format(tag))
        self._in_link = self._in_link and tag != "a"
        self._after_quote = tag == "blockquote"

    def handle_data(self, data: str) -> None:
        # A quote is a block: the line break behind it would be an empty line.
        words = data.removeprefix("\n") if self._after_quote else data
        self._after_quote = False
        self.parts.append(escape(words) if self._in_link else linked(words))
