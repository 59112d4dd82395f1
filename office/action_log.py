"""Whether the log of actions is still what was written."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from office.model import Action, Journal, LogLine, forgotten_until


class ActionLog(Journal, Protocol):
    """The log as it is kept (store/actions.py, where each method is described)."""

    def find(self, wanted: dict[str, Any], newest: int, skip: int = 0) -> Sequence[LogLine]: ...
    def count(self, wanted: dict[str, Any]) -> int: ...
    def actors(self) -> Sequence[str]: ...
    def all(self) -> Iterator[LogLine]: ...


class Verification(NamedTuple):
    """How many lines there are, the digest of the last one, and what is wrong with the first bad one ("" for nothing).

    `begins`: the number of the first one, where older lines are forgotten. Lines cut off at the end leave no trace in
    those before: whoever fears that compares `lines` and `last` with what was seen earlier.
    """

    lines: int
    last: str
    wrong: str = ""
    begins: int = 1


def verified(actions: ActionLog) -> Verification:
    """The log as it is kept."""
    vouching = actions.find({"action": Action.FORGOTTEN.value}, 1)
    return verify(actions.all(), vouching[0] if vouching else None)


def verify(log: Iterable[LogLine], vouching: LogLine | None = None) -> Verification:
    """Walk the chain from its beginning, or from where the line that vouches for the forgotten ones says."""
    begins, number, digest = 1, 0, ""
    for line in log:
        if not number and vouching and vouching.subject == forgotten_until(line.number - 1):
            begins, number, digest = line.number, line.number - 1, vouching.detail
        checked = number - begins + 1
        if line.number != number + 1:
            wrong = f"第 {number + 1} 行不見了（下一行是第 {line.number} 行）"
            return Verification(checked, digest, wrong, begins)
        if line.digest != line.chained(digest):
            return Verification(checked, digest, f"第 {line.number} 行被改過，或它前面少了一行", begins)
        number, digest = line.number, line.digest
    return Verification(number - begins + 1, digest, "", begins)
