"""Answers in a group that only who pressed sees: ephemeral messages (Bot API 10.2; the parameters are those of 10.3).

Any bot may send one within 15 s of a press, in groups; it has no message_id, but an ephemeral_message_id
(core.telegram.org/bots/api, "Ephemeral Messages and Commands").
"""

import logging
import re
import time
from collections.abc import Callable

from broadcasts.sender import ContentRefused, SendError
from core.messages import Reply
from core.plain_text import cut_utf16
from handlers.telegram import deep_links, render
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import Update
from handlers.wire import Json, as_dict

log = logging.getLogger(__name__)

TOAST = 200  # characters of a press's answer (Bot API, answerCallbackQuery)
REST_SECONDS = 24 * 3600  # not tried again so soon where Telegram, or a Bot API server of one's own, does not know them
# A press that came too late, a card that is refused: these say nothing about others.
_THIS_ONE = re.compile(r"query is too old|query_?id_?invalid|parse entities|BUTTON_", re.I)


class Whispers:
    """Where an answer cannot be shown to the presser alone, the press opens the private chat at the same place."""

    def __init__(self, client: TelegramClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._off_until = clock()

    @property
    def are_on(self) -> bool:
        return self._clock() >= self._off_until

    def answer(self, update: Update, reply: Reply) -> None:
        """Show the card to who pressed; raises SendError when not even the press could be answered."""
        answered: Json = {"callback_query_id": update.callback_id}
        if not (self.are_on and self._showed(update, reply)):
            url = deep_links.link(self._client.name(), update.incoming.text)
            answered |= {"url": url} if url else {"text": cut_utf16(reply.card.title, TOAST)}
        self._client.call("answerCallbackQuery", answered)

    def _showed(self, update: Update, reply: Reply) -> bool:
        try:
            return all(self._show(update, message) for message in render.messages(reply))
        except ContentRefused as error:
            if not _THIS_ONE.search(str(error)):
                self._rest(str(error))
        except SendError as error:
            log.info("not shown to the presser alone: %s", error)
        return False

    def _show(self, update: Update, message: Json) -> bool:
        """False where everybody saw it: a server that does not know the parameter ignores it. It is taken back."""
        if update.place is None:
            return False
        place: Json = {"chat_id": update.place.chat}
        place |= {"message_thread_id": update.place.topic} if update.place.topic else {}
        whom = {"receiver_user_id": update.presser, "callback_query_id": update.callback_id}
        shown = as_dict(self._client.call("sendMessage", {**place, **message, "ephemeral_message_parameters": whom}))
        if shown.get("ephemeral_message_id"):
            return True
        self._rest("the message was shown to everybody")
        self._client.call("deleteMessage", {"chat_id": update.place.chat, "message_id": shown.get("message_id")})
        return False

    def _rest(self, reason: str) -> None:
        self._off_until = self._clock() + REST_SECONDS
        log.warning("Telegram: no ephemeral messages (%s): presses open the private chat for a day", reason)
