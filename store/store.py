"""The store: every repository over one database."""

import time
from collections.abc import Callable
from datetime import tzinfo
from zoneinfo import ZoneInfo

from digests import Digest, unkeyed
from store.accounts import Accounts
from store.actions import Actions
from store.batches import Batches
from store.broadcast_lists import BroadcastLists
from store.broadcasts import Broadcasts
from store.counts import Counts
from store.database import REST_SECONDS, WAIT_SECONDS, Database
from store.deliveries import Deliveries
from store.facts import Facts
from store.forgetting import Forgetting
from store.holdings import Holdings
from store.library_drafts import DraftChecks, LibraryDrafts
from store.library_versions import LibraryVersions
from store.missed_questions import MissedQuestions
from store.people import People
from store.piggybacks import Piggybacks
from store.restored import Restored
from store.sent_tips import SentTips
from store.sessions import Invitations, Sessions
from store.subscribers import Subscribers
from store.tip_days import TipDays
from store.votes import Votes
from store.workers import Workers

TAIPEI = ZoneInfo("Asia/Taipei")


class Store(Database):
    """A database and its repositories. Threads may share it. `zone` says when a day begins; `digest` makes what is not
    to be read back, the same in every process.
    """

    def __init__(
        self,
        url: str,
        wait_seconds: float = WAIT_SECONDS,
        rest_seconds: float = REST_SECONDS,
        now: Callable[[], float] = time.time,
        zone: tzinfo = TAIPEI,
        digest: Digest = unkeyed,
    ) -> None:
        super().__init__(url, wait_seconds, rest_seconds, digest)
        self.subscribers = Subscribers(self, now)
        self.deliveries = Deliveries(self, now, digest)
        self.votes = Votes(self, now, zone)
        self.missed_questions = MissedQuestions(self, now, digest)
        self.accounts = Accounts(self, now)
        self.sessions = Sessions(self, now)
        self.invitations = Invitations(self, now)
        self.actions = Actions(self, now)
        self.library_versions = LibraryVersions(self, now)
        self.library_drafts = LibraryDrafts(self, now)
        self.draft_checks = DraftChecks(self, now)
        self.tip_days = TipDays(self, now)
        self.broadcasts = Broadcasts(self, now)
        self.broadcast_lists = BroadcastLists(self, now)
        self.batches = Batches(self, now)
        self.piggybacks = Piggybacks(self, now)
        self.sent_tips = SentTips(self, now)
        self.counts = Counts(self, now, zone)
        self.workers = Workers(self, now)
        self.facts = Facts(self, now)
        self.forgetting = Forgetting(self, now)
        self.people = People(self, now)
        self.holdings = Holdings(self, now)
        self.restored = Restored(self, now)
