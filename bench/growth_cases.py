"""What a library of some size takes: to start with, to ask, to import, to look at in the console."""

import resource
import statistics
import tempfile
from time import perf_counter

import app
from bench import grown
from bench.report import milliseconds
from office.model import Role
from retrieval import proposal
from retrieval.library_rows import CASES
from retrieval.library_sheets import as_csv
from retrieval.live import build_index
from tests.support.console import logged_in
from tests.support.missed import keep

ASKED, TIMES = 200, 5
SCREENS = {
    "案例清單": "/library/cases/",
    "找案例": "/library/cases/?q=公務",
    "一個案例": "/library/cases/row?key=7",
    "問法清單": "/library/questions/",
    "新增問法": "/library/questions/new",
    "總覽": "/?span=month",
    "答不出來的": "/missed",
    "推播日曆": "/tips/calendar",
}
Found = dict[str, float]


def memory() -> float:
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def without_import(size: int) -> Found:
    """As `measure`, in a fifth of its time."""
    return measure(size, is_imported=False)


def measure(size: int, is_imported: bool = True) -> Found:
    """In a process of its own: seconds, megabytes, and milliseconds by name."""
    found: Found = {}
    library = grown.library(size)
    questions, started = grown.asked(library, ASKED), perf_counter()
    index = build_index(library)
    found["啟動（建索引）秒"], found["啟動 MB"] = perf_counter() - started, memory()
    found["問一題 毫秒"] = statistics.median(milliseconds(lambda: index.search(questions.pop()), ASKED))
    with tempfile.TemporaryDirectory() as folder:
        settings = {"VAR_DIR": folder, "LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t", "SECRET_KEY": "k"}
        bot = app.Bot(app.load_settings(settings))
        bot.store.migrate()
        if is_imported:
            sheet, started = as_csv(library, CASES), perf_counter()
            draft = proposal.draft(bot.library, sheet, "cases.csv")
            library = proposal.propose(draft.old, draft.decide("keep")).library
            bot.library.save(library, "bench")
            found["匯入 秒"], found["匯入 MB"] = perf_counter() - started, memory()
        bot.library.swap(index.over(library), bot.library.save(library, "bench"))
        keep(bot.store, *(question.text for question in library.questions[:100]))
        client = logged_in(bot, Role.OWNER)
        for name, path in SCREENS.items():
            assert client.get(f"/admin{path}").status_code == 200, path
            taken = milliseconds(lambda path=path: client.get(f"/admin{path}"), TIMES)  # type: ignore[misc]
            found[f"{name} 毫秒"] = statistics.median(taken)
        bot.close()
    return found
