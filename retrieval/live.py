"""The library in use: a new one is read and indexed while the old one answers, then replaces it."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import logs
import troubles
from retrieval import library_rows, library_sheets
from retrieval import text as texts
from retrieval.cache import NOWHERE, Cache
from retrieval.guide_rows import GUIDES, read_guides
from retrieval.library import Library, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import as_csv, keeping_details, lacking_details
from retrieval.sheets import reader
from retrieval.sheets.model import SheetRow
from retrieval.versions import Content, Counts, LibraryVersions, NewVersion

if TYPE_CHECKING:
    from retrieval.search import Index
    from retrieval.verdicts import Calibration

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """Somebody else's version came first."""


@dataclass(frozen=True)
class ShippedLibrary:
    """The files of the library that comes with the program."""

    cases: Path
    questions: Path
    laws: Path
    guides: Path
    details: Path | None = None

    def load(self) -> Library:
        """Raises SheetError, OSError."""
        return library_sheets.load(self.cases, self.questions, self.laws, self.guides, self.details)


def build_index(
    library: Library,
    terms_of: Callable[[str], texts.Terms] = texts.terms,
    calibration: "Calibration | None" = None,
) -> "Index":
    """An index; whoever builds many of nearly the same library remembers the terms of its texts."""
    from retrieval.search import Index

    return Index(library, terms_of, calibration)


