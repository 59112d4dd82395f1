"""What a platform says of a refusal, in its own words alone: it may quote what it was sent, an address or a question.

A refusal's reason goes into the log and, for a tip, into the store, so only words that platforms are known to use are
kept; "…" stands for the rest.
"""

import re

KEPT = 120  # characters
_CODE = re.compile(
    r"(?:PEER|CHAT|CHANNEL|USER|TOPIC|MESSAGE|QUERY|MEDIA|FILE|WEBPAGE|REPLY|BOT|ENTITY|BUTTON|URL|SLOWMODE|PAYMENT|PREMIUM"
    r"|PRIVACY|INPUT|BALANCE|YOU)"
    r"(?:_(?:ID|IDS|INVALID|FORBIDDEN|RESTRICTED|REQUIRED|PRIVATE|CLOSED|DELETED|BLOCKED|DEACTIVATED|BOT|IS|ADMIN|WRITE"
    r"|BOUNDS|TEXT|DATA|TOO|LONG|LOW|USER|WAIT|NOT|PARTICIPANT|BANNED|IN|CHANNEL|PRIVACY|SEND|MODIFIED|EMPTY|\d{1,4}))+"
)
_VOCABULARY = """
a access account administrator after again all already an and are at authentication bad be because been before
blocked body bot bots bubble busy by byte call can can't cannot card channel character characters chat check closed
code connection content conversation could data deactivated deleted does don't edit empty end enough entities
entity error exceeded exist expected expired failed flex flood for forbidden format forum found from gateway group
has have header id in initiate internal invalid is it kicked large later left length limit long malformed many max
maximum member members message messages method missing modified monthly more must need never no not object of old
on only or out parse payload permission plan please private property query quota reached read receive recipient
recipients reply request required requests restricted retry right rights schema seconds send sender sent
server service set short slow some start started supergroup supported text thread time timeout to token too
topic try unauthorized unavailable unexpected unknown unsupported until upgraded uri url use used user users valid
value was were while with write wrong you your
api available banned endpoint webhook confirm mode other own paid rate tag tags that the them there this topics unclosed
"""
_WORDS = frozenset(_VOCABULARY.split())


def known(said: str) -> str:
    """The sentence with "…" for every word that may be somebody's."""
    words = (word if _is_known(word.strip(".,:;!?()[]'\"“”")) else "…" for word in said[: KEPT * 4].split())
    return re.sub(r"…(?: …)+", "…", " ".join(words))[:KEPT]


def _is_known(word: str) -> bool:
    is_number = word.isascii() and word.isdigit() and len(word) < 5
    return not word or is_number or word.lower() in _WORDS or bool(_CODE.fullmatch(word))
