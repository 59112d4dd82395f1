"""Who gets tips, as people say and show it: they come and go, ask for tips, and want out."""

from collections.abc import Callable

from core import cards, group_cards, menu_cards, words
from core.deeds import Keeper, Kept
from core.messages import Incoming, Reply
from core.safe_store import SafeStore, Subscribers
from retrieval.library import Case

_NOT_STORED = {
    ("stop", Kept.WRITTEN_DOWN): (words.WRITTEN_DOWN_TITLE, words.STOP_WRITTEN_DOWN_BODY),
    ("stop", Kept.LOST): (words.NOT_NOTED_TITLE, words.STOP_FAILED_BODY),
    ("follow", Kept.WRITTEN_DOWN): (words.WRITTEN_DOWN_TITLE, words.SUBSCRIBE_WRITTEN_DOWN_BODY),
    ("follow", Kept.LOST): (words.NOT_NOTED_TITLE, words.SUBSCRIBE_FAILED_BODY),
}


class Subscriptions:
    """What is noted of it and said to it. What the store did not take is never called done."""

    def __init__(
        self, store: SafeStore, keeper: Keeper, subscribers: Subscribers, cases: Callable[[], tuple[Case, ...]]
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._subscribers = subscribers
        self._cases = cases
        self.kinds: dict[str, Callable[[Incoming], Reply | None]] = {
            "follow": self.follow,
            "befriend": lambda incoming: self._greet(incoming, "befriend"),
            "unblock": lambda incoming: self._greet(incoming, "revive"),
            "unfollow": self._leave,
            "stop": self.stop,
            "join": lambda _: group_cards.greeting(),
            "leave": self._leave,
            "moved": self._moved,
        }

    def follow(self, incoming: Incoming) -> Reply:
        """They asked for tips: whoever said stop has taken it back."""
        return self._greet(incoming, "follow")

    def stop(self, incoming: Incoming) -> Reply:
        return self._ask(incoming, "stop", "stopped")

    def subscribe(self, incoming: Incoming) -> Reply:
        return self._ask(incoming, "follow", "active")

    def _ask(self, incoming: Incoming, act: str, wanted: str) -> Reply:
        """What holds from now on is said: another word of theirs may have overtaken this one on its way."""
        kept = self._note(incoming, act)
        if kept is None:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        if kept != Kept.STORED:
            return cards.note(*_NOT_STORED[act, kept])
        if self._standing(incoming, wanted) == "active":
            return cards.note(words.SUBSCRIBED_TITLE, words.SUBSCRIBED_BODY)
        return cards.note(words.STOPPED_TITLE, words.STOPPED_GROUP_BODY if incoming.group else words.STOPPED_BODY)

    def _greet(self, incoming: Incoming, act: str) -> Reply:
        """What is true of their tips from now on is read back."""
        kept = self._note(incoming, act)
        standing = self._standing(incoming, "") if kept == Kept.STORED else kept.value if kept else ""
        return group_cards.greeting(standing) if incoming.group else menu_cards.greeting(self._cases(), standing)

    def _leave(self, incoming: Incoming) -> None:
        self._note(incoming, "retire")

    def _moved(self, incoming: Incoming) -> None:
        self._note(incoming, "readdress", incoming.text)

    def _standing(self, incoming: Incoming, default: str) -> str:
        channel, address = incoming.channel, incoming.address or ""
        return self._store.attempt(
            "who gets tips", lambda: self._subscribers.state(channel, address) or "never", default
        )

    def _note(self, incoming: Incoming, act: str, *more: str) -> Kept | None:
        """None where there is nobody whom tips could reach."""
        if not incoming.address:
            return None
        return self._keeper.keep(f"subscribers.{act}", incoming.channel, incoming.address, *more, at=incoming.at)
