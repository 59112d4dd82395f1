"""The library in use: versions taken up while the old one answers, the shipped library, and what cannot be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import app
import web_app
from retrieval import library_rows
from retrieval.guide_rows import GUIDES
from retrieval.library import Case, Library, Question, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import as_csv
from retrieval.live import LiveLibrary, ShippedLibrary
from retrieval.versions import UNKNOWN, Content, Counts, NewVersion
from store.store import Store

DRONE = Case(1, "空拍", "某機關同仁以空拍機拍攝營區後上傳網路。", ("刑法第132條",), ("先申請。",))
RECORDER = Case(2, "錄音", "某會議紀錄人員把錄音檔交給廠商。", ("刑法第132條",), ("不外流。",))
QUESTIONS_OF_BOTH = (Question("空拍可以嗎", 1), Question("錄音可以給人嗎", 2), Question("午餐吃什麼", 0))
BOTH = assemble((DRONE, RECORDER), QUESTIONS_OF_BOTH, ())


class Release:
    """The files that a release of the program ships."""

    def __init__(self, folder: Path) -> None:
        self.files = ShippedLibrary(*(folder / f"{name}.csv" for name in ("cases", "questions", "laws", "guides")))
        self.ship(BOTH)

    def ship(self, library: Library) -> None:
        for name, table in (("cases", CASES), ("questions", QUESTIONS), ("laws", LAWS), ("guides", GUIDES)):
            getattr(self.files, name).write_bytes(as_csv(library, table))


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path)


@pytest.fixture
def live(release: Release, store: Store) -> Iterator[LiveLibrary]:
    yield LiveLibrary(release.files, store.library_versions)


def again(live: LiveLibrary) -> LiveLibrary:
    """Another process, or the same one after a restart."""
    return LiveLibrary(live.shipped, live.versions)


def titles(live: LiveLibrary) -> list[str]:
    return [case.title for case in live.index().library.cases]


def spoil(store: Store, number: int) -> None:
    with store.transaction() as connection:
        change = text("UPDATE library_versions SET questions_csv = :spoilt WHERE id = :number")
        connection.execute(change, {"spoilt": b"x", "number": number})


def test_a_saved_version_is_taken_up_by_every_process(live: LiveLibrary) -> None:
    other = again(live)
    assert titles(other) == ["空拍", "錄音"]
    before = other.index()
    library = assemble((DRONE,), QUESTIONS_OF_BOTH, ())
    assert live.save(library, "amy", "為什麼") == 1
    assert other.index() is before, "the old index serves until it is looked for a new one"
    other.refresh()
    assert titles(other) == ["空拍"]
    assert other.library() == library
    assert again(live).library() == library
    (version,) = live.versions.all()
    assert (version.author, version.note, version.counts, version.shipped) == (
        "amy",
        "為什麼",
        Counts(1, 3, 0, 0),
        False,
    )
    assert live.version(1) == library
    assert live.version(2) is None


def test_a_bot_on_the_shipped_library_follows_its_releases(live: LiveLibrary, release: Release) -> None:
    release.ship(assemble((DRONE,), (), ()))
    assert titles(again(live)) == ["空拍"], "never imported"
    live.save(BOTH, "amy")
    release.ship(assemble((RECORDER,), (), ()))
    assert titles(again(live)) == ["空拍", "錄音"], "its own"
    live.save_shipped("amy", "退回")
    assert titles(again(live)) == ["錄音"]
    release.ship(BOTH)
    assert titles(again(live)) == ["空拍", "錄音"]
    assert live.version(2) == assemble((RECORDER,), (), ()), "a version shows what it was when it was made"
    assert not live.shipped_has_changed(), "it follows by itself"


def test_a_bot_with_its_own_library_is_told_that_the_shipped_one_has_changed(
    live: LiveLibrary, release: Release
) -> None:
    assert not live.shipped_has_changed()
    live.save(assemble((DRONE,), (), ()), "amy")
    assert not live.shipped_has_changed()
    release.ship(assemble((RECORDER,), (), ()))
    assert live.shipped_has_changed()


def test_a_version_of_an_earlier_release_is_read_with_the_shipped_questions(live: LiveLibrary) -> None:
    """It stored cases alone; the questions go where their case's situation is now, or to no case."""
    renumbered = as_csv(assemble((Case(7, "空拍", DRONE.situation, ("刑法",), ("做",)),), (), ()), CASES)
    live.versions.save(NewVersion(Content(renumbered), Counts(1), ""))
    library = again(live).library()
    assert [(question.text, question.case_id) for question in library.questions] == [
        ("空拍可以嗎", 7),
        ("錄音可以給人嗎", 0),
        ("午餐吃什麼", 0),
    ]
    assert live.version(1) == library
    assert live.versions.all()[0].counts == Counts(1, UNKNOWN, UNKNOWN)
    assert not live.shipped_has_changed(), "what it knew of the shipped one is not known"


def test_a_version_that_cannot_be_read_leaves_the_old_one_in_use(
    live: LiveLibrary, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    live.save(assemble((DRONE,), (), ()), "amy")
    assert titles(live) == ["空拍"]
    live.save(BOTH, "ben")
    spoil(store, 2)
    live.refresh()
    assert titles(live) == ["空拍"]
    assert live.unreadable.startswith("讀不出第 2 版案例庫（SheetError")
    assert live.unreadable.endswith("沿用第 1 版")
    assert "version 2 of the library not read" in caplog.text
    caplog.clear()
    live.refresh()
    assert not caplog.text, "said once, not every few seconds"
    restarted = again(live)
    assert titles(restarted) == ["空拍"]
    assert "沿用第 1 版" in restarted.unreadable
    live.save(BOTH, "ben")
    live.refresh()
    assert (titles(live), live.unreadable) == (["空拍", "錄音"], "")


def test_readyz_says_which_version_cannot_be_read(bot: app.Bot) -> None:
    """The bot answers, so it is ready; the reason stands beside it."""
    client = web_app.create_app(bot).test_client()
    assert client.get("/readyz").json == {"ready": True}
    bot.library.save(BOTH, "ben")
    spoil(bot.store, 1)
    bot.library.refresh()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json
    assert (answer.json["ready"], "讀不出第 1 版案例庫" in answer.json["notice"]) == (True, True)


def test_where_no_version_can_be_read_the_shipped_library_answers(live: LiveLibrary, store: Store) -> None:
    live.save(assemble((DRONE,), (), ()), "amy")
    spoil(store, 1)
    assert titles(live) == ["空拍", "錄音"]
    assert "沿用程式附的案例庫" in live.unreadable


def test_unused_questions_survive_a_version(live: LiveLibrary) -> None:
    library = assemble((DRONE,), (*QUESTIONS_OF_BOTH, Question("考我", 1, use="test", note="註")), ())
    live.save(library, "amy")
    read = again(live).library()
    assert [(question.text, question.case_id) for question in read.unused] == [("錄音可以給人嗎", 2)]
    assert [(question.text, question.note) for question in read.tests] == [("考我", "註")]
    assert library_rows.table_rows(read) == library_rows.table_rows(library)
