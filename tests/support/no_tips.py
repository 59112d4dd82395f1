"""The conversation's tip commands where no tip is at stake."""

from collections.abc import Mapping

from core import cards
from core.conversation import Verb
from core.messages import Incoming, Piggyback, Reply


class NoTips:
    verbs: Mapping[str, Verb] = {}

    def today(self) -> Reply:
        return cards.note("今日提醒", "…")

    def piggyback(self, incoming: Incoming) -> Piggyback | None:
        return None

    def propose(self, incoming: Incoming) -> Reply | None:
        return None
