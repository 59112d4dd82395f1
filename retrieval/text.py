"""One normal form of text, and jieba tokens of it.

Folded together: width and compatibility forms (NFKC), case, Traditional and Simplified (OpenCC t2s,
since jieba's dictionary is Simplified), invisible characters, spaces between Chinese characters.
"""

import functools
import logging
import re
import unicodedata

import jieba
import opencc

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad]")
_SPACE_BY_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_WORD = re.compile(r"\w")


@functools.cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@functools.cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


def normal(text: str) -> str:
    """The form in which all texts are compared."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return _SPACE_BY_HAN.sub("", " ".join(_simplifier().convert(text).split()))


def words(text: str) -> list[str]:
    """jieba words of a text in any form, signs and spaces left out."""
    return [word for word in _tokenizer().lcut(normal(text)) if _WORD.search(word)]
