"""What is kept for the next start: the same answers, and whatever is wrong with a file, it is made anew."""

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from retrieval import dictionary, kept_index
from retrieval.cache import KEPT, NOWHERE, Arrays, Cache
from retrieval.library import Case, Library
from retrieval.search import Index

KIND, SOURCE = "thing", b"what it was made from"
ARRAYS: Arrays = {"numbers": np.arange(10_000), "text": np.frombuffer("斷詞".encode(), np.uint8)}
SMALL = Library(
    (
        Case(1, "空拍機", "有人用空拍機拍攝營區，影片上傳網路。", ("刑法第132條",), ("先申請再拍。",)),
        Case(2, "錄音筆", "會議的錄音筆掉在計程車上。", ("刑法第132條",), ("錄音檔加密。",)),
    )
)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", "a key")


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").iterdir())


def is_whole(cache: Cache) -> bool:
    kept = cache.load(KIND, SOURCE)
    return kept is not None and all(np.array_equal(kept[name], array) for name, array in ARRAYS.items())


def truncated(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size if size >= 0 else path.stat().st_size + size)


def flipped(place: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return flip


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


DAMAGES = {
    **{f"cut at {size}": truncated(size) for size in (0, 1, 31, 32, 33, 1000, 40_000, -1)},
    **{f"byte {place} flipped": flipped(place) for place in (0, 31, 32, 100, 50_000, -1)},
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a folder": replaced(Path.mkdir),
    "a pipe": replaced(os.mkfifo),
    "a link to nothing": replaced(lambda path: path.symlink_to("nothing")),
    "a link to itself": replaced(lambda path: path.symlink_to(path.name)),
    "text": lambda path: path.write_text("import os"),
}


def test_what_is_kept_is_found_again(cache: Cache, tmp_path: Path) -> None:
    assert cache.load(KIND, SOURCE) is None
    cache.keep(KIND, SOURCE, ARRAYS)
    assert is_whole(cache)
    assert is_whole(Cache(tmp_path / "cache", "a key")), "by another process of this program"
    assert cache.load(KIND, b"another library, release or version") is None
    assert cache.load("another thing", SOURCE) is None
    (path,) = files(tmp_path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_none_and_is_replaced(cache: Cache, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    cache.keep(KIND, SOURCE, ARRAYS)
    (path,) = files(tmp_path)
    damage(path)
    assert cache.load(KIND, SOURCE) is None
    cache.keep(KIND, SOURCE, ARRAYS)
    assert is_whole(cache) or path.is_dir(), "what somebody has put there is not removed with all that it holds"
    assert files(tmp_path) == [path]


def test_who_has_not_the_key_is_not_believed(cache: Cache, tmp_path: Path) -> None:
    Cache(tmp_path / "cache", "another key").keep(KIND, SOURCE, ARRAYS)
    assert cache.load(KIND, SOURCE) is None
    cache.keep(KIND, SOURCE, ARRAYS)
    assert is_whole(cache)


def test_of_one_thing_no_other_is_made(cache: Cache, tmp_path: Path) -> None:
    """A file of another library, by our own key, under the name of this one."""
    cache.keep(KIND, b"another", ARRAYS)
    (other,) = files(tmp_path)
    cache.keep(KIND, SOURCE, {"numbers": np.arange(3)})
    (path,) = (each for each in files(tmp_path) if each != other)
    other.replace(path)
    assert cache.load(KIND, SOURCE) is None


def test_objects_are_neither_kept_nor_loaded(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pickle"):
        cache.keep(KIND, SOURCE, {"objects": np.array([Path()], object)})
    assert not files(tmp_path)


@contextmanager
def a_full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 100, 50_000])
def test_a_full_disk_keeps_nothing_and_stops_nobody(cache: Cache, tmp_path: Path, room: int) -> None:
    with a_full_disk(room):
        cache.keep(KIND, SOURCE, ARRAYS)
    assert not files(tmp_path)
    cache.keep(KIND, SOURCE, ARRAYS)
    with a_full_disk(room):
        cache.keep(KIND, SOURCE, ARRAYS)
    assert is_whole(cache), "what was there before stays"


def test_where_no_folder_can_be_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (None, tmp_path / "file", tmp_path / "file" / "below"):
        cache = Cache(folder, "a key")
        cache.keep(KIND, SOURCE, ARRAYS)
        assert cache.load(KIND, SOURCE) is None


def test_of_many_that_write_and_read_at_once_each_finds_a_whole_one(cache: Cache, tmp_path: Path) -> None:
    cache.keep(KIND, SOURCE, ARRAYS)
    found: list[bool] = []

    def work() -> None:
        for _ in range(20):
            cache.keep(KIND, SOURCE, ARRAYS)
            found.append(is_whole(cache))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80
    assert len(files(tmp_path)) == 1


def test_old_files_go(cache: Cache, tmp_path: Path) -> None:
    cache.keep("another", SOURCE, ARRAYS)
    abandoned, under_way = (tmp_path / "cache" / f".new-{name}" for name in ("abandoned", "under way"))
    for path, hours in ((abandoned, 2), (under_way, 0)):
        path.write_text("half of it")
        os.utime(path, (time.time() - hours * 3600,) * 2)
    for number in range(KEPT + 3):
        cache.keep(KIND, bytes([number]), ARRAYS)
        (path,) = (tmp_path / "cache").glob(f"{KIND}-{number:02x}")
        os.utime(path, (time.time() - 1000 + number,) * 2)
    assert [path.name.partition("-")[0] for path in files(tmp_path)] == [".new", "another", *[KIND] * KEPT]
    assert under_way.exists()
    assert all(cache.load(KIND, bytes([number])) is not None for number in range(3, KEPT + 3))


def test_a_kept_index_answers_as_the_one_that_was_built(index: Index, cache: Cache) -> None:
    kept_index.keep(index, cache)
    kept = kept_index.build(index.library, cache)
    assert kept.fitted.classifier is not index.fitted.classifier
    assert kept.calibration == index.calibration
    asked = [question.text for question in index.library.questions[::50]]
    for text in (*asked, "", "x", "我想檢舉主管收紅包", asked[0] * 30):
        assert kept.search(text) == index.search(text)
        assert kept.search_learned(text) == index.search_learned(text)
        assert kept.explain(text) == index.explain(text)
        for entry in index.search(text).shown:
            assert kept.example(text, entry) == index.example(text, entry)


def test_so_does_one_over_a_library_without_a_bank(cache: Cache) -> None:
    built = kept_index.build(SMALL, cache)
    kept = kept_index.build(SMALL, cache)
    for text in ("空拍機拍營區", "錄音筆掉了", "天氣"):
        assert kept.search(text) == built.search(text)
        assert kept.explain(text) == built.explain(text)


class Spoiling(Cache):
    """Keeps other arrays among those that it is given."""

    def __init__(self, folder: Path, spoiled: Arrays) -> None:
        super().__init__(folder, "a key")
        self._spoiled = spoiled

    def keep(self, kind: str, source: bytes, arrays: Arrays) -> None:
        super().keep(kind, source, {**arrays, **self._spoiled})


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("weights", np.zeros((3, 3), np.float32)),
        ("weights", np.zeros((3, 3), np.float64)),
        ("idf", np.zeros(1)),
        ("intercept", np.zeros(0)),
        ("examples.columns", np.full(10, 10**9, np.int32)),
        ("examples.starts", np.array([0, 5, 3], np.int32)),
        ("terms.2", np.frombuffer(b"\xff\n", np.uint8)),
        ("about", np.frombuffer(b"[1, 2", np.uint8)),
        ("about", np.frombuffer(b"[]", np.uint8)),
        ("classes", np.frombuffer(b"7", np.uint8)),
        ("unheard of", np.zeros(1)),
    ],
)
def test_arrays_that_do_not_fit_are_noticed(
    index: Index, tmp_path: Path, cache: Cache, name: str, array: npt.NDArray[Any]
) -> None:
    kept_index.keep(Index(SMALL, fitted=index.fitted), Spoiling(tmp_path / "cache", {name: array}))
    assert kept_index.build(SMALL, cache).search("空拍機拍營區").candidates[0].case.id == 1
    assert kept_index.build(SMALL, cache).fitted.classifier is None, "and what was built instead is kept"


def test_a_kept_dictionary_is_the_one_that_was_made(cache: Cache) -> None:
    words = ["公務機密", "洩密"]
    made = dictionary.read(words)
    dictionary.keep_in(cache)
    try:
        assert dictionary.read(words) == made
        assert dictionary.read(words) == made
        assert dictionary.read([*words, "空拍機拍營區"])[0]["空拍機拍營區"] > 0
    finally:
        dictionary.keep_in(NOWHERE)
