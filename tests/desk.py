"""A desk of the right shape where no tip is at stake."""

from core import cards
from core.messages import Incoming, Reply, Ride


class NoDesk:
    def today(self) -> Reply:
        return cards.note("今日提醒", "…")

    def ride(self, incoming: Incoming) -> Ride | None:
        return None

    def propose(self, incoming: Incoming, text: str) -> Reply | None:
        return None

    def confirm(self, incoming: Incoming, arguments: list[str]) -> Reply | None:
        return None

    cancel = confirm
