"""Who gets tips, as people say and show it: they come and go, ask for tips, and want out."""

from collections.abc import Callable

from core import cards, group_cards, menu_cards, words
from core.messages import Incoming, Reply
from core.safe_store import SafeStore, Subscribers
from retrieval.library import Case


class Subscriptions:
    """What is noted of it and said to it. Nothing is claimed that the store, when it is down, did not take."""

    def __init__(self, store: SafeStore, subscribers: Subscribers, cases: Callable[[], tuple[Case, ...]]) -> None:
        self._store = store
        self._subscribers = subscribers
        self._cases = cases
        self.kinds: dict[str, Callable[[Incoming], Reply | None]] = {
            "follow": self.follow,
            "befriend": lambda incoming: self._greet(incoming, subscribers.befriend),
            "unblock": lambda incoming: self._greet(incoming, subscribers.revive),
            "unfollow": self._leave,
            "stop": self.stop,
            "join": lambda _: group_cards.greeting(),
            "leave": self._leave,
            "moved": self._moved,
        }

    def follow(self, incoming: Incoming) -> Reply:
        """They asked for tips: whoever said stop has taken it back."""
        return self._greet(incoming, self._subscribers.follow)

    def stop(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        if not self._store.note(incoming, self._subscribers.stop):
            return cards.note(words.NOT_NOTED_TITLE, words.STOP_FAILED_BODY)
        return cards.note(words.STOPPED_TITLE, words.STOPPED_GROUP_BODY if incoming.group else words.STOPPED_BODY)

    def subscribe(self, incoming: Incoming) -> Reply:
        if not incoming.address:
            return cards.note(words.NO_TIPS_HERE_TITLE, words.NO_TIPS_HERE_BODY)
        if not self._store.note(incoming, self._subscribers.follow):
            return cards.note(words.NOT_NOTED_TITLE, words.SUBSCRIBE_FAILED_BODY)
        return cards.note(words.SUBSCRIBED_TITLE, words.SUBSCRIBED_BODY)

    def _greet(self, incoming: Incoming, act: Callable[[str, str], None]) -> Reply:
        """What is true of their tips from now on is read back."""
        channel, address = incoming.channel, incoming.address or ""
        standing = ""
        if address and self._store.note(incoming, act):
            standing = self._store.attempt(lambda: self._subscribers.state(channel, address) or "never", "")
        return group_cards.greeting(standing) if incoming.group else menu_cards.greeting(self._cases(), standing)

    def _leave(self, incoming: Incoming) -> None:
        self._store.note(incoming, self._subscribers.retire)

    def _moved(self, incoming: Incoming) -> None:
        self._store.note(incoming, lambda channel, old: self._subscribers.readdress(channel, old, incoming.text))
