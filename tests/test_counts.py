"""What is counted of the conversation, and how it comes into the store: no text, no person, no hour."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from core import menu_cards, words
from core.answers import Answerer
from core.contact import Office
from core.conversation import Conversation
from core.counts import DailyCount, GatheredCounts
from core.messages import Incoming
from handlers import registry
from retrieval.search import Index
from store.database import StoreError
from store.store import Store
from tests.support.memory import Memory, keeper
from tests.support.no_tips import NoTips

TAIPEI = ZoneInfo("Asia/Taipei")
DAY = date(2026, 11, 26)
QUESTION = "可以把確診名單傳給家人嗎"


class Calendar:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 26, 23, 59, tzinfo=TAIPEI)

    def now(self, zone: ZoneInfo) -> datetime:
        return self.moment.astimezone(zone)


def written(counts: GatheredCounts) -> list[DailyCount]:
    rows: list[DailyCount] = []
    counts.flush(rows.extend)
    return rows


@pytest.fixture
def counts() -> GatheredCounts:
    return GatheredCounts(TAIPEI, Calendar().now)


@pytest.fixture
def talk(index: Index, memory: Memory, counts: GatheredCounts) -> Conversation:
    answerer = Answerer(lambda: index, counts)
    return Conversation(answerer, memory, keeper(memory), Office("政風室"), NoTips(), registry.specs(), date.today)


@pytest.mark.parametrize(
    ("incoming", "verdict", "entry"),
    [
        (Incoming("text", "line", text=QUESTION), "answer", "2"),
        (Incoming("text", "line", text="今天晚餐吃什麼"), "none", ""),
        (Incoming("text", "line", text="可以用 ChatGPT 嗎"), "none", "ai-tools"),
        (Incoming("text", "line", text="案例3"), "opened", "3"),
        (Incoming("text", "line", text=f"案例3{words.HAPPENED_WORD}"), "opened", "3"),
        (Incoming("postback", "line", text="case:7"), "opened", "7"),
        (Incoming("postback", "line", text="happened:7"), "opened", "7"),
        (Incoming("postback", "line", text="guide:press"), "opened", "press"),
    ],
)
def test_each_question_and_each_opened_card_is_counted_once(
    talk: Conversation, counts: GatheredCounts, incoming: Incoming, verdict: str, entry: str
) -> None:
    talk.handle(incoming)
    assert written(counts) == [DailyCount(DAY, "line", verdict, entry, 1)]


def test_what_is_only_offered_is_not_counted_as_shown(talk: Conversation, counts: GatheredCounts) -> None:
    verdicts = set()
    for asked in ("名單", "公文可以傳 LINE 嗎", "個資", "同事問我標案的事", "民眾的資料"):
        answer = talk.answerer.answer(asked, "web")
        (row,) = written(counts)
        verdicts.add(row.verdict)
        assert (row.verdict, row.entry == "") == (answer.found.verdict, answer.entry is None)
    assert "choose" in verdicts


@pytest.mark.parametrize("said", ["選單", "說明", "案例999", "", "今日提醒", words.GUIDES, "謝謝", "👍", "你好"])
def test_what_is_no_question_and_opens_nothing_is_not_counted(
    talk: Conversation, counts: GatheredCounts, said: str
) -> None:
    talk.handle(Incoming("text", "web", text=said))
    talk.handle(Incoming("postback", "web", text="case:999"))
    assert not written(counts)


def test_whoever_tries_it_in_a_terminal_is_not_counted(talk: Conversation, counts: GatheredCounts) -> None:
    talk.handle(Incoming("text", "terminal", text=QUESTION))
    talk.handle(Incoming("text", "terminal", text="案例2"))
    assert not written(counts)


def test_a_day_ends_at_midnight_where_the_office_is() -> None:
    calendar = Calendar()
    counts = GatheredCounts(TAIPEI, calendar.now)
    counts.add("line", "answer", "2")
    calendar.moment = datetime(2026, 11, 26, 16, 0, tzinfo=ZoneInfo("UTC"))
    counts.add("line", "answer", "2")
    assert [row.day for row in written(counts)] == [DAY, date(2026, 11, 27)]


def test_what_could_not_be_written_waits_for_the_next_time(counts: GatheredCounts) -> None:
    def fail(rows: Sequence[DailyCount]) -> None:
        counts.add("line", "answer", "2")  # a question that comes in meanwhile
        raise StoreError("down")

    counts.add("line", "answer", "2")
    with pytest.raises(StoreError):
        counts.flush(fail)
    assert written(counts) == [DailyCount(DAY, "line", "answer", "2", 2)]
    assert not written(counts), "nothing is written twice"


def test_many_threads_count_while_others_write(counts: GatheredCounts) -> None:
    rows: list[DailyCount] = []
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            counts.flush(rows.extend)

    writer = threading.Thread(target=write)
    writer.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: counts.add("line", "answer", str(number % 3)), range(2000)))
    done.set()
    writer.join()
    counts.flush(rows.extend)
    assert sum(row.times for row in rows) == 2000


def test_processes_add_up(store: Store) -> None:
    row = DailyCount(DAY, "line", "answer", "2", 1)
    other = DailyCount(DAY, "web", "none", "", 1)
    stores = [Store(store.url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for rows in ([row, other], [other, row]):
            list(pool.map(lambda opened, rows=rows: [opened.counts.add(rows) for _ in range(10)], stores))
    for opened in stores:
        opened.close()
    assert store.counts.by_day(DAY, DAY) == [(DAY, "line", "answer", 80), (DAY, "web", "none", 80)]
    assert store.counts.by_entry(DAY, DAY) == [("2", "answer", 80)]


def test_a_span_holds_its_first_and_last_day(store: Store) -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    store.counts.add(DailyCount(day, "line", "answer", "2", 1) for day in days)
    found = store.counts.by_day(date(2026, 11, 1), date(2026, 11, 30))
    assert [day for day, *_ in found] == days[1:3]
    store.counts.add([])
    assert store.counts.by_entry(days[0], days[3]) == [("2", "answer", 4)]


def test_subscribers_of_a_day_are_those_counted_last(store: Store) -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=TAIPEI)
    with closing(Store(store.url, now=noon.timestamp, zone=TAIPEI)) as that_day:
        that_day.counts.note_subscribers()
        assert that_day.counts.subscribers(DAY, DAY) == []
        for user in ("U1", "U2"):
            that_day.subscribers.follow("line", user)
        that_day.subscribers.follow("telegram", "5")
        that_day.counts.note_subscribers()
        assert that_day.counts.subscribers(DAY, DAY) == [(DAY, "line", 2), (DAY, "telegram", 1)]
        that_day.subscribers.stop("line", "U1")
        that_day.subscribers.retire("telegram", "5")
        that_day.counts.note_subscribers()
        assert that_day.counts.subscribers(DAY, DAY) == [(DAY, "line", 1), (DAY, "telegram", 0)]


def test_of_a_vote_only_the_day_is_kept(store: Store) -> None:
    evening = datetime(2026, 11, 26, 22, 17, 5, tzinfo=TAIPEI)
    with closing(Store(store.url, now=evening.timestamp, zone=TAIPEI)) as that_day:
        that_day.votes.vote("a" * 12, 2, True)
    with store.transaction() as connection:
        voted_at = connection.execute(text("SELECT voted_at FROM votes")).scalar_one()
    assert datetime.fromtimestamp(voted_at, TAIPEI) == datetime(2026, 11, 26, tzinfo=TAIPEI)
    votes = store.votes
    assert votes.by_case(DAY, DAY) == {2: (1, 0)}
    assert votes.by_case(date(2026, 11, 27)) == votes.by_case(last=date(2026, 11, 25)) == {}


def test_counting_knows_the_words_of_the_cards(talk: Conversation, counts: GatheredCounts) -> None:
    """Every button that opens a case or guide is one that is counted."""
    reply = menu_cards.menu(talk.answerer.index().library.cases, 1)
    buttons = [button for section in reply.card.sections for button in section.buttons]
    for button in buttons:
        talk.handle(Incoming("postback", "line", text=button.postback))
    opened = [row for row in written(counts) if row.verdict == "opened"]
    assert len(opened) == sum(button.postback.startswith("case:") for button in buttons) > 5
