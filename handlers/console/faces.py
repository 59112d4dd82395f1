"""How a Reply looks everywhere: what each channel would send, for templates/console/faces.html to show.

Nothing here is kept: the texts may be unsaved ones.
"""

from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from core import plain_text, words
from core.messages import Reply
from handlers.console import telegram_bubbles
from handlers.console.telegram_bubbles import Bubble
from handlers.line import render as line_render
from handlers.telegram import render as telegram_render
from handlers.wire import Json


@dataclass(frozen=True)
class Faces:
    """`line`, `telegram`: the messages as they would be sent; `text`: the card without markup; `web`: for the page."""

    line: list[Json]
    telegram: list[Json]
    text: str
    web: Reply

    @property
    def notification(self) -> str:
        """What LINE shows in notifications and in the list of chats; empty where the message itself stands there."""
        return str(self.line[0].get("altText", ""))

    @property
    def bubbles(self) -> list[Bubble]:
        """Telegram's messages as HTML."""
        return [telegram_bubbles.bubble(message) for message in self.telegram]

    @property
    def web_html(self) -> Markup:
        """The card as the chat page holds it; its buttons lead nowhere."""
        return Markup(render_template("reply.html", reply=self.web, words=words, action=""))  # noqa: S704 - escaped by the template


def faces(reply: Reply) -> Faces:
    """What each channel makes of a reply."""
    return Faces(
        line=line_render.messages(reply),
        telegram=telegram_render.messages(reply),
        text=plain_text.text(reply),
        web=reply,
    )
