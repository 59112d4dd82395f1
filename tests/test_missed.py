"""The list of gaps: groups, what the bot answers now, and what the office makes of them."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

import app
from core.handover import KEPT_DAYS
from office.missed import LOOKED_UP, MOST_GROUPS, Missed, NotTaught, answers_so, label_of
from office.model import Action, Actor, Forbidden, Role
from retrieval.library import NO_CASE, Candidate, Label, SearchResult
from retrieval.search import Index
from retrieval.sheets.model import Problem, SheetError
from store.store import Store
from tests.support.memory import TODAY
from tests.support.missed import Drafts, keep, keys
from tests.support.waiting import wait_for

EDITOR = Actor("小編", Role.EDITOR.rights)
SENDER = Actor("推播", Role.SENDER.rights)
DRONES = ("空拍機可以拍營區嗎", "假日用空拍機拍到軍營會怎樣", "用空拍機拍辦公廳舍違法嗎")


@pytest.fixture
def drafts() -> Drafts:
    return Drafts()


@pytest.fixture
def missed(store: Store, index: Index, drafts: Drafts) -> Missed:
    return Missed(store.missed_questions, lambda: index, drafts, store.actions, lambda: TODAY)


def written(store: Store) -> list[tuple[str, str, str, str]]:
    lines = store.actions.find({}, 100)
    return [(line.actor, line.action, line.subject, line.detail) for line in lines]


def test_nothing_yet(missed: Missed) -> None:
    assert missed.overview(EDITOR) == ((), 0, 0, ())


def test_groups_have_their_wordings_days_and_what_the_bot_answers_now(missed: Missed, store: Store) -> None:
    keep(store, *DRONES, "今天晚餐吃什麼")
    keep(store, DRONES[1], ago=3)
    drones, dinner = missed.overview(EDITOR).groups
    assert (drones.times, drones.first, drones.last) == (4, TODAY - timedelta(days=3), TODAY)
    assert drones.wordings[0].text == DRONES[1], "the commonest first"
    assert {wording.text for wording in drones.wordings} == set(DRONES)
    assert len(drones.wordings[0].keys) == 2
    (wording,) = dinner.wordings
    assert wording.found
    assert (wording.found.verdict, wording.found.guide) == ("none", None)


def test_at_most_ten_groups_and_how_much_is_left(missed: Missed, store: Store) -> None:
    keep(store, *(f"{chr(ord('甲') + 37 * number)}" * 3 for number in range(MOST_GROUPS + 2)))
    shown = missed.overview(EDITOR)
    assert (len(shown.groups), shown.more, shown.waiting) == (MOST_GROUPS, 2, MOST_GROUPS + 2)


def test_only_the_commonest_wordings_are_looked_up(missed: Missed, store: Store) -> None:
    keep(store, *(f"空拍機可以拍營區嗎{'嗎' * number}" for number in range(LOOKED_UP + 3)))
    (group,) = missed.overview(EDITOR).groups
    assert [wording.found is not None for wording in group.wordings] == [True] * LOOKED_UP + [False] * 3


def test_what_is_taught_goes_into_the_draft_and_stays_here(missed: Missed, store: Store, drafts: Drafts) -> None:
    keep(store, *DRONES[:2])
    keep(store, DRONES[0], ago=1)
    assert missed.teach(EDITOR, keys(store), 2) == 3
    ((name, texts, label),) = drafts.added
    assert (name, sorted(texts), label) == ("小編", sorted(DRONES[:2]), 2)
    shown = missed.overview(EDITOR)
    assert (shown.groups, shown.waiting) == ((), 0)
    (taught,) = shown.taught
    assert (taught.label, taught.group.times, taught.answered) == (2, 3, 0)
    assert written(store) == [("小編", Action.MISSED, "第 2 案", "教會 3 則")]


def test_a_draft_that_fails_leaves_them_waiting(missed: Missed, store: Store, drafts: Drafts) -> None:
    keep(store, *DRONES)
    drafts.fault = ConnectionError("the store is down")
    with pytest.raises(ConnectionError):
        missed.teach(EDITOR, keys(store), 2)
    drafts.fault = SheetError(Problem("問法", "太長"))
    with pytest.raises(NotTaught, match="問法：太長"):
        missed.teach(EDITOR, keys(store), 2)
    assert missed.overview(EDITOR).waiting == 3
    assert not written(store)


def test_what_is_taught_already_is_not_taught_again(missed: Missed, store: Store, drafts: Drafts) -> None:
    keep(store, *DRONES)
    every = keys(store)
    assert missed.teach(EDITOR, every, "ai-tools") == 3
    assert missed.teach(EDITOR, every, 2) == 0
    assert [label for *_, label in drafts.added] == ["ai-tools"]
    assert len(written(store)) == 1


def test_taught_groups_tell_whether_the_bot_answers_so_by_now(missed: Missed, store: Store) -> None:
    keep(store, "可以把確診名單傳給家人嗎", "確診名單可以給鄰居看嗎", "今天晚餐吃什麼")
    by_text = {question.text: question.key for question in store.missed_questions.waiting(10)}
    missed.teach(EDITOR, [by_text["今天晚餐吃什麼"]], NO_CASE)
    missed.teach(EDITOR, [key for text, key in by_text.items() if "確診" in text], 2)
    answered = {
        taught.label: (taught.answered, len(taught.group.wordings)) for taught in missed.overview(EDITOR).taught
    }
    assert answered == {NO_CASE: (1, 1), 2: (2, 2)}


def test_another_library_is_asked_anew(store: Store, index: Index, drafts: Drafts) -> None:
    live = [index]
    missed = Missed(store.missed_questions, lambda: live[0], drafts, store.actions, lambda: TODAY)
    keep(store, "可以把確診名單傳給家人嗎")
    (group,) = missed.overview(EDITOR).groups
    assert group.wordings[0].found
    assert group.wordings[0].found.verdict == "answer"
    live[0] = Index(replace(index.library, cases=index.library.cases[:1], questions=(), guides=()))
    (group,) = missed.overview(EDITOR).groups
    assert group.wordings[0].found
    assert group.wordings[0].found.verdict == "none"


def test_taught_ones_can_be_put_back_and_any_be_discarded(missed: Missed, store: Store) -> None:
    keep(store, *DRONES)
    every = keys(store)
    missed.teach(EDITOR, every, NO_CASE)
    assert missed.put_back(EDITOR, every[:1]) == 1
    assert keys(store) == every[:1]
    assert missed.discard(EDITOR, every) == 3
    assert missed.discard(EDITOR, every) == 0
    assert missed.overview(EDITOR) == ((), 0, 0, ())
    done = [(subject, detail) for _, _, subject, detail in written(store)]
    assert set(done) == {("沒有案例", "教會 3 則"), ("問不到的", "放回 1 則"), ("問不到的", "丟棄 3 則")}
    assert not any(text in str(written(store)) for text in DRONES), "no texts in the log"


def test_wordings_are_given_as_a_start_for_something_new(missed: Missed, store: Store) -> None:
    keep(store, *DRONES[:2])
    keep(store, DRONES[0], ago=1)
    assert sorted(missed.wordings(EDITOR, [*keys(store), "gone"])) == sorted(DRONES[:2])


def test_who_sends_tips_sees_and_does_nothing_here(missed: Missed, store: Store, drafts: Drafts) -> None:
    keep(store, *DRONES)
    every = keys(store)
    for act in (
        lambda: missed.overview(SENDER),
        lambda: missed.wordings(SENDER, every),
        lambda: missed.teach(SENDER, every, 2),
        lambda: missed.put_back(SENDER, every),
        lambda: missed.discard(SENDER, every),
    ):
        with pytest.raises(Forbidden):
            act()
    assert keys(store) == every
    assert not drafts.added
    assert not written(store)


def test_old_ones_are_forgotten(store: Store, index: Index, drafts: Drafts) -> None:
    day = date(2027, 2, 24)  # 90 days after TODAY
    missed = Missed(store.missed_questions, lambda: index, drafts, store.actions, lambda: day)
    keep(store, "今天")
    keep(store, "昨天", ago=1)
    missed.forget_old()
    assert [question.text for question in store.missed_questions.waiting(10)] == ["今天"]


def test_a_server_forgets_them_by_itself(bot: app.Bot) -> None:
    too_old = date.today() - timedelta(days=KEPT_DAYS + 2)
    bot.store.missed_questions.keep("舊的", too_old, 500)
    bot.store.missed_questions.keep("新的", date.today(), 500)
    serving = threading.Thread(target=bot.run_maintenance, daemon=True)
    serving.start()
    wait_for(lambda: len(keys(bot.store)) == 1)
    bot.stopping.set()
    serving.join()
    assert [question.text for question in bot.store.missed_questions.waiting(10)] == ["新的"]


def test_labels_are_numbers_of_cases_ids_of_guides_or_no_case() -> None:
    assert [label_of(text) for text in ("2", "0", "ai-tools", "²")] == [2, NO_CASE, "ai-tools", "²"]


def test_what_counts_as_answered_so(index: Index) -> None:
    case, guide = index.library.cases[1], index.library.guides[0]
    answer = SearchResult("answer", (Candidate(case, 0.9),), (case,))
    choice = SearchResult("choose", (Candidate(case, 0.3),), (case, guide))
    guided = SearchResult("none", (Candidate(case, 0.1),), (guide,))
    silent = SearchResult("none", (Candidate(case, 0.1),))
    labels: tuple[Label, ...] = (2, 3, guide.id, NO_CASE)
    assert [[label for label in labels if answers_so(found, label)] for found in (answer, choice, guided, silent)] == [
        [2],
        [],
        [guide.id],
        [NO_CASE],
    ]


def test_a_store_that_is_down_says_so(index: Index, drafts: Drafts) -> None:
    with closing(Store("sqlite:////proc/no/such/place.db", wait_seconds=1)) as down:
        missed = Missed(down.missed_questions, lambda: index, drafts, down.actions, lambda: TODAY)
        with pytest.raises(Exception, match="OperationalError"):
            missed.overview(EDITOR)
