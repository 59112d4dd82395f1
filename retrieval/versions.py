"""The versions of a bot's library as they are kept: the newest is live, none means the library that was shipped."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

UNKNOWN = -1


class Content(NamedTuple):
    """A library as CSV files in UTF-8. Earlier releases kept less: what is None was not known to them."""

    cases: bytes
    questions: bytes | None = None
    laws: bytes | None = None
    guides: bytes | None = None


class Counts(NamedTuple):
    """How many rows each table has; UNKNOWN where an earlier release kept none."""

    cases: int
    questions: int = UNKNOWN
    laws: int = UNKNOWN
    guides: int = UNKNOWN


class NewVersion(NamedTuple):
    """A version to be kept. `shipped`: the library that comes with the program, whatever release that will be;
    `shipped_digest`: what it was when this version was made. `author` is who made it, `note` why.
    """

    content: Content
    counts: Counts
    author: str
    note: str = ""
    shipped: bool = False
    shipped_digest: str = ""


class Version(NamedTuple):
    """A kept version without its content; `saved_at` in epoch seconds."""

    number: int
    saved_at: float
    counts: Counts
    author: str = ""
    note: str = ""
    shipped: bool = False
    shipped_digest: str = ""


class LibraryVersions(Protocol):
    """Where versions are kept (the store). Every method may raise."""

    def newest_number(self) -> int:
        """The number of the live version; 0 while nothing was ever imported."""

    def all(self) -> Sequence[Version]:
        """Every version, the newest first."""

    def content(self, number: int) -> Content | None:
        """What a version holds; None: there is no such version."""

    def save(self, version: NewVersion, after: int | None = None) -> int | None:
        """Keep a version as the live one; its number. With `after`, None where that is not the newest any more."""
