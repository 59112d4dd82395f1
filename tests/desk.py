"""A desk of the right shape where no tip is at stake."""

from collections.abc import Mapping

from core import cards
from core.conversation import Verb
from core.messages import Incoming, Reply, Ride


class NoDesk:
    verbs: Mapping[str, Verb] = {}

    def today(self) -> Reply:
        return cards.note("今日提醒", "…")

    def ride(self, incoming: Incoming) -> Ride | None:
        return None

    def propose(self, incoming: Incoming) -> Reply | None:
        return None
