"""What the parts of the broadcasts' store share: the store's transactions, and the states of a recipient."""

import time
from collections.abc import Callable

from store.store import Store

PENDING, CALLING, SENT, FAILED, UNKNOWN = "pending", "calling", "sent", "failed", "unknown"
RIDE = -1  # the batch whose tips ride on answers; it falls due when that ends


class Transactions:
    """One method is one transaction of the store handed in; raises StoreError. Threads may share it."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._transaction = store.transaction
        self._insert = store.insert
        self._now = now
