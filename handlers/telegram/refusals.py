"""What Telegram means when it refuses a message: the answer's status and words, made the error that says what to do.

A 400 may speak of the message or of the one chat, and only its sentence tells which. Sentences in small letters are
those of the Bot API's own server (tdlib/telegram-bot-api, Client.cpp) and of the library below it (tdlib/td,
DialogManager.cpp and MessageContent.cpp); words in capitals come from Telegram itself and pass through unchanged
(core.telegram.org/method/messages.sendMessage, "Possible errors"), also those that it gives as 403 or 406.
"""

import logging
import re
from typing import Any

from broadcasts.model import HoldReason
from broadcasts.sender import (
    AddressBusy,
    AddressRefused,
    Busy,
    ContentRefused,
    Gone,
    Moved,
    OnHold,
    Refused,
    SendError,
)
from handlers import refusal_words
from handlers.wire import Json, as_dict

log = logging.getLogger(__name__)

KEPT = 120  # characters of a description
REMEDIES = {
    401: "check TELEGRAM_BOT_TOKEN",
    404: "check TELEGRAM_BOT_TOKEN and TELEGRAM_API_BASE",
    409: "another program polls with this token, or has set a webhook: stop it, or set PUBLIC_URL here",
}

# why: what is to be done, and the sentences. The first that fits holds; what fits none is the message's own.
# broadcasts/words.py says each reason in words.
OF_ONE_CHAT: dict[str, tuple[type[Refused], str]] = {
    "topic closed or deleted": (
        AddressRefused,
        r"\bTOPIC_\w+|topic (is|was|not)|message.thread.not.found|not a (supergroup )?forum",
    ),
    "no right to write": (
        AddressRefused,
        r"not enough rights|have no rights|write access|administrator rights|CHAT_ADMIN_REQUIRED|\bCHAT_\w*FORBIDDEN",
    ),
    "restricted": (
        AddressRefused,
        r"\b(CHAT|USER|USER_PRIVACY)_RESTRICTED|is restricted|USER_BANNED_IN_CHANNEL|can't access the chat",
    ),
    "paid messages only": (AddressRefused, r"PAYMENT_REQUIRED|PREMIUM\w*_REQUIRED|BALANCE_TOO_LOW"),
    "upgraded, and not said to what": (AddressRefused, r"upgraded to a supergroup"),
    "blocked": (Gone, r"bot was blocked|USER_IS_BLOCKED|YOU_BLOCKED_USER"),
    "deleted": (Gone, r"USER_DEACTIVATED|(user|group|chat) (is|was) (deactivated|deleted)"),
    "left": (Gone, r"bot was kicked|not a member|not in the chat|USER_NOT_PARTICIPANT|CHANNEL_PRIVATE"),
    "never there": (Gone, r"(chat|user) not found|\b(PEER|CHAT|CHANNEL|USER)(_ID)?_INVALID"),
    "not to be written to": (Gone, r"can't initiate conversation|messages to (other )?bots|USER_IS_BOT"),
}
_SLOW_MODE = re.compile(r"SLOW_?MODE_WAIT_?(\d*)", re.I)
_MOVED = "migrate_to_chat_id"


def read(method: str, status: int, body: Json) -> SendError:
    """The error that an answer of the Bot API is, other than a success."""
    description = " ".join(str(body.get("description", "")).split())[:KEPT]
    reason = f"{method}: Telegram answered {status}: {refusal_words.known(description)}"
    reason += f" ({REMEDIES[status]})" if status in REMEDIES else ""
    parameters = as_dict(body.get("parameters"))
    if slow := _SLOW_MODE.search(description):
        return AddressBusy(f"slow mode: {reason}", _seconds(parameters.get("retry_after")) or float(slow[1] or 0))
    if status == 429 or status >= 500:
        return Busy(reason, _seconds(parameters.get("retry_after")))
    if status in (401, 404):
        return OnHold(reason, HoldReason.TOKEN)
    if status not in (400, 403):
        return Refused(reason)
    if type(parameters.get(_MOVED)) is int:
        return Moved(reason, parameters[_MOVED])
    return _refused(status, description, reason)


def _refused(status: int, description: str, reason: str) -> Refused:
    """Telegram says 403 of nothing but the chat."""
    for why, (kind, sentences) in OF_ONE_CHAT.items():
        if re.search(sentences, description, re.IGNORECASE):
            return kind(f"{why}: {reason}")
    return Gone(reason) if status == 403 else ContentRefused(reason)


def _seconds(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and value >= 0 else None
