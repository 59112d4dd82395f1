"""The conversation's store in lists."""

from datetime import date

from core.ballots import Ballots
from core.deeds import Deed, Keeper
from core.safe_store import Claim

TODAY = date(2026, 11, 26)
BALLOTS = Ballots("key", lambda: TODAY)


class Memory:
    """Implements core.safe_store.ConversationStore and its parts, in lists; `broken` makes every call fail."""

    def __init__(self) -> None:
        self.broken = False
        self.claimed: set[str] = set()
        self.calls: list[tuple[object, ...]] = []

    @property
    def deliveries(self) -> "Memory":
        return self

    @property
    def subscribers(self) -> "Memory":
        return self

    @property
    def votes(self) -> "Memory":
        return self

    @property
    def missed_questions(self) -> "Memory":
        return self

    def _note(self, *call: object) -> None:
        if self.broken:
            raise ConnectionError("the store is down")
        self.calls.append(call)

    def claim(self, channel: str, event_id: str, lane: str = "") -> Claim:
        self._note("claim", channel, event_id)
        new = event_id not in self.claimed
        self.claimed.add(event_id)
        return Claim.OWN if new else Claim.TAKEN

    def waits(self, channel: str, event_id: str, lane: str) -> bool:
        return False

    def leave(self, channel: str, event_id: str) -> None:
        self._note("leave", channel, event_id)

    def finish(self, channel: str, event_id: str) -> None:
        self._note("finish", channel, event_id)

    def follow(self, channel: str, address: str, at: float | None = None) -> None:
        self._note("follow", channel, address)

    def befriend(self, channel: str, address: str, at: float | None = None) -> None:
        self._note("befriend", channel, address)

    def state(self, channel: str, address: str) -> str | None:
        if self.broken:
            raise ConnectionError("the store is down")
        asked = [call[0] for call in self.calls if call[1:] == (channel, address)]
        return ("stopped" if asked[-1] == "stop" else "active") if asked else None

    def stop(self, channel: str, address: str, at: float | None = None) -> None:
        self._note("stop", channel, address)

    def retire(self, channel: str, address: str, at: float | None = None) -> None:
        self._note("retire", channel, address)

    def revive(self, channel: str, address: str, at: float | None = None) -> None:
        self._note("revive", channel, address)

    def readdress(self, channel: str, address: str, new_address: str, at: float | None = None) -> None:
        self._note("readdress", channel, address, new_address)

    def vote(self, card: str, case_id: int, helped: bool, at: float | None = None) -> None:
        self._note("vote", card, case_id, helped)

    def take_back(self, message: str, at: float | None = None) -> None:
        self._note("take_back", message)

    def keep(self, text: str, day: date, at_most: int, message: str = "") -> bool:
        self._note("keep", text, day)
        return sum(call[0] == "keep" for call in self.calls) <= at_most


class FullDisk:
    """Implements core.deeds.Journal where nothing can be written."""

    def add(self, deed: Deed) -> None:
        raise OSError(f"no space for {deed.act}")

    def names(self, kind: str = "") -> list[str]:
        return []

    def read(self, name: str) -> Deed | None:
        raise FileNotFoundError(name)

    def remove(self, name: str) -> None:
        raise FileNotFoundError(name)


def keeper(memory: Memory) -> Keeper:
    """What the memory does not take is lost."""
    return Keeper(memory, FullDisk())
