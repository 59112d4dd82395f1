"""Versions of the library: a draft goes live, an old version comes back. Every method asks for Right.LIBRARY."""

from collections.abc import Sequence
from dataclasses import dataclass

from office import words
from office.draft_checks import DraftChecks
from office.drafts import Drafts
from office.model import Action, Actor, Journal, Right
from retrieval.changes import TableChange, difference
from retrieval.library import Library
from retrieval.live import LiveLibrary, Overtaken
from retrieval.versions import Version

SHIPPED = 0
"""Stands for the library that comes with the program."""


class NotReady(Exception):
    """A draft does not go live; the text says why and what to do."""


@dataclass(frozen=True)
class Versions:
    """What goes live goes live everywhere within seconds."""

    live: LiveLibrary
    drafts: Drafts
    checks: DraftChecks
    journal: Journal

    def all(self, actor: Actor) -> Sequence[Version]:
        """The newest first."""
        actor.require(Right.LIBRARY)
        return self.live.versions.all()

    def library(self, number: int) -> Library | None:
        return self.drafts.library_of(number)

    def difference(self, before: int, now: int) -> list[TableChange] | None:
        """What differs between two versions; None where one of them is not there."""
        old, new = self.library(before), self.library(now)
        return None if old is None or new is None else difference(old, new)

    def publish(self, actor: Actor, note: str, digest: str, agreed: bool) -> int:
        """The actor's draft goes live, exactly as it was seen (`digest`); its number. Raises NotReady.

        `agreed`: whatever speaks against it was seen.
        """
        draft = self.drafts.of(actor)
        if draft.digest != digest or draft.edited.stale or draft.problems or not draft.edits:
            raise NotReady(words.DRAFT_MOVED)
        result = self.checks.state(draft).result
        if result is None or result.fault:
            raise NotReady(words.NOT_CHECKED)
        if result.matters:
            raise NotReady(words.MATTERS_OPEN)
        if result.objections and not agreed:
            raise NotReady(words.NOT_AGREED)
        try:
            number = self.live.save(draft.library, actor.name, note, after=draft.version)
        except Overtaken as error:
            raise NotReady(words.DRAFT_MOVED) from error
        self.drafts.repository.delete(actor.name)
        self.journal.record(actor.name, Action.PUBLISH, words.VERSION.format(number=number), note)
        return number

    def restore(self, actor: Actor, which: int) -> int:
        """A version comes back as a new one of the same content; its number. Raises NotReady where it is not there."""
        actor.require(Right.LIBRARY)
        if which == SHIPPED:
            number = self.live.save_shipped(actor.name, words.BACK_TO_SHIPPED)
        else:
            library = self.library(which)
            if library is None:
                raise NotReady(words.NO_VERSION.format(number=which))
            number = self.live.save(library, actor.name, words.BACK_TO.format(number=which))
        named = words.SHIPPED if which == SHIPPED else words.VERSION.format(number=which)
        self.journal.record(actor.name, Action.RESTORE, words.VERSION.format(number=number), named)
        return number
