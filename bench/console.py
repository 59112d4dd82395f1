"""How long each page of the console takes in a large installation: python -m bench.console [postgresql://…]

100,000 subscribers, 1,000 cases, 50,000 wordings, two years of counts; without a draft, with one of some edits, and
with one of 5,000. Each page is asked for once and then eight times more; the median is of those eight.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from flask.testing import FlaskClient

import app
from bench import library, overview
from office.draft_checks import Answer, Result
from office.model import Actor, Role
from retrieval import library_sheets
from retrieval.library import Library, assemble
from retrieval.library_rows import CASES, TABLES
from retrieval.search import Index
from tests.support.console import logged_in, token_of
from tests.support.missed import keep

CASE_COUNT, QUESTIONS, FEW, MANY = 1_000, 50_000, 5, 5_000
MISSED = 300
AIM, TIMES = 200, 8  # milliseconds; repetitions
OWNER, OTHER = Actor("owner", Role.OWNER.rights), Actor("other", Role.EDITOR.rights)


class Taken(NamedTuple):
    """Milliseconds for the first request, and at the median of the others."""

    first: float
    median: float


def large_library(shipped: Library) -> Library:
    """The synthetic cases and wordings, with the shipped laws and guides."""
    made = library.synthetic(shipped, CASE_COUNT, QUESTIONS)
    return assemble(made.cases, made.questions, shipped.laws, shipped.guides)


def paths(bot: app.Bot) -> Iterator[str]:
    """Every page that can be looked at, with what its address takes."""
    question = quote(bot.desk.drafts.of(OWNER).base.library.questions[1].text)
    keys = {"cases": "key=7", "guides": "key=ai-tools", "questions": f"key={question}&key=1"}
    keys["laws"] = "&".join(f"key={quote(part)}" for part in next(iter(bot.desk.drafts.of(OWNER).base.rows(TABLES[2]))))
    for name, key in keys.items():
        yield from (
            f"/library/{name}/",
            f"/library/{name}/?q=公務",
            f"/library/{name}/new",
            f"/library/{name}/row?{key}",
        )
    yield from (
        "/library/questions/?label=7",
        "/library/questions/?page=900",
        "/library/file",
        "/library/file/download",
    )
    yield from ("/library/draft", "/library/draft/check", "/library/try", "/library/versions")
    yield from ("/library/versions/compare?before=1&now=2", "/library/versions/compare?before=0&now=2")
    yield from (*overview.PATHS, "/missed", "/me", "/me/password", "/me/second-factor", "/accounts", "/log")


def measure(client: FlaskClient, path: str) -> Taken:
    taken = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        answer = client.get(f"/admin{path}")
        taken.append(1000 * (time.perf_counter() - started))
        assert answer.status_code == 200, (path, answer.status_code)
    return Taken(taken[0], statistics.median(taken[1:]))


def pressed(client: FlaskClient) -> dict[str, Taken]:
    """What is asked for while somebody types or tries, though it is no page of its own."""
    token = token_of(client.get("/admin/library/cases/new").text)
    form = {"csrf_token": token, "id": "5000", "title": "題", "situation": "情境", "laws": "刑法第132條"}
    form["countermeasures"] = "做"
    found = {}
    for path, sent in (
        ("/library/cases/check", form),
        ("/library/cases/preview", form),
        ("/library/try", {"csrf_token": token, "question": "可以把公務資料帶回家嗎"}),
    ):
        taken = []
        for _ in range(TIMES + 1):
            started = time.perf_counter()
            answer = client.post(f"/admin{path}", data=sent, headers={"HX-Request": "true"})
            taken.append(1000 * (time.perf_counter() - started))
            assert answer.status_code == 200, path
        found[f"POST {path}"] = Taken(taken[0], statistics.median(taken[1:]))
    return found


def draft(bot: app.Bot, actor: Actor, count: int) -> None:
    """A changed case and so many new wordings, checked already."""
    drafts = bot.desk.drafts
    row = drafts.of(actor).base.rows(CASES)["7",]
    drafts.save_row(actor, CASES, ("7",), (row[0], "改過的標題", *row[2:]))
    drafts.add_questions(actor, [f"第{number}個新的問法可以嗎" for number in range(count - 1)], 7)
    answers = tuple(Answer(f"第{number}個問法", "第 7 案", "第 7 案", "第 8 案", True, False) for number in range(300))
    result = Result(
        asked=10_000, figures=(("直接答對", 0.8, 0.81),), answers=answers, changed=300, warnings=("建議",) * 100
    )
    digest = drafts.of(actor).digest
    bot.store.draft_checks.begin(actor.name, digest, "", 0)
    bot.store.draft_checks.finish(actor.name, digest, result.as_json())


def fill(bot: app.Bot) -> Index:
    """The data of the overview, missed questions, two versions of the large library; its index."""
    overview.fill(bot)
    large = large_library(library_sheets.load_folder(library.DATA))
    bot.library.save(large, "bench", "第一版")
    bot.library.save(assemble(large.cases, large.questions[100:], large.laws, large.guides), "bench", "第二版")
    keep(bot.store, *(question.text for question in large.questions[:MISSED]))
    return bot.library.index()


def report(without: dict[str, Taken], few: dict[str, Taken], many: dict[str, Taken]) -> None:
    print(f"\n{'':58}{'no draft':>16}{f'{FEW} edits':>16}{f'{MANY} edits':>16}\n{'':58}" + f"{'first  median':>16}" * 3)
    for path in without:
        columns = [each[path] for each in (without, few, many)]
        mark = "  <--" if max(each.median for each in columns) > AIM else ""
        print(f"{path[:56]:58}" + "".join(f"{each.first:8.0f}{each.median:8.0f}" for each in columns) + mark)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "VAR_DIR": folder,
            "SECRET_KEY": "k",
            "LINE_CHANNEL_SECRET": "s",
            "LINE_CHANNEL_ACCESS_TOKEN": "t",
        }
        environment |= {"DATABASE_URL": sys.argv[1]} if len(sys.argv) > 1 else {}
        bot = app.Bot(app.load_settings(environment))
        bot.store.migrate()
        started = time.perf_counter()
        fill(bot)
        print(f"filled and indexed in {time.perf_counter() - started:.0f} s, {library.memory():.0f} MB", flush=True)
        client = logged_in(bot, Role.OWNER)
        found = []
        for count in (0, FEW, MANY):
            bot.desk.drafts.discard(OWNER)
            if count:
                draft(bot, OWNER, count)
                draft(bot, OTHER, count)
            found.append({path: measure(client, path) for path in paths(bot)} | pressed(client))
        report(*found)
        print(f"at most {library.memory():.0f} MB")
        bot.close()


if __name__ == "__main__":
    main()
