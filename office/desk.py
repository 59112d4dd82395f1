"""Everything of the office, joined over the store and the live library."""

from collections.abc import Callable
from datetime import date
from typing import Protocol

from office.accounts import Accounts
from office.action_log import ActionLog
from office.draft_checks import CheckRepository, DraftChecks, Work
from office.drafts import DraftRepository, Drafts
from office.missed import Missed, Questions
from office.repositories import AccountRepository, InvitationRepository
from office.sessions import SessionRepository, Sessions
from office.versions import Versions
from retrieval.bases import Bases
from retrieval.live import LiveLibrary


class OfficeStore(Protocol):
    """What the office keeps."""

    @property
    def accounts(self) -> AccountRepository: ...
    @property
    def invitations(self) -> InvitationRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def actions(self) -> ActionLog: ...
    @property
    def library_drafts(self) -> DraftRepository: ...
    @property
    def draft_checks(self) -> CheckRepository: ...
    @property
    def missed_questions(self) -> Questions: ...


class Desk:
    """The office's side of a bot. `start_check` begins the check of somebody's draft, `today` is the day there."""

    def __init__(
        self,
        store: OfficeStore,
        library: LiveLibrary,
        start_check: Callable[[str], None],
        today: Callable[[], date],
    ) -> None:
        self.actions = store.actions
        self.sessions = Sessions(store.sessions, store.accounts.get)
        self.accounts = Accounts(store.accounts, store.invitations, store.actions, store.sessions.end_all)
        bases = Bases(library)
        self.drafts = Drafts(store.library_drafts, bases, store.actions)
        self.draft_checks = DraftChecks(store.draft_checks, self.drafts, start_check)
        self.versions = Versions(bases, self.drafts, self.draft_checks, store.actions)
        self.missed = Missed(store.missed_questions, library.index, self.drafts, store.actions, today)

    def check_draft(self, account: str) -> None:
        """What the process that `start_check` begins is to do."""
        Work(self.draft_checks.repository, self.drafts, account).run()
