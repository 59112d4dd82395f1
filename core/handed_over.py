"""What becomes of a question that its asker hands over to the office, and of one whose message is taken back."""

from collections.abc import Callable
from datetime import date
from functools import partial

from core import cards, handover, words
from core.deeds import Keeper
from core.messages import Incoming, Reply
from core.safe_store import MissedQuestions, SafeStore


class HandedOver:
    """Nothing of the person is kept beside the text, only by which message it may be taken back."""

    def __init__(self, store: SafeStore, keeper: Keeper, missed: MissedQuestions, today: Callable[[], date]) -> None:
        self._store = store
        self._keeper = keeper
        self._missed = missed
        self._today = today

    def take(self, incoming: Incoming, arguments: list[str]) -> Reply:
        """Keep a question as it was shown."""
        text = handover.kept_form(incoming.carried)
        message = _named(incoming, arguments[0]) if arguments else ""
        keep = partial(self._missed.keep, text, self._today(), handover.MOST_A_DAY, message)
        if not text:
            return cards.note(words.NOT_HANDED_OVER_TITLE, words.HANDOVER_LOST_BODY)
        if kept := self._store.attempt("question handed over", keep, None):
            return cards.note(words.HANDED_OVER_TITLE, words.HANDED_OVER_BODY.format(days=handover.KEPT_DAYS))
        reason = words.HANDOVER_FAILED_BODY if kept is None else words.HANDOVER_FULL_BODY
        return cards.note(words.NOT_HANDED_OVER_TITLE, reason)

    def take_back(self, incoming: Incoming) -> None:
        """Keep no longer what was typed in a message that was taken back, in silence; later where the store is down."""
        self._keeper.keep("missed.take_back", _named(incoming, incoming.message))


def _named(incoming: Incoming, message: str) -> str:
    """A message among those of all channels."""
    return f"{incoming.channel} {message}"
