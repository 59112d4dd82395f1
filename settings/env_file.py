"""The `.env` file beside bot.py: read however a text editor saved it, or refused by its line."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

import text_encodings

RESAVE = "請用記事本另存新檔，編碼選 UTF-8"
# `NAME＝value`, as an input method for Chinese types it.
_FULL_WIDTH_SIGN = re.compile(r"^([^\S\r\n]*(?:export[^\S\r\n]+)?'?\w+'?[^\S\r\n]*)＝", re.MULTILINE)
# A value without quotes, and behind a space what looks more like a part of it (分機 #123) than like a comment.
_CUT_OFF = re.compile(r"=[^\S\r\n]*+(?![\"'])[^\r\n]*?\s#[^\s#]")


class EnvFile(NamedTuple):
    """What the file sets, the line of each name, and what its owner had better know."""

    values: dict[str, str]
    lines: dict[str, int]
    remarks: tuple[str, ...]


NONE = EnvFile({}, {}, ())


def read(path: Path) -> EnvFile:
    """Nothing where there is no file. Raises ValueError with line and remedy, OSError."""
    if not path.exists():
        return NONE
    text = _FULL_WIDTH_SIGN.sub(r"\1=", _decode(path.read_bytes()))
    bindings = [(_line(each), each) for each in parse_stream(StringIO(text)) if each.key or each.error]
    for line, binding in bindings:
        if binding.error:
            raise ValueError(f"第 {line} 行讀不懂，請寫成 名稱=值；值裡有引號或換行時，頭尾要有成對的引號")
        if binding.value is None:
            raise ValueError(f"第 {line} 行沒有等號，請寫成 名稱=值；不要這一行就在最前面加 #")
    values = {
        name: value
        for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items()
        if value is not None
    }
    lines = {binding.key: line for line, binding in bindings if binding.key}
    return EnvFile(values, lines, (*_written_twice(bindings), *_cut_off(bindings)))


def _decode(data: bytes) -> str:
    try:
        text, odd = text_encodings.decode(data)
    except text_encodings.Undecodable as error:
        raise ValueError(f"第 {error.line} 行有讀不出的字，{RESAVE}") from error
    for character in ("\x00", *odd):
        if character in text:
            what = "有空字元（NUL）" if character == "\x00" else "有造字或香港增補字，可能變成別的字"
            raise ValueError(f"第 {text[: text.index(character)].count(chr(10)) + 1} 行{what}，{RESAVE}")
    return text


def _line(binding: Binding) -> int:
    """Where it stands itself: what was read of it begins with the empty lines before it."""
    before = len(binding.original.string) - len(binding.original.string.lstrip())
    return binding.original.line + len(re.findall(r"\r\n|\n|\r", binding.original.string[:before]))


def _written_twice(bindings: list[tuple[int, Binding]]) -> Iterator[str]:
    seen: dict[str | None, tuple[int, str | None]] = {}
    for line, binding in bindings:
        earlier, value = seen.get(binding.key, (0, None))
        if earlier and value != binding.value:
            yield f"第 {earlier} 行和第 {line} 行都寫了 {binding.key}，用的是第 {line} 行；請刪掉一行"
        seen[binding.key] = line, binding.value


def _cut_off(bindings: list[tuple[int, Binding]]) -> Iterator[str]:
    for line, binding in bindings:
        if _CUT_OFF.search(binding.original.string):
            yield f"第 {line} 行空白和 # 之後的字當成註解，沒有讀；要算進 {binding.key}，請把整個值用雙引號包起來"
