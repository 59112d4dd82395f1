"""What a text file says, in whichever encoding Windows in Taiwan saved it: UTF-8, UTF-16, or Big5 (CP950)."""

import codecs
import contextlib

# More characters outside of Big5's standard part than this, and the text is none in Big5.
ODD_SHARE = 0.05
# UTF-16 without a mark shows by its ASCII characters, which all have a zero on one side: at least so many of them.
ZERO_SHARE = 0.1
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Undecodable(Exception):
    """No text: from `line` on it cannot be read. `is_damaged`: it was one, in a known encoding."""

    def __init__(self, line: int, is_damaged: bool) -> None:
        super().__init__(f"line {line}")
        self.line = line
        self.is_damaged = is_damaged


def decode(data: bytes) -> tuple[str, set[str]]:
    """The text, and which of its characters are not of Big5's standard part. Raises Undecodable."""
    marked = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), "")
    encoding = marked or _unmarked_utf16(data) or "utf-8"
    try:
        return data.decode(encoding), set()
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        if encoding != "utf-8" or _is_mostly_utf8(data):
            raise Undecodable(line, is_damaged=True) from error
        odd: set[str] = set()
        lines = [_from_big5(each, odd) for each in data.split(b"\n")]
        text = "\n".join(each for each in lines if each is not None)
        if None in lines or sum(map(text.count, odd)) > len(text) * ODD_SHARE:
            raise Undecodable(line, is_damaged=False) from error
        return text, odd


def _unmarked_utf16(data: bytes) -> str | None:
    """Which end of UTF-16 comes first, where it says so by nothing but its zeros."""
    first, second = data[0::2].count(0), data[1::2].count(0)
    if max(first, second) < len(data) / 2 * ZERO_SHARE or min(first, second) > max(first, second) / 4:
        return None
    encoding = "utf-16-le" if second > first else "utf-16-be"
    with contextlib.suppress(UnicodeDecodeError):
        return encoding if "\x00" not in data.decode(encoding) else None
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether a text in UTF-8 was damaged in few places, so that it is not taken for Big5."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 10 < sum(character > "\x7f" for character in text)


def _from_big5(line: bytes, odd: set[str]) -> str | None:
    """CP950, with Hong Kong's characters and, as Windows has them, private ones from U+E000 on; None: not Big5.

    The same bytes may be an agency's own character or one of Hong Kong's, so both are noted in `odd`.
    """
    with contextlib.suppress(UnicodeDecodeError):
        return line.decode("cp950")
    text, at = [], 0
    while at < len(line):
        size = 1 if line[at] < 0x80 else 2
        pair = line[at : at + size]
        character = _standard(pair)
        if character is None:
            character = _hong_kong(pair) or _private(pair)
            if character is None:
                return None
            odd.update(character)
        text.append(character)
        at += size
    return "".join(text)


def _standard(pair: bytes) -> str | None:
    try:
        return pair.decode("cp950")
    except UnicodeDecodeError:
        return None


def _hong_kong(pair: bytes) -> str | None:
    try:
        return pair.decode("big5hkscs")
    except UnicodeDecodeError:
        return None


# First and last lead byte, and where Windows puts the rows of these in Unicode (Microsoft's table bestfit950).
_PRIVATE_ROWS = ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8))
_ROW_LENGTH = 157


def _private(pair: bytes) -> str | None:
    if len(pair) < 2:
        return None
    lead, trail = pair
    column = trail - 0x40 if 0x40 <= trail <= 0x7E else trail - 0x62 if 0xA1 <= trail <= 0xFE else None
    for first, last, start in _PRIVATE_ROWS:
        if column is not None and first <= lead <= last:
            return chr(start + (lead - first) * _ROW_LENGTH + column)
    return None
