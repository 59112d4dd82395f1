"""What is remembered of messages, to tell an edit that says something new."""

import pytest

from handlers import edits
from handlers.edits import Edits, Wording


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_edit_is_new_where_it_says_something_else() -> None:
    seen = Edits()
    said = [
        (Wording("7 1", "a"), True),
        (Wording("7 1", "a", True, 1), False),
        (Wording("7 1", "b", True, 2), True),
        (Wording("7 1", "b", True, 3), False),
        (Wording("7 1", "a", True, 1), False),
        (Wording("7 1", "a", True, 4), True),
        (Wording("7 1", "a"), True),
        (Wording("7 1", "\ud83d", True, 5), True),
        (Wording("8 1", "b", True, 2), True),
    ]
    assert [seen.is_new(wording) for wording, _ in said] == [new for _, new in said]


def test_what_is_known_is_forgotten_after_two_days() -> None:
    clock = Clock()
    seen = Edits(clock)
    seen.is_new(Wording("7 1", "a"))
    clock.now += edits.KEPT_SECONDS - 1
    assert not seen.is_new(Wording("7 1", "a", True))
    clock.now += 2
    seen.is_new(Wording("7 2", "b"))
    assert seen.is_new(Wording("7 1", "a", True))


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "KEPT_MESSAGES", 3)
    seen = Edits()
    for number in range(5):
        seen.is_new(Wording(f"7 {number}", "a"))
    assert [seen.is_new(Wording(f"7 {number}", "a", True)) for number in (4, 3, 2, 1)] == [False, False, False, True]


def test_nothing_of_what_was_said_is_kept() -> None:
    seen = Edits()
    seen.is_new(Wording("5000000001 1", "監視器影像"))
    kept = repr(vars(seen))
    assert "監視器" not in kept
    assert "5000000001" not in kept
    assert Edits()._digest("監視器影像") != seen._digest("監視器影像"), "the key is of this process alone"
