"""What askers handed over, in the store: once a day, so many a day, for so many days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import inspect

from store.store import Store
from tests.support.memory import TODAY


def texts(store: Store) -> list[str]:
    return sorted(question.text for question in store.missed_questions.waiting(100))


def test_a_text_is_kept_once_a_day(store: Store) -> None:
    tomorrow = TODAY + timedelta(days=1)
    for day in (TODAY, TODAY, tomorrow):
        assert store.missed_questions.keep("晚餐", day, 500)
    newest, oldest = store.missed_questions.waiting(100)
    assert [(each.text, each.day, each.taught) for each in (newest, oldest)] == [
        ("晚餐", tomorrow, ""),
        ("晚餐", TODAY, ""),
    ]


def test_twenty_taps_at_once_make_one_row(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(lambda _: store.missed_questions.keep("晚餐", TODAY, 500), range(20)))
    assert texts(store) == ["晚餐"]


def test_a_day_takes_so_many_and_no_more(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: store.missed_questions.keep(f"晚餐{number}", TODAY, 5), range(12)))
    assert taken.count(True) == len(texts(store)) == 5
    assert store.missed_questions.keep(texts(store)[0], TODAY, 5), "what is there already costs nothing"
    assert store.missed_questions.keep("早餐", TODAY - timedelta(days=1), 5)


def test_a_row_holds_nothing_of_the_person(store: Store) -> None:
    with store.transaction() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("missed_questions")}
    assert columns == {"key", "day", "text", "taught", "messages"}


def test_marked_and_deleted_by_their_keys(store: Store) -> None:
    for text in ("甲", "乙", "丙"):
        store.missed_questions.keep(text, TODAY, 500)
    keys = {question.text: question.key for question in store.missed_questions.waiting(100)}
    assert store.missed_questions.mark([keys["甲"], keys["乙"], "gone"], "2") == 2
    assert texts(store) == ["丙"]
    assert store.missed_questions.count_waiting() == 1
    assert {question.text for question in store.missed_questions.taught(100)} == {"甲", "乙"}
    assert store.missed_questions.mark([keys["甲"]], "") == 1
    assert store.missed_questions.delete([keys["丙"], "gone"]) == 1
    assert texts(store) == ["甲"]
    assert [question.text for question in store.missed_questions.get([keys["乙"], keys["丙"]])] == ["乙"]
    assert store.missed_questions.get([]) == []


def test_what_is_older_is_forgotten_taught_or_not(store: Store) -> None:
    for ago in range(4):
        store.missed_questions.keep(str(ago), TODAY - timedelta(days=ago), 500)
    oldest = [question.key for question in store.missed_questions.waiting(100) if question.text == "3"]
    store.missed_questions.mark(oldest, "2")
    store.missed_questions.forget_before(TODAY - timedelta(days=1))
    assert texts(store) == ["0", "1"]
    assert not store.missed_questions.taught(100)
