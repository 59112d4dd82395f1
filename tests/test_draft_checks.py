"""What a draft would change: worked in a process of its own, begun again where that died, given up where it is old."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import app
from office import words
from office.draft_checks import ABANDONED_SECONDS, Answer, DraftChecks, Matter, Result, Work
from office.model import Actor, Role
from retrieval.library_rows import CASES
from store.library_drafts import DraftChecks as Repository
from store.store import Store
from tests.support.office import LI, SECRET, WANG, Office, shipped_in, small_bot
from tests.support.waiting import wait_for

OTHER_WORDS = ("2", "錄音", "把會議的錄音檔交給投標的廠商。", "刑法第132條", "不外流", "", "", "")
PATIENCE = 120


class Watched(Repository):
    """Checks in a store; `steps` are those that were noted, `meanwhile` is done at the first of them."""

    def __init__(self, store: Store, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__(store)
        self.steps: list[str] = []
        self.meanwhile = meanwhile

    def note(self, account: str, digest: str, step: str | None = None) -> bool:
        if step is not None:
            self.steps.append(step)
            if len(self.steps) == 1:
                self.meanwhile()
        return super().note(account, digest, step)


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    office = Office(store, shipped_in(tmp_path), works=False)
    office.desk.drafts.save_row(WANG, CASES, ("2",), OTHER_WORDS)
    return office


def state_of(office: Office, actor: Actor = WANG) -> str | Result:
    state = office.desk.draft_checks.state(office.draft(actor))
    return state.result or state.step


def work(office: Office, repository: Repository | None = None) -> None:
    Work(repository or office.store.draft_checks, office.desk.drafts, WANG.name).run()


def test_from_step_to_step_to_the_result(office: Office) -> None:
    assert state_of(office) == words.CHECK_BEGINS
    assert state_of(office) == words.CHECK_BEGINS
    assert office.began == [WANG.name], "begun once, however often the page asks"
    watched = Watched(office.store)
    work(office, watched)
    assert watched.steps[:3] == [words.CHECK_READS, words.CHECK_IDENTITY, "建索引"]
    assert watched.steps[-1] == "比對每個問法的答案"
    result = state_of(office)
    assert isinstance(result, Result)
    assert (result.fault, result.asked, len(result.figures)) == ("", 24, 3)
    assert result.warned == len(result.warnings)
    assert office.began == [WANG.name]


def test_a_result_is_kept_as_text_and_read_again() -> None:
    result = Result(
        asked=3,
        figures=(("直接答對", 0.5, 0.25),),
        tests=(3, 2, 1),
        answers=(Answer("「引號」", "第 2 案", "第 2 案", "沒有", True, False),),
        changed=7,
        worse=1,
        warnings=("甲", "乙"),
        warned=9,
        objections=("丙",),
        matters=(Matter(2, "原", "新", 8, 3),),
    )
    assert Result.read(result.as_json()) == result
    assert Result.read(Result(fault="KeyError").as_json()) == Result(fault="KeyError")


def test_what_changes_no_answer_is_not_measured(office: Office) -> None:
    office.desk.drafts.discard(WANG)
    office.desk.drafts.save_row(
        WANG, CASES, ("2",), (*OTHER_WORDS[:2], "錄下會議內容外流給廠商。", *OTHER_WORDS[3:5], "先停用", "", "")
    )
    office.works = True
    state_of(office)
    result = state_of(office)
    assert isinstance(result, Result)
    assert (result.figures, result.answers, result.objections) == ((), (), ())


def test_nothing_to_check_begins_no_check(office: Office) -> None:
    assert state_of(office, LI) == ""
    assert state_of(office) == words.CHECK_BEGINS
    changed = replace(office.library().cases[1], title="別人先改")
    library = office.library()
    office.live.save(replace(library, cases=(library.cases[0], changed)), LI.name)
    assert office.draft(WANG).edited.stale
    assert state_of(office) == "", "its one edit waits for a decision"
    assert office.began == [WANG.name]


def test_each_draft_on_each_version_is_checked_anew(office: Office) -> None:
    office.works = True
    state_of(office)
    assert isinstance(state_of(office), Result)
    office.desk.drafts.add_questions(WANG, ["新的問法"], 1)
    state_of(office)
    office.live.save(replace(office.library(), guides=()), LI.name)
    state_of(office)
    assert isinstance(state_of(office), Result)
    assert office.began == [WANG.name] * 3


def test_a_draft_that_changes_meanwhile_gives_the_old_check_up(office: Office) -> None:
    def change() -> None:
        office.desk.drafts.add_questions(WANG, ["新的問法"], 1)
        assert state_of(office) == words.CHECK_BEGINS

    state_of(office)
    watched = Watched(office.store, change)
    work(office, watched)
    assert watched.steps == [words.CHECK_READS], "it went no further"
    assert state_of(office) == words.CHECK_BEGINS
    assert office.began == [WANG.name] * 2
    work(office)
    assert isinstance(state_of(office), Result)


def test_a_draft_that_is_given_up_leaves_no_result(office: Office) -> None:
    state_of(office)
    work(office, Watched(office.store, lambda: office.desk.drafts.discard(WANG)))
    assert office.store.draft_checks.get(WANG.name) is None
    assert state_of(office) == ""


def test_a_failing_check_shows_its_fault_and_can_be_repeated(office: Office) -> None:
    state_of(office)
    shipped = office.live.shipped.cases.read_bytes()
    office.live.shipped.cases.unlink()
    work(office)
    result = state_of(office)
    assert isinstance(result, Result)
    assert "FileNotFoundError" in result.fault
    assert str(office.live.shipped.cases) not in result.fault
    office.live.shipped.cases.write_bytes(shipped)
    office.desk.draft_checks.again(office.draft(WANG))
    assert state_of(office) == words.CHECK_BEGINS
    assert office.began == [WANG.name] * 2
    work(office)
    result = state_of(office)
    assert isinstance(result, Result)
    assert result.fault == ""


def test_one_that_is_silent_is_begun_again_once(office: Office) -> None:
    clock = [0.0]
    repository = Repository(office.store, lambda: clock[0])
    began: list[str] = []
    checks = DraftChecks(repository, office.desk.drafts, began.append, lambda: clock[0])
    draft = office.draft(WANG)
    checks.state(draft)
    clock[0] = ABANDONED_SECONDS - 1
    assert repository.note(WANG.name, draft.digest, "建索引")
    clock[0] += ABANDONED_SECONDS - 1
    assert checks.state(draft).step == "建索引"
    assert began == [WANG.name], "it spoke a moment ago"
    clock[0] += 2
    assert [checks.state(draft).step for _ in range(2)] == [words.CHECK_BEGINS] * 2
    assert began == [WANG.name] * 2
    repository.finish(WANG.name, draft.digest, Result().as_json())
    clock[0] += 10 * ABANDONED_SECONDS
    assert checks.state(draft).result == Result()
    assert len(began) == 2, "what is known is not asked again"


def test_of_many_who_ask_at_once_one_begins(store: Store) -> None:
    def begin(digest: str) -> bool:
        return store.draft_checks.begin("王小明", digest, "準備", 0)

    for digest in ("a", "b"):
        with ThreadPoolExecutor(6) as pool:
            assert sorted(pool.map(begin, [digest] * 6)) == [False] * 5 + [True]
    assert not store.draft_checks.note("王小明", "a", "太晚")
    store.draft_checks.finish("王小明", "a", "太晚")
    row = store.draft_checks.get("王小明")
    assert row
    assert (row.digest, row.step, row.result) == ("b", "準備", "")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[app.Bot]:
    """A bot whose library is small, so that checks are quick."""
    bot = small_bot(tmp_path)
    yield bot
    bot.close()


def test_a_real_process_works_it_and_another_one_where_that_was_killed(served: app.Bot) -> None:
    start = partial(app.start_check, served.settings)
    drafts, checks = served.desk.drafts, replace(served.desk.draft_checks, start=start)
    actor = Actor("王小明", Role.OWNER.rights)
    drafts.add_questions(actor, ["空拍的照片給記者"], 1)
    draft = drafts.of(actor)
    before = {child.pid for child in multiprocessing.active_children()}
    assert checks.state(draft).step == words.CHECK_BEGINS
    (child,) = (each for each in multiprocessing.active_children() if each.pid not in before)
    assert child.pid != os.getpid(), "whoever asks the bot meanwhile waits for nothing"
    assert SECRET.encode() not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    child.kill()
    child.join()
    assert checks.state(draft).result is None
    row = served.store.draft_checks.get(actor.name)
    assert row
    later = replace(checks, now=lambda: row.seen_at + ABANDONED_SECONDS + 1)
    assert later.state(draft).step == words.CHECK_BEGINS
    wait_for(lambda: checks.state(draft).result is not None, PATIENCE)
    result = checks.state(draft).result
    assert result
    assert result.fault == ""
    assert result.asked == 24
    assert served.library.number == 0, "nothing is live by that"
