"""Everybody's drafts of the library: kept until they go live or are given up.

A draft is held against the version that is live. What somebody else has changed since is found row by row: such an
edit is stale, and its owner decides. Every method asks for Right.LIBRARY.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from office import words
from office.draft import Draft, Held, held_in
from office.missed import cells_of
from office.model import Action, Actor, Journal, Right
from retrieval import edits as edit_tools
from retrieval import library_sheets, library_workbook
from retrieval.bases import Bases
from retrieval.changes import row_key
from retrieval.edits import Base, Key, Row
from retrieval.guide_rows import GUIDES, with_status
from retrieval.library import Entry, Label
from retrieval.library_rows import CASES, HAPPENED_WORDS, QUESTIONS, USES
from retrieval.library_sheets import Read
from retrieval.sheets.model import Problem, SheetError
from retrieval.sheets.reader import Table

REMEMBERED = 20


class DraftRepository(Protocol):
    """What is asked of the store (store/library_drafts.py). Every method may raise a StoreError."""

    def get(self, account: str) -> str: ...
    def swap(self, account: str, before: str, after: str) -> bool: ...
    def of_others(self, account: str) -> Sequence[tuple[str, str]]: ...


class Drafts:
    """Over the versions of the library."""

    def __init__(self, repository: DraftRepository, bases: Bases, journal: Journal) -> None:
        self.repository = repository
        self.bases = bases
        self.journal = journal
        self._known: dict[tuple[str, str], Draft] = {}

    def of(self, actor: Actor) -> Draft:
        """The actor's draft; an empty one where there is none."""
        actor.require(Right.LIBRARY)
        return self.of_account(actor.name)

    def of_account(self, account: str) -> Draft:
        """The draft of whoever has that account, for whoever checks it."""
        version, base = self.bases.current()
        text = self.repository.get(account)
        known = self._known.get((account, text))
        if known and known.base is base:
            return known
        draft = Draft.against(version, base, account, text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[account, text] = draft
        return draft

    def editors(self, actor: Actor) -> list[str]:
        """Who else has a draft."""
        actor.require(Right.LIBRARY)
        return [name for name, _ in self.repository.of_others(actor.name)]

    def others_at(self, actor: Actor, table: Table, key: Key) -> list[str]:
        """Who else has the same row in a draft."""
        actor.require(Right.LIBRARY)
        others = ((name, held_in(text)) for name, text in self.repository.of_others(actor.name))
        return [name for name, held in others if any(edit.place == (table, key) for edit in held.edits)]

    # rows

    def save_row(self, actor: Actor, table: Table, key: Key | None, row: Row, made_on: int | None = None) -> Key:
        """A row as somebody typed it, new (no key) or instead of the one under the key; its key now. Raises SheetError.

        `made_on`: the version whose row was typed over. What others have changed since is not overwritten.
        """
        written, seen = self._typed(self.of(actor), table, key, row), self._seen(made_on)
        self._change(actor, lambda draft: draft.with_row(table, key, written, seen))
        new_key = row_key(table, written)
        self.journal.record(actor.name, Action.EDIT, _subject(table, new_key))
        return new_key

    def row_problems(self, actor: Actor, table: Table, key: Key | None, row: Row) -> tuple[Problem, ...]:
        """What is wrong with a row as it is typed."""
        try:
            self._typed(self.of(actor), table, key, row)
        except SheetError as error:
            return error.problems
        return ()

    def entry(self, actor: Actor, table: Table, row: Row) -> Entry:
        """The case or guide that a row would be, for a look at its card. Raises SheetError."""
        return edit_tools.entry(table, row, self.of(actor).library)

    def delete_row(self, actor: Actor, table: Table, key: Key, made_on: int | None = None) -> bool:
        """A row goes, as it was in the version that its page showed; False where there is no such row."""
        seen = self._seen(made_on)
        if self.of(actor).row(table, key) is None and key not in seen.rows(table):
            return False
        self._change(actor, lambda draft: draft.without_row(table, key, seen))
        self.journal.record(actor.name, Action.EDIT, _subject(table, key), words.ROW_REMOVED)
        return True

    def set_status(self, actor: Actor, key: Key, status: str, made_on: int | None = None) -> bool:
        """A guide becomes 核定 or 草案, as its text was seen; False where there is no such guide."""
        edit = self.of(actor).edit(GUIDES, key)
        row = edit.after if edit else self._seen(made_on).rows(GUIDES).get(key)
        if row:
            self.save_row(actor, GUIDES, key, with_status(row, status), made_on)
        return row is not None

    def revert_row(self, actor: Actor, table: Table, key: Key) -> None:
        """Give up what was done to a row; whatever is live stays."""
        self._change(actor, lambda draft: draft.reverted(table, key))

    def insist(self, actor: Actor, table: Table, key: Key) -> None:
        """Somebody else has changed the row since; the actor has seen it and wants theirs all the same."""
        self._change(actor, lambda draft: draft.insisted(table, key))

    def add_questions(self, actor: Actor, texts: Iterable[str], label: Label, happened: bool = False) -> None:
        """Ways of asking for a case, a guide or nothing; what is there already goes over to that label.

        Raises SheetError with every problem; then none is added.
        """
        draft = self.of(actor)
        number, guide = cells_of(label)
        rest = (number, USES["learn"], "", guide, HAPPENED_WORDS[0] * happened)
        rows = edit_tools.typed(QUESTIONS, [(text, *rest) for text in dict.fromkeys(texts)], draft.library, draft.edits)
        self._change(actor, lambda draft: draft.with_questions(rows))
        self.journal.record(actor.name, Action.EDIT, QUESTIONS.names[0], words.QUESTIONS_ADDED.format(count=len(rows)))

    # the whole

    def upload(self, actor: Actor, data: bytes, name: str) -> Read:
        """What somebody's workbook changes becomes the draft, instead of the one before. Raises SheetError.

        A workbook says which version it was made from: what others have changed since is not undone by it.
        """
        actor.require(Right.LIBRARY)
        sheets = library_sheets.open_file(data, name)
        base = self._seen(library_workbook.version_of(sheets))
        read = library_sheets.read_sheets(sheets, name, base.library)
        changed = tuple(edit_tools.between(base.library, read.library))
        self._change(actor, lambda _: Held(changed))
        self.journal.record(actor.name, Action.IMPORT, name[:80], words.EDITS.format(count=len(changed)))
        return read

    def workbook(self, actor: Actor) -> bytes:
        """The live library as an .xlsx."""
        actor.require(Right.LIBRARY)
        return self.bases.workbook()

    def keep_questions(self, actor: Actor, numbers: Iterable[int]) -> None:
        """The questions of these numbers stay, though their cases have become another matter."""
        decided = tuple(numbers)
        self._change(actor, lambda draft: draft.keeping(decided))

    def drop_questions(self, actor: Actor, numbers: Iterable[int]) -> None:
        """The old questions of these numbers go; those that the draft itself brings stay."""
        decided = tuple(numbers)
        self._change(actor, lambda draft: draft.without_questions(decided))

    def discard(self, actor: Actor) -> None:
        self._change(actor, lambda _: Held())
        self.journal.record(actor.name, Action.EDIT, words.DRAFT, words.DRAFT_DISCARDED)

    def finish(self, draft: Draft) -> None:
        """It is live. Where its owner went on with it meanwhile, what is not live yet stays."""
        self.repository.swap(draft.account, draft.text, "")

    # how

    def _change(self, actor: Actor, change: Callable[[Draft], Held]) -> None:
        """Put the changed draft in place of the one it was made from; where another browser of theirs was quicker,
        change what that one left.
        """
        while True:
            draft = self.of(actor)
            if self.repository.swap(draft.account, draft.text, change(draft).as_text()):
                return

    def _seen(self, version: int | None) -> Base:
        """What somebody looked at when they typed; the live library where they do not say."""
        return (self.bases.of(version) if version is not None else None) or self.bases.current().base

    def _typed(self, draft: Draft, table: Table, key: Key | None, row: Row) -> Row:
        """A row as it would be kept. Raises SheetError, also where another one is there already."""
        (written,) = edit_tools.typed(table, [row], draft.library, draft.edits)
        new_key = row_key(table, written)
        if key != new_key and draft.row(table, new_key) is not None:
            raise SheetError(Problem(table.columns[0].headings[0], words.ROW_TAKEN))
        return written


def _subject(table: Table, key: Key) -> str:
    """A row in the log: never the words of a question."""
    if table == QUESTIONS:
        return table.names[0]
    return words.CASE.format(number=key[0]) if table == CASES else f"{table.names[0]} {' '.join(key)}"
