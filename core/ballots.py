"""Votes only for cards that were shown: what a vote's button brings back is signed, for its case and its day."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from core.messages import Button, Reply

LIFE_DAYS = 30
_VERBS = ("helped", "nothelped")
_FIRST_DAY = date(2020, 1, 1).toordinal()
_DAY, _NUMBER, _SIGNATURE = 2, 7, 9  # bytes; as text 12 characters of the store's 16 for a card, and 12 more of
_CARD = (_DAY + _NUMBER) * 4 // 3  # Telegram's 64 for a button


class Ballot(NamedTuple):
    """What a press brought back, signed here: the card's number, and whether it is too old to count."""

    card: str
    is_old: bool


class Ballots:
    """Gives every card that is shown a number of its own, so that a second press changes the vote and adds none.

    `key`: of the program's signatures; `today`: a number tells nothing finer of when its card was shown.
    """

    def __init__(self, key: str, today: Callable[[], date]) -> None:
        self._key = key.encode()
        self._today = today

    def issued(self, reply: Reply) -> Reply:
        """The reply with a signed number on the buttons that vote."""
        card = _text(self._day().to_bytes(_DAY, "big") + secrets.token_bytes(_NUMBER))
        sections = tuple(
            replace(section, buttons=tuple(self._signed(button, card) for button in section.buttons))
            for section in reply.card.sections
        )
        return replace(reply, card=replace(reply.card, sections=sections))

    def read(self, token: str, case_id: int) -> Ballot | None:
        """None for what was not issued here for this case."""
        card, signature = token[:_CARD], token[_CARD:]
        if not hmac.compare_digest(self._signature(card, str(case_id)), signature.encode("utf-8", "replace")):
            return None
        shown = int.from_bytes(urlsafe_b64decode(card)[:_DAY], "big")
        return Ballot(card, self._day() - shown > LIFE_DAYS)

    def _signed(self, button: Button, card: str) -> Button:
        verb, _, case_id = button.postback.partition(":")
        if verb not in _VERBS:
            return button
        return replace(button, postback=f"{button.postback}:{card}{self._signature(card, case_id).decode()}")

    def _signature(self, card: str, case_id: str) -> bytes:
        signed = hmac.new(self._key, f"vote {case_id} {card}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return urlsafe_b64encode(signed[:_SIGNATURE])

    def _day(self) -> int:
        return max(0, self._today().toordinal() - _FIRST_DAY)  # a clock that is not set yet costs no answer


def _text(number: bytes) -> str:
    return urlsafe_b64encode(number).decode()
