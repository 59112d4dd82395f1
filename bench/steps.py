"""Where the time of a LINE question goes, and what it took the former way: python -m bench.steps [questions]

Each step by itself over the same questions, in processor time: LINE's own does not count. The former ways are taken in
the same run: replies through the SDK's models of messages, statements that SQLAlchemy looks up each time, a card drawn
from nothing.
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from linebot.v3 import messaging
from sqlalchemy import Connection

import app
import config
from bench.fast_line import line
from bench.report import Report, figure, show
from bench.webhook import event, questions
from core import cards, commands, privacy
from digests import unkeyed
from handlers.line import events, render
from handlers.line.client import LineClient
from store.database import Database
from store.deliveries import Deliveries
from store.piggybacks import Piggybacks
from tests.support.fake_line import ACCESS_TOKEN
from tests.support.line_events import SECRET

ROUNDS = 5


class Step(NamedTuple):
    """Something done to each of what is `given`, and how it was done before."""

    name: str
    act: Callable[[Any], object]
    given: Sequence[Any]
    formerly: Callable[[Any], object] | None = None


class Looking(Database):
    """One whose statements SQLAlchemy recognises anew each time."""

    def prepare(self, statement: Any) -> Any:
        return Looked(statement)


class Looked(NamedTuple):
    statement: Any

    def on(self, connection: Connection, values: Mapping[str, object]) -> object:
        return connection.execute(self.statement, dict(values))


def report(many: int = 300) -> Report:
    """The median of some rounds for each step."""
    with line() as (base, _), prepared(base) as bot:
        found = [(step.name, *both(step)) for step in steps(bot, base, many)]
    now, before = (sum(each) for each in zip(*(times for _, *times in found), strict=True))
    return Report(
        "LINE 的一題：時間花在哪裡",
        ("步驟", "現在（毫秒）", "從前的做法（毫秒）"),
        tuple((name, figure(mine), figure(former)) for name, mine, former in (*found, ("合計", now, before))),
        (
            "`python -m bench.steps`：同一批題目，一步一步單獨量處理器時間。",
            "從前的做法在同一次執行裡照做一遍；沒改過的步驟，兩欄相同。",
            "不含伺服器、Flask 和執行緒的交接，那些和「一個行程每秒答幾題」的對照組一樣。",
        ),
    )


def both(step: Step) -> tuple[float, float]:
    """Milliseconds for one: now, and formerly."""
    times: dict[Callable[[Any], object], list[float]] = {step.act: [], step.formerly or step.act: []}
    for act, _ in itertools.product(times, range(ROUNDS)):
        started = time.thread_time()
        for each in step.given:
            act(each)
        times[act].append(1000 * (time.thread_time() - started) / len(step.given))
    return statistics.median(times[step.act]), statistics.median(times[step.formerly or step.act])


@contextmanager
def prepared(base: str) -> Iterator[app.Bot]:
    with tempfile.TemporaryDirectory() as folder:
        given = {"VAR_DIR": folder, "LINE_API_BASE": base, "LINE_CHANNEL_SECRET": SECRET}
        settings = app.load_settings(given | {"LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN})
        config.prepare_var_dir(settings)
        bot = app.Bot(settings)
        bot.store.migrate()
        bot.prepare()
        yield bot
        bot.close()


def steps(bot: app.Bot, base: str, many: int) -> Iterator[Step]:
    raw = [event(at, question) for at, question in enumerate(questions(many))]
    came = [found.incoming for found in map(events.read, raw) if found]
    answers = [bot.conversation.answerer.answer(each.text, "line") for each in came]
    replies = [bot.conversation.votes.ballots.issued(cards.of_answer(each, 10, bot.office)) for each in answers]
    yield Step("讀事件", events.read, raw)
    yield from stored(bot.settings.database_url, [(each.address or "", each.lane) for each in came])
    yield Step("是不是指令", lambda each: commands.read(each.text), came)
    yield Step("遮住個資", lambda each: privacy.mask(each.text), came)
    yield Step("搜尋", lambda each: bot.library.index().search(each.text), came)
    yield Step("做卡片", lambda each: cards.of_answer(each, 10, bot.office), answers)
    yield Step("畫成 LINE 的樣子", render.messages, replies, drawn_from_nothing)
    client, drawn = LineClient(base, ACCESS_TOKEN), list(map(render.messages, replies))
    yield Step("呼叫 LINE", lambda each: client.reply("token", each), drawn, through_models(base))


def stored(url: str, people: Sequence[tuple[str, str]]) -> Iterator[Step]:
    """What the store is asked for a question."""
    now, formerly = Database(url), Looking(url)
    ids = map(str, itertools.count())
    for name, ask in (("領一件、做完", claimed(ids)), ("有沒有等著的提醒", waiting)):
        yield Step(name, ask(now), people, ask(formerly))
    now.close()
    formerly.close()


def claimed(ids: Iterator[str]) -> Callable[[Database], Callable[[tuple[str, str]], object]]:
    def ask(database: Database) -> Callable[[tuple[str, str]], object]:
        deliveries = Deliveries(database, time.time, unkeyed)

        def act(person: tuple[str, str]) -> None:
            event_id = next(ids)
            deliveries.claim("line", event_id, person[1])
            deliveries.finish("line", event_id)

        return act

    return ask


def waiting(database: Database) -> Callable[[tuple[str, str]], object]:
    piggybacks = Piggybacks(database)
    return lambda person: piggybacks.take("line", person[0])


def drawn_from_nothing(reply: Any) -> object:
    render.kept.cache_clear()
    return render.messages(reply)


def through_models(base: str) -> Callable[[Any], object]:
    api = messaging.MessagingApi(messaging.ApiClient(messaging.Configuration(host=base, access_token=ACCESS_TOKEN)))

    def act(messages: Any) -> object:
        return api.reply_message(messaging.ReplyMessageRequest.from_dict({"replyToken": "token", "messages": messages}))

    return act


if __name__ == "__main__":
    show(report(*map(int, sys.argv[1:])))
