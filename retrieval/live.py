"""The library that answers now: loaded, checked and indexed beside the old one, then swapped in one step."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import logs
from retrieval import bank, library, sheets
from retrieval.laws import LawBook
from retrieval.library import Library
from retrieval.search import Index
from retrieval.versions import LibraryVersion, LibraryVersions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BundledLibrary:
    """The files of the library that comes with the program."""

    cases: Path
    questions: Path
    laws: Path

    def load(self) -> Library:
        """Raises SheetError, OSError."""
        return library.load(self.cases, self.questions, self.laws)

    def read(self, data: bytes, name: str) -> Library:
        """Cases from the bytes of somebody's spreadsheet; raises SheetError."""
        rows = sheets.parse(data, name, library.CASE_COLUMNS)
        return Library(library.read_cases(rows, LawBook.load(self.laws)))


class LiveLibrary:
    """Gives the current index; whoever holds an index keeps it whole while another is swapped in."""

    def __init__(self, bundled: BundledLibrary, versions: LibraryVersions) -> None:
        self._bundled = bundled
        self._versions = versions
        self._version = 0
        self._index: Index | None = None
        self._lock = threading.Lock()

    def index(self) -> Index:
        """The live index, built on first use; a store that is down means the bundled library."""
        if self._index is None:
            self.refresh()
        if self._index is None:
            self.swap(Index(self._bundled.load()))
        assert self._index is not None
        return self._index

    def swap(self, index: Index, version: int = 0) -> None:
        """Answer from this index from now on."""
        self._index, self._version = index, version
        log.info("library ready: %d cases, %d questions", len(index.library.cases), len(index.library.questions))

    def refresh(self) -> None:
        """Take up a library imported since; whatever is wrong with it, the old one stays."""
        with self._lock:
            try:
                if self._index is not None and self._versions.newest_number() == self._version:
                    return
                newest = self._versions.newest()
                number = newest.number if newest else 0
                if self._index is None or number != self._version:
                    self.swap(Index(self._read(newest) if newest else self._bundled.load()), number)
            except Exception as error:
                log.warning("library not refreshed: %s; the one in use stays", logs.describe(error))

    def library(self) -> Library:
        """The live library, read without building an index for it."""
        if self._index is not None:
            return self._index.library
        try:
            newest = self._versions.newest()
        except Exception as error:
            log.warning("imported library not read: %s; the bundled one is taken", logs.describe(error))
            newest = None
        return self._read(newest) if newest else self._bundled.load()

    def check(self, data: bytes, name: str) -> Index:
        """Build the index of somebody's spreadsheet without using it; raises SheetError."""
        return Index(self._with_bank(self._bundled.read(data, name)))

    def take(self, index: Index) -> None:
        """Make a checked library the live one, here and in every other process."""
        self.swap(index, self._versions.save(library.to_csv(index.library)))

    def _read(self, imported: LibraryVersion) -> Library:
        return self._with_bank(self._bundled.read(imported.cases_csv, "library.csv"))

    def _with_bank(self, imported: Library) -> Library:
        bundled = self._bundled.load()
        return Library(imported.cases, bank.attach(imported.cases, bundled.cases, bundled.questions))
