"""A question that fits no case, handed over to the office by its asker: it is shown exactly as it will be kept.

Until that press nothing is kept anywhere, so the text travels with the button (`Button.carry`).
"""

import re
import unicodedata

from core import privacy, words
from core.answers import tells_of_crisis
from core.messages import CARRY, Button, Item, Section
from core.plain_text import cut_utf16

KEPT_DAYS = 90
MOST_A_DAY = 500
_MESSAGE = re.compile(r"[0-9A-Za-z_-]{1,40}")  # an id that fits a button


def offer(question: str, message: str = "") -> tuple[Section, ...]:
    """What of a question would be kept, and the button that hands it over; nothing where there is nothing to keep.

    `message`: the one that it was typed in, where a platform tells when it is taken back.
    """
    text = kept_form(question)
    if not text:
        return ()
    postback = f"handover:{message}" if _MESSAGE.fullmatch(message) else "handover"
    button = Button(words.HANDOVER, postback=postback, carry=text)
    return (Section(words.HANDOVER_HEADING, (Item(text, words.HANDOVER_HINT),), (button,)),)


def kept_form(text: str) -> str:
    """The text as it is shown and kept: one line, masked, cut; "" where it says nothing or tells of a crisis.

    The kept form of a kept form is itself, so what comes back with the press is kept as it was shown.
    """
    text = " ".join("".join(character for character in text if _is_visible(character)).split())
    if not any(character.isalnum() for character in text) or tells_of_crisis(text):
        return ""
    return _masked(text)


def _masked(text: str) -> str:
    """Masked once more after the cut, which may leave what looks like a number."""
    shorter = cut_utf16(privacy.mask(text).text, CARRY)
    return text if shorter == text else _masked(shorter)


def _is_visible(character: str) -> bool:
    """Whether it is a character or space that can be seen: no control, no direction mark, nothing half."""
    return character.isspace() or unicodedata.category(character)[0] != "C"
