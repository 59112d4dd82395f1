"""What a person is about to change in the library: edits of rows, kept until they go live or are given up.

A draft is held against the version that is live. What somebody else has changed since is found row by row: such an
edit is stale, and its owner decides. Every method asks for Right.LIBRARY.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from office import words
from office.model import Action, Actor, Journal, Right
from retrieval import edits as edit_tools
from retrieval import library_sheets, library_workbook
from retrieval.changes import row_key
from retrieval.edits import Base, Edit, Edited, Key, Row
from retrieval.library import NO_CASE, Entry, Label, Library
from retrieval.library_rows import CASES, QUESTIONS, USES
from retrieval.library_sheets import Read
from retrieval.live import LiveLibrary
from retrieval.sheets.model import Problem, SheetError
from retrieval.sheets.reader import Table

REMEMBERED = 20


class DraftRepository(Protocol):
    """What is asked of the store (store/library_drafts.py). Every method may raise a StoreError."""

    def get(self, account: str) -> str: ...
    def put(self, account: str, edits: str) -> None: ...
    def delete(self, account: str) -> None: ...
    def of_others(self, account: str) -> Sequence[tuple[str, str]]: ...


class Held(NamedTuple):
    """A draft as it is kept. `keep`: numbers whose case became another matter and whose questions stay."""

    edits: tuple[Edit, ...] = ()
    keep: tuple[int, ...] = ()

    def as_json(self) -> str:
        return json.dumps({"edits": edit_tools.to_json(self.edits), "keep": self.keep}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Held":
        if not text:
            return cls()
        kept = json.loads(text)
        return cls(tuple(edit_tools.from_json(kept["edits"])), tuple(kept["keep"]))


class DraftRow(NamedTuple):
    """A row as a draft has it. `state`: "new", "changed", "removed", or "" for a row that the draft leaves alone."""

    key: Key
    row: Row
    state: str

    @classmethod
    def of(cls, edit: Edit) -> "DraftRow":
        state = "removed" if edit.after is None else "changed" if edit.before else "new"
        row = edit.after or edit.before
        assert row, "an edit has a row on one side at least"
        return cls(edit.key, row, state)


@dataclass(frozen=True)
class Draft:
    """A person's draft, held against a version. With `problems` it cannot be taken as it is."""

    account: str
    held: Held
    version: int
    base: Base
    edited: Edited
    problems: tuple[Problem, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.held.edits

    @property
    def library(self) -> Library:
        return self.edited.library

    @property
    def digest(self) -> str:
        """Names what there is to check: the same for the same draft on the same version."""
        told = f"{self.version} {self.held.as_json()}"
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()

    def edit(self, table: Table, key: Key) -> Edit | None:
        return next((edit for edit in self.edits if (edit.table, edit.key) == (table, key)), None)

    def rows(self, table: Table) -> list["DraftRow"]:
        """The rows of a table as the draft has them, those that it removes in their place, new ones last."""
        edits = {edit.key: edit for edit in self.edits if edit.table == table}
        listed = []
        for key, row in self.base.rows(table).items():
            edit = edits.pop(key, None)
            listed.append(DraftRow(key, row, "") if edit is None else DraftRow.of(edit))
        return listed + [DraftRow.of(edit) for edit in edits.values() if edit.after is not None]

    def row(self, table: Table, key: Key) -> Row | None:
        """A row as the draft has it."""
        edit = self.edit(table, key)
        return edit.after if edit else self.base.rows(table).get(key)


@dataclass
class Drafts:
    """Everybody's drafts over the live library."""

    repository: DraftRepository
    live: LiveLibrary
    journal: Journal
    _base: tuple[int, Base] | None = None
    _known: dict[tuple[str, str], Draft] = field(default_factory=dict)

    def of(self, actor: Actor) -> Draft:
        """The actor's draft; an empty one where there is none."""
        actor.require(Right.LIBRARY)
        return self.of_account(actor.name)

    def of_account(self, account: str) -> Draft:
        """The draft of whoever has that account, for whoever checks it."""
        version, base = self._current()
        text = self.repository.get(account)
        known = self._known.get((account, text))
        if known and known.version == version:
            return known
        draft = _held_against(account, Held.read(text), version, base)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[account, text] = draft
        return draft

    # rows

    def save_row(self, actor: Actor, table: Table, key: Key | None, row: Row) -> Key:
        """A row as somebody typed it, new (no key) or instead of the one under the key. Raises SheetError."""
        draft, new_key = self.of(actor), row_key(table, row)
        if problems := self.row_problems(actor, table, key, row):
            raise SheetError(*problems)
        edits = [self._edit(draft, table, new_key, row)]
        if key is not None and key != new_key:
            edits.append(self._edit(draft, table, key, None))
        self._change(draft, edits)
        self.journal.record(actor.name, Action.EDIT, _subject(table, new_key))
        return new_key

    def row_problems(self, actor: Actor, table: Table, key: Key | None, row: Row) -> tuple[Problem, ...]:
        """What is wrong with a row as it is typed."""
        draft, new_key = self.of(actor), row_key(table, row)
        problems = draft.base.row_problems(table, row, draft.library)
        if not problems and key != new_key and draft.row(table, new_key) is not None:
            return (Problem(table.columns[0].headings[0], words.ROW_TAKEN),)
        return problems

    def entry(self, actor: Actor, table: Table, key: Key | None, row: Row) -> Entry:
        """The case or guide that a row would be, for a look at its card. Raises SheetError."""
        draft, new_key = self.of(actor), row_key(table, row)
        if problems := self.row_problems(actor, table, key, row):
            raise SheetError(*problems)
        edit = Edit(table, new_key, draft.base.rows(table).get(new_key), row)
        library = draft.base.apply([edit]).library
        return library.entries[int(new_key[0]) if table == CASES else new_key[0]]

    def delete_row(self, actor: Actor, table: Table, key: Key) -> None:
        draft = self.of(actor)
        if draft.row(table, key) is not None:
            self._change(draft, [self._edit(draft, table, key, None)])
            self.journal.record(actor.name, Action.EDIT, _subject(table, key), words.ROW_REMOVED)

    def revert_row(self, actor: Actor, table: Table, key: Key) -> None:
        """Give up what was done to a row; whatever is live stays."""
        draft = self.of(actor)
        left = tuple(edit for edit in draft.edits if (edit.table, edit.key) != (table, key))
        self._put(draft, draft.held._replace(edits=left))

    def insist(self, actor: Actor, table: Table, key: Key) -> None:
        """Somebody else has changed the row since; the actor has seen it and wants theirs all the same."""
        draft = self.of(actor)
        edit = draft.edit(table, key)
        if edit:
            self._change(draft, [edit._replace(before=draft.base.rows(table).get(key))])

    def add_questions(self, actor: Actor, texts: Iterable[str], label: Label, happened: bool = False) -> None:
        """Ways of asking for a case, a guide or nothing; what is there already goes over to that label."""
        draft = self.of(actor)
        number, guide = (label, "") if isinstance(label, int) else (NO_CASE, label)
        told = "是" if happened else ""
        rows = [(text, str(number), USES["learn"], "", guide, told) for text in dict.fromkeys(texts)]
        if problems := [found for row in rows for found in draft.base.row_problems(QUESTIONS, row, draft.library)]:
            raise SheetError(*problems)
        self._change(draft, [self._edit(draft, QUESTIONS, row_key(QUESTIONS, row), row) for row in rows])
        self.journal.record(actor.name, Action.EDIT, QUESTIONS.names[0], words.QUESTIONS_ADDED.format(count=len(rows)))

    # the whole

    def upload(self, actor: Actor, data: bytes, name: str) -> Read:
        """What somebody's workbook changes becomes the draft, instead of the one before. Raises SheetError.

        A workbook says which version it was made from: what others have changed since is not undone by it.
        """
        actor.require(Right.LIBRARY)
        _, current = self._current()
        made_from = library_workbook.version_of(data)
        before = self.library_of(made_from) if made_from is not None else None
        base = Base(before) if before else current
        read = library_sheets.read_file(data, name, base.library)
        changed = tuple(edit_tools.between(base.library, read.library))
        self.repository.put(actor.name, Held(changed).as_json())
        self.journal.record(actor.name, Action.IMPORT, name[:80], words.EDITS.format(count=len(changed)))
        return read

    def workbook(self, actor: Actor) -> bytes:
        """The live library as an .xlsx."""
        actor.require(Right.LIBRARY)
        version, base = self._current()
        return library_workbook.to_bytes(base.library, version)

    def keep_questions(self, actor: Actor, numbers: Iterable[int]) -> None:
        """The questions of these numbers stay, though their cases have become another matter."""
        draft = self.of(actor)
        self._put(draft, draft.held._replace(keep=tuple(sorted({*draft.held.keep, *numbers}))))

    def drop_questions(self, actor: Actor, numbers: Iterable[int]) -> None:
        """The old questions of these numbers go; those that the draft itself brings stay."""
        draft, gone = self.of(actor), {str(number) for number in numbers}
        own = {edit.key for edit in draft.edits if edit.table == QUESTIONS}
        rows = draft.base.rows(QUESTIONS).items()
        self._change(draft, [Edit(QUESTIONS, key, row, None) for key, row in rows if row[1] in gone and key not in own])

    def discard(self, actor: Actor) -> None:
        actor.require(Right.LIBRARY)
        self.repository.delete(actor.name)
        self.journal.record(actor.name, Action.EDIT, words.DRAFT, words.DRAFT_DISCARDED)

    def others_at(self, actor: Actor, table: Table, key: Key) -> list[str]:
        """Who else has the same row in a draft."""
        actor.require(Right.LIBRARY)
        others = ((name, Held.read(text)) for name, text in self.repository.of_others(actor.name))
        return [name for name, held in others if any((edit.table, edit.key) == (table, key) for edit in held.edits)]

    def library_of(self, version: int) -> Library | None:
        """The library of a version, 0 being the shipped one; None: there is no such version."""
        return self.live.shipped.load() if version == 0 else self.live.version(version)

    # how

    def _current(self) -> tuple[int, Base]:
        newest = self.live.versions.newest_number()
        if self._base is None or self._base[0] != newest:
            version, library = self.live.current_version()
            if version != newest:  # a version that cannot be read: ask again next time
                return version, Base(library)
            self._base = (version, Base(library))
        return self._base

    def _edit(self, draft: Draft, table: Table, key: Key, row: Row | None) -> Edit:
        """An edit of a row; one that is edited again is still held against what it was first made on."""
        known = draft.edit(table, key)
        return Edit(table, key, known.before if known else draft.base.rows(table).get(key), row)

    def _change(self, draft: Draft, edits: Sequence[Edit]) -> None:
        """Put edits into a draft; what comes back to what it was is no edit."""
        changed = {(edit.table, edit.key): edit for edit in (*draft.edits, *edits)}
        left = tuple(edit for edit in changed.values() if edit.before != edit.after)
        self._put(draft, draft.held._replace(edits=left))

    def _put(self, draft: Draft, held: Held) -> None:
        if held.edits:
            self.repository.put(draft.account, held.as_json())
        else:
            self.repository.delete(draft.account)


def _held_against(account: str, held: Held, version: int, base: Base) -> Draft:
    try:
        return Draft(account, held, version, base, base.apply(held.edits))
    except SheetError as error:
        return Draft(account, held, version, base, Edited(base.library), error.problems)


def _subject(table: Table, key: Key) -> str:
    """A row in the log: never the words of a question."""
    if table == QUESTIONS:
        return table.names[0]
    return words.CASE.format(number=key[0]) if table == CASES else f"{table.names[0]} {' '.join(key)}"
