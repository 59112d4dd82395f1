"""Imported libraries as they are kept: each import is a version, and the newest is live."""

from typing import NamedTuple, Protocol


class LibraryVersion(NamedTuple):
    """An imported library: its number, and its cases as CSV in UTF-8."""

    number: int
    cases_csv: bytes


class LibraryVersions(Protocol):
    """Where imported libraries are kept (the store). Every method may raise."""

    def newest_number(self) -> int:
        """The number of the live library; 0 for the bundled one."""

    def newest(self) -> LibraryVersion | None:
        """The live library; None for the bundled one."""

    def save(self, cases_csv: bytes) -> int:
        """Keep a library as the live one; its number."""
