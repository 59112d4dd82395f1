"""Words that are typed at a door and must be nowhere afterwards, looked for in every form that bytes can have."""

import base64
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

PLANTED = "麒麟座流星雨qzxvkwj"  # fits no case; no other test and no library says so
PARTS = ("麒麟座流星", "qzxvkwj")
HANDED_IN = "天琴座織女星qzxhjwk"


def forms(text: str) -> dict[str, bytes]:
    """The name of a form -> the bytes to look for."""
    escaped = json.dumps(text)[1:-1]
    plain = {
        "text": text.encode(),
        "UTF-16": text.encode("utf-16-le"),
        "UTF-16, big end first": text.encode("utf-16-be"),
        "Big5": text.encode("cp950"),
        "escaped": escaped.encode(),
        "escaped in capitals": escaped.upper().replace("\\U", "\\u").encode(),
        "escaped twice": json.dumps(escaped)[1:-1].encode(),
        "Python's escapes": text.encode("unicode-escape"),
        "bytes as Python shows them": repr(text.encode())[2:-1].encode(),
        "percent": quote(text).encode(),
        "percent in small letters": quote(text).lower().encode(),
        "entities": "".join(f"&#{ord(letter)};" for letter in text).encode(),
        "hex": text.encode().hex().encode(),
    }
    return plain | {f"base64, {shift} in": _inner_base64(text.encode(), shift) for shift in range(3)}


def _inner_base64(data: bytes, shift: int) -> bytes:
    """What its base64 has in common, whatever stands before and behind."""
    return base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4]


def found(data: bytes, texts: Iterable[str] = PARTS) -> list[str]:
    """In which form which part of what was planted is there."""
    return [f"{text} as {form}" for text in texts for form, wanted in forms(text).items() if wanted in data]


def found_below(*folders: Path, texts: Iterable[str] = PARTS) -> list[str]:
    """Every file that has some of it, by name, what and how."""
    return [
        f"{path}: {what}" for folder in folders for path in _files(folder) for what in found(path.read_bytes(), texts)
    ]


def _files(folder: Path) -> Iterator[Path]:
    """Those of the shared cache too (warm.py), which is a link."""
    return (Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in sorted(names))
