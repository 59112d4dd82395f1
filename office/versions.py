"""Versions of the library: a draft goes live, an old version comes back. Every method asks for Right.LIBRARY."""

from collections.abc import Sequence

from office import words
from office.draft import Draft
from office.draft_checks import DraftChecks
from office.drafts import Drafts
from office.model import Action, Actor, Journal, Right
from retrieval.bases import SHIPPED, Bases
from retrieval.changes import TableChange, difference
from retrieval.library import Library
from retrieval.live import Overtaken
from retrieval.sheets.model import SheetError
from retrieval.versions import Version


class NotReady(Exception):
    """A draft does not go live, or a version does not come back; the text says why and what to do."""


class Versions:
    """What goes live goes live everywhere within seconds."""

    def __init__(self, bases: Bases, drafts: Drafts, checks: DraftChecks, journal: Journal) -> None:
        self._bases = bases
        self._live = bases.live
        self._drafts = drafts
        self._checks = checks
        self._journal = journal
        self._shipped_changed: tuple[int, bool] = (-1, False)
        self._compared: tuple[tuple[int, int], list[TableChange]] = ((-1, -1), [])

    def all(self, actor: Actor) -> Sequence[Version]:
        """The newest first."""
        actor.require(Right.LIBRARY)
        return self._live.versions.all()

    def shipped_has_changed(self, actor: Actor) -> bool:
        """Whether a release since the newest version has brought another library. A program's files stay as they are
        while it runs.
        """
        actor.require(Right.LIBRARY)
        newest = self._live.versions.newest_number()
        if self._shipped_changed[0] != newest:
            self._shipped_changed = (newest, self._live.shipped_has_changed())
        return self._shipped_changed[1]

    def difference(self, actor: Actor, before: int, now: int) -> list[TableChange]:
        """What differs between two versions, SHIPPED being one. Raises NotReady where one cannot be read."""
        actor.require(Right.LIBRARY)
        if self._compared[0] != (before, now):
            self._compared = ((before, now), difference(self._library(before), self._library(now)))
        return self._compared[1]

    def publish(self, actor: Actor, note: str, digest: str, agreed: bool) -> int:
        """The actor's draft goes live, exactly as it was seen (`digest`); its number. Raises NotReady.

        `agreed`: whatever speaks against it was seen.
        """
        draft = self._drafts.of(actor)
        if draft.digest != digest or draft.edited.stale or draft.problems or not draft.edits:
            raise NotReady(words.DRAFT_MOVED)
        self._require_checked(draft, agreed)
        try:
            number = self._live.save(draft.library, actor.name, note, after=draft.version)
        except Overtaken as error:
            raise NotReady(words.DRAFT_MOVED) from error
        self._drafts.finish(draft)
        self._journal.record(actor.name, Action.PUBLISH, words.VERSION.format(number=number), note)
        return number

    def restore(self, actor: Actor, which: int) -> int:
        """A version comes back as a new one of the same content; its number. Raises NotReady where it cannot."""
        actor.require(Right.LIBRARY)
        if which == SHIPPED:
            named, number = words.SHIPPED, self._live.save_shipped(actor.name, words.BACK_TO_SHIPPED)
        else:
            named = words.VERSION.format(number=which)
            number = self._live.save(self._library(which), actor.name, words.BACK_TO.format(number=which))
        self._journal.record(actor.name, Action.RESTORE, words.VERSION.format(number=number), named)
        return number

    def _require_checked(self, draft: Draft, agreed: bool) -> None:
        """Raises NotReady unless it is known what the draft does, and that is wanted."""
        result = self._checks.state(draft).result
        if result is None or result.fault:
            raise NotReady(words.NOT_CHECKED)
        if result.matters:
            raise NotReady(words.MATTERS_OPEN)
        if result.objections and not agreed:
            raise NotReady(words.NOT_AGREED)

    def _library(self, number: int) -> Library:
        try:
            base = self._bases.of(number)
        except SheetError as error:
            raise NotReady(words.UNREADABLE_VERSION.format(number=number)) from error
        if base is None:
            raise NotReady(words.NO_VERSION.format(number=number))
        return base.library
