"""jieba's dictionary with words of ours: how often each word occurs, 0 for what only begins one.

jieba takes a second to read its own. What it makes of the words is kept (cache.py) as one text and the numbers beside
it.
"""

import hashlib
import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path

from retrieval import cache

KIND = "dictionary"
Frequencies = dict[str, int]

_kept_in = cache.NOWHERE


def keep_in(kept_in: cache.Cache) -> None:
    """Where this process keeps the dictionary; for who says so before the first text is cut."""
    global _kept_in
    _kept_in = kept_in


def read(words: Sequence[str]) -> tuple[Frequencies, float]:
    """The frequencies with these words added, and the logarithm of their sum."""
    source = _source(words)
    kept = _kept_in.load(KIND, source)
    if kept is not None:
        known = bytes(kept["words"]).decode().split("\n")
        return dict(zip(known, kept["frequencies"].tolist(), strict=True)), math.log(kept["total"])
    frequencies, total = _made(words)
    _keep(source, frequencies, total)
    return frequencies, math.log(total)


def _made(words: Sequence[str]) -> tuple[Frequencies, int]:
    """From a Tokenizer of our own, so that nobody else's jieba learns our words, and without the file that jieba
    keeps in the temporary folder: it is read by marshal, whoever wrote it.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in words:
        tokenizer.add_word(word)
    return tokenizer.FREQ, tokenizer.total


def _keep(source: bytes, frequencies: Frequencies, total: int) -> None:
    import numpy as np

    text = np.frombuffer("\n".join(frequencies).encode(), np.uint8)
    counts = np.fromiter(frequencies.values(), np.int64, len(frequencies))
    _kept_in.keep(KIND, source, {"words": text, "frequencies": counts, "total": np.array(total)})


def _source(words: Sequence[str]) -> bytes:
    """A digest of all that the dictionary is made from: jieba's own, our words, and how they are joined."""
    found = importlib.util.find_spec("jieba")  # where it is, without loading it
    assert found
    assert found.origin
    jieba = Path(found.origin)
    parts = [jieba.with_name("dict.txt").read_bytes(), jieba.read_bytes(), Path(__file__).read_bytes()]
    digest = hashlib.sha256("\n".join(words).encode())
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()
