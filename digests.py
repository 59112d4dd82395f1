"""Keyed digests: what has to be known again, and must not be read back, by whoever sees the store, a log or Redis."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b

Digest = Callable[[str], str]


def keyed(secret: Callable[[], str], purpose: str) -> Digest:
    """Texts as 32 hexadecimal digits; `secret` is asked for at the first one. Digests of two purposes never match."""

    @cache
    def key() -> bytes:
        return blake2b(secret().encode(), digest_size=32, person=purpose.encode()).digest()

    return lambda text: blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=key()).hexdigest()


unkeyed = keyed(str, "unkeyed")
"""For a store of tests or tools that no secret belongs to."""
