"""The library in use: a new one is loaded, checked and indexed while the old one answers, then replaces it."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import logs
from retrieval import bank, library, sheets
from retrieval.laws import LawBook
from retrieval.library import Library
from retrieval.versions import LibraryVersions

if TYPE_CHECKING:
    from retrieval.search import Index

log = logging.getLogger(__name__)

IMPORTED = "library.csv"


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


def build_index(library: Library) -> "Index":
    from retrieval.search import Index  # here alone, so that only who searches waits for numpy and scikit-learn

    return Index(library)


class LiveLibrary:
    """Gives the current index. An index never changes, so whoever holds one can finish while another replaces it."""

    def __init__(self, bundled: BundledLibrary, versions: LibraryVersions) -> None:
        self._bundled = bundled
        self._versions = versions
        self._version = 0
        self._index: Index | None = None
        self._lock = threading.Lock()

    def index(self) -> "Index":
        """The live index, built on first use; a store that is down means the bundled library."""
        if self._index is None:
            self._update()
        if self._index is None:
            self.swap(build_index(self._bundled.load()))
        assert self._index is not None
        return self._index

    def swap(self, index: "Index", version: int = 0) -> None:
        """Answer from this index from now on."""
        self._index, self._version = index, version
        log.info("library ready: %d cases, %d questions", len(index.library.cases), len(index.library.questions))

    def refresh(self) -> None:
        """Take up a library imported since; a process that has asked for no index builds none."""
        if self._index is not None:
            self._update()

    def library(self) -> Library:
        """The live library, read without building an index for it; before there is one, the bank may be missing."""
        if self._index is not None:
            return self._index.library
        try:
            newest = self._versions.newest()
        except Exception as error:
            log.warning("imported library not read: %s; the bundled one is taken", logs.describe(error))
            newest = None
        return self._bundled.read(newest.cases_csv, IMPORTED) if newest else self._bundled.load()

    def check(self, data: bytes, name: str) -> "Index":
        """Build the index of somebody's spreadsheet without using it; raises SheetError."""
        return build_index(self._read(data, name))

    def take(self, index: "Index") -> None:
        """Make a checked library the live one, here and in every other process."""
        self.swap(index, self._versions.save(library.to_csv(index.library)))

    def _update(self) -> None:
        """Index the library that the store has now; whatever is wrong with it, the one in use stays."""
        with self._lock:
            try:
                if self._index is not None and self._versions.newest_number() == self._version:
                    return
                newest = self._versions.newest()
                number = newest.number if newest else 0
                if self._index is None or number != self._version:
                    changed = self._read(newest.cases_csv) if newest else self._bundled.load()
                    self.swap(build_index(changed), number)
            except Exception as error:
                log.warning("library not refreshed: %s; the one in use stays", logs.describe(error))

    def _read(self, data: bytes, name: str = IMPORTED) -> Library:
        imported = self._bundled.read(data, name)
        bundled = self._bundled.load()
        return Library(imported.cases, bank.attach(imported.cases, bundled.cases, bundled.questions))
