"""Whether the log of actions is still what was written."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from office.model import Journal, LogLine


class ActionLog(Journal, Protocol):
    """The log as it is kept (store/actions.py, where each method is described)."""

    def find(self, wanted: dict[str, Any], newest: int, skip: int = 0) -> Sequence[LogLine]: ...
    def count(self, wanted: dict[str, Any]) -> int: ...
    def actors(self) -> Sequence[str]: ...
    def all(self) -> Iterator[LogLine]: ...


class Verification(NamedTuple):
    """How many lines there are, the digest of the last one, and what is wrong with the first bad one ("" for nothing).

    Lines cut off at the end leave no trace in those before: whoever fears that compares `lines` and `last` with what
    was seen earlier.
    """

    lines: int
    last: str
    wrong: str = ""


def verify(log: Iterable[LogLine]) -> Verification:
    """Walk the chain from its beginning."""
    count, digest = 0, ""
    for line in log:
        if line.number != count + 1:
            return Verification(count, digest, f"第 {count + 1} 行不見了（下一行是第 {line.number} 行）")
        if line.digest != line.chained(digest):
            return Verification(count, digest, f"第 {line.number} 行被改過，或它前面少了一行")
        count, digest = line.number, line.digest
    return Verification(count, digest)
