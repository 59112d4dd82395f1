"""The library of each version as what edits are made on; the live one is kept, since every page asks for it."""

from typing import NamedTuple

from retrieval import library_workbook
from retrieval.edits import Base
from retrieval.live import LiveLibrary

SHIPPED = 0
"""Stands for the library that comes with the program."""


class Numbered(NamedTuple):
    """A version by its number, ready to be edited."""

    number: int
    base: Base


class Bases:
    """Over one live library. Threads may share it: what is kept is replaced whole."""

    def __init__(self, live: LiveLibrary) -> None:
        self.live = live
        self._current: Numbered | None = None
        self._earlier: Numbered | None = None
        self._workbook: tuple[Base | None, bytes] = (None, b"")

    def current(self) -> Numbered:
        """The live version, as the store has it now. Raises what the store raises."""
        newest = self.live.versions.newest_number()
        if self._current is None or self._current.number != newest:
            number, library = self.live.current_version()
            found = Numbered(number, Base(library))
            if number != newest:  # one that cannot be read: ask again next time
                return found
            self._current = found
        return self._current

    def of(self, number: int) -> Base | None:
        """A version, SHIPPED being what this release ships; None: there is none. Raises SheetError."""
        for known in (self.current(), self._earlier):
            if known and known.number == number:
                return known.base
        library = self.live.shipped.load() if number == SHIPPED else self.live.version(number)
        if library is None:
            return None
        self._earlier = Numbered(number, Base(library))
        return self._earlier.base

    def workbook(self) -> bytes:
        """The live version as an .xlsx."""
        number, base = self.current()
        if self._workbook[0] is not base:
            self._workbook = (base, library_workbook.to_bytes(base.library, number))
        return self._workbook[1]
