"""Texts about the same come together; what belongs nowhere stays alone."""

import random

from retrieval.grouping import MOST, group
from retrieval.search import Index

MATTERS = (
    ("空拍機可以拍營區嗎", "假日用空拍機拍到軍營會怎樣", "用空拍機拍辦公廳舍違法嗎", "空拍機飛過營區"),
    ("識別證掉了怎麼辦", "識別證遺失要通報嗎", "識別證不見了要跟誰說"),
    ("舊電腦報廢硬碟要怎麼處理", "電腦報廢前硬碟要拆嗎", "報廢硬碟沒有消磁怎麼辦"),
)


def test_what_is_alike_comes_together_the_biggest_first() -> None:
    texts = [text for matter in MATTERS for text in matter] + ["今天晚餐吃什麼"]
    assert group(texts) == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]


def test_the_order_of_the_texts_changes_no_group() -> None:
    texts = [text for matter in MATTERS for text in matter]
    shuffled = random.Random(5).sample(texts, len(texts))
    assert {frozenset(shuffled[place] for place in places) for places in group(shuffled)} == set(
        map(frozenset, MATTERS)
    )


def test_the_same_words_are_one_group() -> None:
    assert group(["特休可以請幾天"] * 3 + ["你好"]) == [[0, 1, 2], [3]]


def test_few_texts_and_texts_without_words_are_taken() -> None:
    assert group([]) == []
    assert group(["晚餐"]) == [[0]]
    assert sorted(place for places in group(["", "？", "晚餐"]) for place in places) == [0, 1, 2]


def test_at_most_so_many_are_looked_at(index: Index) -> None:
    texts = [question.text for question in index.library.bank[: MOST + 50]]
    groups = group(texts)
    assert sorted(place for places in groups for place in places) == list(range(MOST))
    assert [len(places) for places in groups] == sorted(map(len, groups), reverse=True)
