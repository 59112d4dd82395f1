"""Which tip a day has."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcasts.daily import DailyTip, Rotation, tips_of
from broadcasts.tips import BadTip, Tip
from retrieval.search import Index
from store.store import Store

UTC = ZoneInfo("UTC")


def test_each_countermeasure_once_and_no_case_two_days_running(index: Index) -> None:
    known = list(tips_of(index.library))
    rotation = Rotation(known, [])
    told = [rotation.next().key for _ in range(3 * len(known))]
    for turn in range(3):
        assert len(set(told[turn * len(known) : (turn + 1) * len(known)])) == len(known)
    cases = [key.partition(":")[0] for key in told]
    assert all(first != second for first, second in zip(cases, cases[1:], strict=False))


def test_a_day_keeps_its_tip_in_every_process(store: Store, index: Index) -> None:
    day = date(2026, 11, 23)
    first, second = (DailyTip(store.tip_days, lambda: index.library, UTC) for _ in range(2))
    assert first.of(day) == second.of(day)
    assert first.of(day + timedelta(1)).case_id != first.of(day).case_id


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "字" * 2001, "😀" * 1001])
def test_a_text_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(BadTip):
        Tip.own(text)
