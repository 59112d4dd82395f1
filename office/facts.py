"""What is found out about an installation: one fact, how it stands, and what to do about it. Never holds a secret."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

import logs
from office import installation_words as words


class State(StrEnum):
    """Whether somebody has to do something."""

    OK = "ok"
    NOTICE = "notice"  # it works, and could be better, or could not be found out
    WRONG = "wrong"


class Fact(NamedTuple):
    """`said`: what was found; `remedy`: what to do, "" where there is nothing to do."""

    name: str
    said: str
    state: State = State.OK
    remedy: str = ""

    @property
    def value(self) -> str:
        """All of it in a line."""
        return f"{self.said}。{self.remedy}" if self.remedy else self.said

    @property
    def is_wrong(self) -> bool:
        return self.state == State.WRONG

    @property
    def mark(self) -> str:
        """What stands before it where facts are read as text: "" where all is well."""
        return words.MARKS[self.state]


class Check(NamedTuple):
    """Something that is looked at: `title` is the part that it belongs to; `look` may raise."""

    title: str
    name: str
    look: Callable[[], Iterable[Fact]]

    def run(self) -> tuple[Fact, ...]:
        """Does not raise: what cannot be read is a fact too, behind what was found before."""
        found = []
        try:
            for fact in self.look():
                found.append(fact)  # what was found stays where the next one raises
        except Exception as error:
            said = words.UNREADABLE.format(fault=logs.describe(error))
            found.append(Fact(self.name, said, State.WRONG))
        return tuple(found)
