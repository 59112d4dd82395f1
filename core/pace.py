"""How fast one person may ask, as the conversation and the page see it; handlers/pace.py counts."""

from enum import Enum
from typing import NamedTuple, Protocol


class Act(Enum):
    """What is counted, each by itself: a question costs a search, a press next to nothing; what is kept of a press, a
    vote or a question handed over, tells the office something, and nobody is to say it alone.
    """

    QUESTION = "question"
    PRESS = "press"
    VOTE = "vote"
    HANDOVER = "handover"


KEPT = {"helped": Act.VOTE, "nothelped": Act.VOTE, "handover": Act.HANDOVER}
"""The verbs of the presses of which something is kept."""


class Wait(NamedTuple):
    """Too fast: after how many whole seconds it goes on, and whether this is the first that is too much."""

    seconds: int
    is_first: bool


class Pace(Protocol):
    """Does not raise."""

    def wait(self, asker: str, act: Act) -> Wait | None:
        """Count one act of `asker`; None where it may be done. Nobody ("") is not counted."""


class Unhurried:
    """No limit."""

    def wait(self, asker: str, act: Act) -> Wait | None:
        return None
