"""Addresses of the web and telephone numbers in a text, for every face to make them tappable.

`split` gives words and links, for a face whose words can be links where they stand. One where they cannot (LINE's card)
takes `buttons` and `tappable`; text without markup takes `set_off`, so that programs that look for addresses find them.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

from core.messages import Button, Item, Section

LABEL = 40  # graphemes of a button on LINE
LONGEST = 1000  # characters of an address on LINE, percent-encoded (Messaging API reference, "URI action")
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # what an address may hold as it is
_CHINESE_STOP = "\u3000-\u303f\uff00-\uffef\u2010-\u2027"  # full-width punctuation ends an address
# Chinese letters belong to an address behind a slash and the like (/wiki/公務員); elsewhere the sentence goes on.
_ADDRESS = (
    r"(?<![a-z0-9])(?:https?://|(?<![@./-])www\.(?=[a-z0-9]))"
    rf"(?:[!#-;=?-\[\]_a-z~]|(?<=[/=&?_-])[^\x00-\x7f\s{_CHINESE_STOP}]+)+"
)
# A number of Taiwan with its area code, in full or half width; behind 第 or before 號 it is the number of a document.
_NUMBER = (
    r"(?<![\da-z+./_第-])(?:[+＋]886[ －-]?(?:[(（][0０][)）])?|[(（][0０]\d{1,3}[)）] ?|[0０])"
    r"\d(?:[ －–-]{0,3}\d){6,8}(?: ?(?:分機|轉|[#＃]|ext\.?) ?(?P<extension>\d{1,6}))?(?![\da-z:_號-])"
)
_LINK = re.compile(rf"(?P<address>{_ADDRESS})|(?P<number>{_NUMBER})", re.IGNORECASE)
_PREFIX = re.compile(r"^(8860?|0)")  # of the country, or of another area
_NATIONAL = re.compile(r"[2-9]\d{7,8}")
_HOST = re.compile(r"([a-z0-9_-]+\.)*[a-z0-9-]+")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Piece(NamedTuple):
    """Words as they stand in a text, and where they lead: a percent-encoded address, tel: and a number, or nowhere."""

    words: str
    url: str = ""

    @property
    def is_address(self) -> bool:
        return self.url.startswith("http")


def split(text: str) -> Iterator[Piece]:
    """The text in pieces, none empty; put together, their words are the text."""
    end = 0
    for match in _LINK.finditer(text):
        link = _address(match[0]) if match["address"] else _number(match[0], match["extension"] or "")
        if link.url:
            if match.start() > end:
                yield Piece(text[end : match.start()])
            yield link
            end = match.start() + len(link.words)
    if end < len(text):
        yield Piece(text[end:])


def found(text: str) -> tuple[Piece, ...]:
    """The links of a text, each place that they lead to once."""
    return tuple({piece.url: piece for piece in split(text) if piece.url}.values())


def buttons(text: str) -> tuple[Button, ...]:
    """One for each link, labelled with where it leads; labels that are the same are counted."""
    links = [link for link in found(text) if len(link.url) <= LONGEST]
    labels = [_label(link) for link in links]
    marks = [
        f"（{labels[:at].count(label) + 1}）" if labels.count(label) > 1 else "" for at, label in enumerate(labels)
    ]
    return tuple(
        Button(_cut(label, LABEL - len(mark)) + mark, url=link.url)
        for label, mark, link in zip(labels, marks, links, strict=True)
    )


def tappable(section: Section) -> Section:
    """For a face whose words cannot be tapped: the links of the items are buttons below them."""
    return replace(section, items=tuple(_tappable(section)))


def set_off(text: str) -> str:
    """The text with its addresses percent-encoded, and a space where Chinese would be taken for a part of them."""
    said, before = "", Piece("")
    for piece in split(text):
        words = piece.url if piece.is_address and not piece.words.isascii() else piece.words
        from_letter = piece.is_address and said[-1:].isalnum()
        to_chinese = before.is_address and not (words[0].isascii() or words[0].isspace())
        said += " " * (from_letter or to_chinese) + words
        before = piece
    return said


def _tappable(section: Section) -> Iterator[Item]:
    """What is folded is not shown, and so are its links."""
    for item in section.items:
        there = {button.url for button in item.buttons}
        shown = item.text if section.folded else f"{item.text}\n{item.detail}"
        yield replace(item, buttons=item.buttons + tuple(new for new in buttons(shown) if new.url not in there))


def _address(written: str) -> Piece:
    """What ends the sentence is no part of it, nor is a bracket that was opened before it."""
    while written[-1] in ".,;:!?'" or (written[-1] == ")" and written.count(")") > written.count("(")):
        written = written[:-1]
    return Piece(written, _encoded(written if "://" in written[:8] else f"https://{written}"))


def _number(written: str, extension: str) -> Piece:
    """As setting_types.as_phone has it: with the country code, the extension behind a pause."""
    dialled = re.sub(r"\D", "", normalize("NFKC", written.removesuffix(extension)))
    national = _PREFIX.sub("", dialled)
    pause = f",{normalize('NFKC', extension)}" if extension else ""
    return Piece(written, f"tel:+886{national}{pause}" if _NATIONAL.fullmatch(national) else "")


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


def _label(link: Piece) -> str:
    """Host and path, so that everybody sees whom they visit; a number as it is written."""
    if not link.is_address:
        return link.words
    parts = urlsplit(link.url)
    path = unquote(parts.path).rstrip("/")
    return (parts.hostname or "").removeprefix("www.") + (path if path.isprintable() else "")


def _cut(label: str, limit: int) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
