"""Addresses of the web in a text: each becomes a button, since LINE makes nothing tappable in a card."""

import re
from urllib.parse import quote, unquote, urlsplit

from core.messages import Button
from core.plain_text import ELLIPSIS

LABEL = 40  # graphemes of a button on LINE
LONGEST = 1000  # characters of an address on LINE, percent-encoded (Messaging API reference, "URI action")
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # what an address may hold as it is
_CHINESE_STOP = "\u3000-\u303f\uff00-\uffef\u2010-\u2027"  # full-width punctuation ends an address
# Chinese letters belong to an address behind a slash and the like (/wiki/公務員); elsewhere the sentence goes on.
_ADDRESS = re.compile(rf"(?i)(?<![a-z0-9])https?://(?:[!#-;=?-\[\]_a-z~]|(?<=[/=&?_-])[^\x00-\x7f\s{_CHINESE_STOP}]+)+")
_HOST = re.compile(r"([a-z0-9_-]+\.)*[a-z0-9-]+")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def found(text: str) -> tuple[str, ...]:
    """Every http and https address in a text, each once, percent-encoded."""
    encoded = (_encoded(_without_stop(each.group())) for each in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(address for address in encoded if address))


def buttons(text: str) -> tuple[Button, ...]:
    """One for each address, labelled with where it leads; labels that are the same are counted."""
    addresses = found(text)
    labels = [_label(address) for address in addresses]
    marks = [
        f"（{labels[:at].count(label) + 1}）" if labels.count(label) > 1 else "" for at, label in enumerate(labels)
    ]
    return tuple(
        Button(_cut(label, LABEL - len(mark)) + mark, url=address)
        for label, mark, address in zip(labels, marks, addresses, strict=True)
    )


def _without_stop(address: str) -> str:
    """What ends the sentence is no part of the address, nor is a bracket that was opened before it."""
    while address[-1] in ".,;:!?'" or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address


def _encoded(address: str) -> str:
    """As platforms take it; "" for what is no address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    if not _HOST.fullmatch(host):
        return ""
    rest = parts._replace(scheme="", netloc="").geturl()
    return f"{parts.scheme}://{host}{port}" + quote(_LONE_PERCENT.sub("%25", rest), safe=_KEPT)


def _label(address: str) -> str:
    """Host and path, so that everybody sees whom they visit."""
    parts = urlsplit(address)
    path = unquote(parts.path).rstrip("/")
    return (parts.hostname or "").removeprefix("www.") + (path if path.isprintable() else "")


def _cut(label: str, limit: int) -> str:
    return label if len(label) <= limit else label[: limit - 1] + ELLIPSIS
