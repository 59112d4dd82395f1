"""Settings that say something of one another: what works as it is set, or does not, and what it should be."""

from collections.abc import Iterator
from typing import NamedTuple

from office import checkup_words as words
from office.facts import Fact, State

KEY_LENGTH = 32  # characters, as docs/settings.md asks for


class Advised(NamedTuple):
    """The settings that say something of one another. `key`: the signing key that is set, None for the file's."""

    public_url: str | None
    needs_webhook: bool
    key: str | None
    proxies: int


def advice(settings: Advised) -> Iterator[Fact]:
    """What works as it is set, or does not, and what it should be."""
    yield _public_url(settings)
    if settings.key is None:
        yield Fact(words.SECRET_KEY, words.SECRET_KEY_FILE)
    elif len(settings.key) < KEY_LENGTH:
        said = words.SECRET_KEY_SHORT.format(count=len(settings.key))
        yield Fact(words.SECRET_KEY, said, State.NOTICE, words.SECRET_KEY_REMEDY)
    else:
        yield Fact(words.SECRET_KEY, words.SECRET_KEY_LONG)
    if not settings.proxies and (settings.public_url or "").startswith("https:"):
        said, remedy = words.PROXIES_NONE, words.PROXIES_REMEDY
        yield Fact(words.PROXIES, said, State.NOTICE, remedy)
    else:
        yield Fact(words.PROXIES, words.PROXIES_FINE.format(count=settings.proxies))


def _public_url(settings: Advised) -> Fact:
    name, url = words.PUBLIC_URL, settings.public_url
    if url is None and settings.needs_webhook:
        return Fact(name, words.PUBLIC_URL_UNSET, State.WRONG, words.PUBLIC_URL_SET)
    if url is None:
        return Fact(name, words.PUBLIC_URL_UNNEEDED)
    if settings.needs_webhook and not url.startswith("https:"):
        said = words.PUBLIC_URL_HTTP.format(url=url)
        return Fact(name, said, State.WRONG, words.PUBLIC_URL_HTTPS)
    return Fact(name, url)