class LiveLibrary:
    """Gives the current index. An index never changes, so whoever holds one can finish while another replaces it."""

    def __init__(self, shipped: ShippedLibrary, versions: LibraryVersions, cache: Cache = NOWHERE) -> None:
        """`cache`: where an index is kept for the next start."""
        self.shipped = shipped
        self.versions = versions
        self._cache = cache
        self.on_first_use: Callable[[], None] = lambda: None
        """Called before the first index is built, which takes some seconds."""
        self.unreadable = ""
        """Which newer version this process cannot read, and why; the one in use stays. "" for none."""
        self._number = self._unreadable_number = 0
        self._index: Index | None = None
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        """The version that this process answers from; 0 for the shipped library, or while there is no index yet."""
        return self._number

    def index(self) -> "Index":
        """The live index, built on first use; a store that is down means the shipped library."""
        if self._index is None:
            self.on_first_use()
            self._update()
        if self._index is None:
            self.swap(self._built(self.shipped.load()))
        assert self._index is not None
        return self._index

    def tell_of_shipped(self) -> None:
        """Log it where a bot with its own library does not have what a new release ships."""
        if self.shipped_has_changed():
            log.warning("the shipped library has changed since: python bot.py cases diff shipped")

    def swap(self, index: "Index", number: int = 0) -> None:
        """Answer from this index from now on."""
        self._index, self._number = index, number
        log.info("library ready: %d cases, %d questions", len(index.library.cases), len(index.library.bank))

    def refresh(self) -> None:
        """Take up a version saved since; a process that has asked for no index builds none."""
        if self._index is not None:
            self._update()

    def library(self) -> Library:
        """The live library, read without building an index for it."""
        if self._index is not None:
            return self._index.library
        try:
            return self._newest_readable()[1]
        except Exception as error:
            log.warning("versions of the library not read: %s; the shipped one is taken", logs.describe(error))
            return self.shipped.load()

    def current(self) -> Library:
        """The live library as the store has it, for whoever is going to change it; raises what the store raises."""
        return self._newest_readable()[1]

    def current_version(self) -> tuple[int, Library]:
        """As `current`, and its number; 0 before any."""
        return self._newest_readable()

    def version(self, number: int) -> Library | None:
        """The library of a version as it was saved; None: there is no such version. Raises SheetError, OSError."""
        content = self.versions.content(number)
        return None if content is None else self._parse(content, f"第 {number} 版")

    def save(self, library: Library, author: str, note: str = "", after: int | None = None) -> int:
        """Make a library the live one, in every process within seconds; its number.

        Raises Overtaken where `after` is given and is not the newest version any more.
        """
        return self._save(library, author, note, shipped=False, after=after)

    def save_shipped(self, author: str, note: str = "") -> int:
        """Go back to the shipped library, and take up what later releases ship; its number."""
        return self._save(self.shipped.load(), author, note, shipped=True)

    def shipped_has_changed(self) -> bool:
        """Whether a release since has brought another shipped library than the one a bot with its own library knew."""
        newest = next(iter(self.versions.all()), None)
        if newest is None or newest.shipped or not newest.shipped_digest:
            return False
        return newest.shipped_digest != _digest(_content(self.shipped.load()))

    def _save(self, library: Library, author: str, note: str, shipped: bool, after: int | None = None) -> int:
        content = _content(library)
        counts = Counts(len(library.cases), len(library.questions), len(library.laws), len(library.guides))
        digest = _digest(content if shipped else _content(self.shipped.load()))
        number = self.versions.save(NewVersion(content, counts, author, note, shipped, digest), after)
        if number is None:
            raise Overtaken
        return number

    def _update(self) -> None:
        """Index the version that the store has now; whatever is wrong with it, the one in use stays."""
        with self._lock:
            try:
                newest = self.versions.newest_number()
                if self._index is None or newest not in (self._number, self._unreadable_number):
                    number, library = self._newest_readable()
                    if self._index is None or number != self._number:
                        self.swap(self._built(library), number)
            except Exception as error:
                troubles.failed(log, "library not refreshed", error)
            else:
                troubles.worked(log, "library not refreshed")

    def _built(self, library: Library) -> "Index":
        from retrieval import kept_index  # here alone, so that only who searches waits for numpy

        return kept_index.build(library, self._cache)

    def _newest_readable(self) -> tuple[int, Library]:
        """The newest version that this process can read, and its number; before any, the shipped library."""
        unreadable: list[tuple[int, str]] = []
        for version in self.versions.all():
            if self._index is not None and version.number == self._number:
                self._note(unreadable[:1], version.number)
                return version.number, self._index.library
            content = self.versions.content(version.number)
            try:
                assert content, "listed a moment ago"
                library = self.shipped.load() if version.shipped else self._parse(content, f"第 {version.number} 版")
            except Exception as error:
                unreadable.append((version.number, logs.describe(error)))
            else:
                self._note(unreadable[:1], version.number)
                return version.number, library
        self._note(unreadable[:1], 0)
        return 0, self.shipped.load()

    def _note(self, newest_unreadable: list[tuple[int, str]], used: int) -> None:
        self._unreadable_number, self.unreadable = 0, ""
        for number, why in newest_unreadable:
            instead = f"第 {used} 版" if used else "程式附的案例庫"
            self._unreadable_number, self.unreadable = number, f"讀不出第 {number} 版案例庫（{why}），沿用{instead}"
            log.error("version %d of the library not read: %s; version %d stays", number, why, used)

    def _parse(self, content: Content, name: str) -> Library:
        rows = _rows(content.cases, name, CASES)
        cases = library_rows.read_cases(rows)
        if lacking := lacking_details(rows):  # a version of an earlier release
            cases = keeping_details(cases, self.shipped.load().cases, lacking)
        questions, laws = None, None
        if content.questions is not None and content.laws is not None:
            questions = library_rows.read_questions(_rows(content.questions, name, QUESTIONS), None)
            laws = library_rows.read_laws(_rows(content.laws, name, LAWS))
        if questions is not None and laws is not None and content.guides is not None:
            return assemble(cases, questions, laws, read_guides(_rows(content.guides, name, GUIDES)))
        from retrieval import earlier_releases  # it compares texts, which waits for OpenCC

        return earlier_releases.completed(cases, questions, laws, self.shipped.load())


def _rows(data: bytes, name: str, table: reader.Table) -> list[SheetRow]:
    return reader.parse(data, name, table).rows


def _content(library: Library) -> Content:
    return Content(*(as_csv(library, table) for table in (CASES, QUESTIONS, LAWS, GUIDES)))


def _digest(content: Content) -> str:
    return hashlib.sha256(b"\0".join(part or b"" for part in content)).hexdigest()
