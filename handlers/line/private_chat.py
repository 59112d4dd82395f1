"""Links into the private chat with the bot, the words that open the rest typed in already and ready to send.

https://line.me/R/oaMessage/<ID>/?<text>, both percent-encoded in UTF-8 (developers.line.biz, "Use LINE features with
the LINE URL scheme", "Opening a chat screen with a LINE Official Account"). On phones only: LINE for a PC opens none.
"""

from urllib.parse import quote

from core.in_private import typed


def link(basic_id: str, postback: str) -> str:
    """The address that opens what the postback opens; "" without the bot's ID."""
    if not basic_id:
        return ""
    chat = f"https://line.me/R/oaMessage/{quote(basic_id, safe='')}/"
    words = typed(postback)
    return f"{chat}?{quote(words, safe='')}" if words else chat
