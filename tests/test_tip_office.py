"""What accounts of the console do with tips: with the right alone, and written down."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import app
from broadcasts import failures, words
from broadcasts.model import CONSOLE, Broadcast, QuotaPolicy, Recipient, RecipientStatus, Result, Status, Tally
from broadcasts.sample import NotSent
from broadcasts.schedule import DailySchedule, is_workday
from broadcasts.tips import Tip
from core import dates
from office.model import Action, Actor, Forbidden, Role
from retrieval.search import Index
from store.store import Store
from tests.support.admins import ADMINS, ON_TELEGRAM, PEOPLE, admins_bot, press, say, status
from tests.support.platforms import Platforms
from tests.support.wire import Fault

EDITH, FRANK = (Actor(name, Role.SENDER.rights) for name in ("edith", "frank"))
EDITOR = Actor("editor", Role.EDITOR.rights)
TIP = Tip.own("公務機密不外洩。")


@pytest.fixture
def bot(tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    bot = admins_bot(tmp_path, index, platforms, TIP_TIME="23:59")
    yield bot
    bot.close()


def a_day_to_come(bot: app.Bot) -> date:
    today = datetime.now(bot.settings.timezone).date()
    return next(day for day in (today + timedelta(number) for number in range(1, 30)) if is_workday(day))


def written_down(bot: app.Bot) -> list[tuple[str, str, str]]:
    """Who, on what, did what: in order."""
    return [(line.actor, line.subject, line.detail) for line in bot.store.actions.all()]


def test_without_the_right_nothing_is_done(bot: app.Bot) -> None:
    office, day = bot.tip_office, a_day_to_come(bot)
    number = office.draft(EDITH, TIP)
    draft = bot.broadcasts.repository.get(number)
    assert draft
    acts: list[Callable[[], object]] = [
        lambda: office.draft(EDITOR, TIP),
        lambda: office.discard(EDITOR, draft),
        lambda: office.approve(EDITOR, number),
        lambda: office.pause(EDITOR, number),
        lambda: office.resume(EDITOR, number),
        lambda: office.cancel(EDITOR, number),
        lambda: office.resend_unknown(EDITOR, number),
        lambda: office.try_out(EDITOR, draft, Recipient("line", ADMINS[0])),
        lambda: office.replace_day(EDITOR, day, "1:x"),
        lambda: office.skip_day(EDITOR, day),
        lambda: office.restore_day(EDITOR, day),
    ]
    before = written_down(bot)
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert (status(bot), bot.store.tip_days.all(), written_down(bot)) == ("draft", [], before)


def test_every_step_is_written_down_whoever_takes_it(bot: app.Bot) -> None:
    office = bot.tip_office
    number = office.draft(EDITH, TIP, approvals_needed=2)
    assert office.approve(EDITH, number) == 1
    assert office.approve(EDITH, number) == 1
    assert office.approve(FRANK, number) == 0
    assert office.pause(FRANK, number)
    assert not office.pause(FRANK, number)
    assert bot.broadcasts.resume(number, CONSOLE)
    assert office.cancel(EDITH, number)
    asked = say(bot, ADMINS[0], "推播：收好公文")
    press(bot, ADMINS[0], asked, words.CANCEL)
    subject, chat = words.TIP_NUMBER.format(id=1), f"line:…{ADMINS[0][-4:]}"
    assert written_down(bot) == [
        ("edith", subject, words.DRAFTED.format(when=words.AT_ONCE, tip=TIP.logged)),
        ("edith", subject, words.APPROVED_LACKING.format(count=1)),
        ("frank", subject, words.APPROVED),
        (words.PROGRAM, subject, words.STARTED),
        ("frank", subject, words.PAUSED),
        ("指令列（bot）", subject, words.RESUMED),
        ("edith", subject, words.CANCELLED),
        (chat, words.TIP_NUMBER.format(id=2), words.DRAFTED.format(when=words.AT_ONCE, tip="自己寫的，4 個字")),
        (chat, words.TIP_NUMBER.format(id=2), words.CANCELLED),
    ]


def test_a_log_that_cannot_be_written_stops_no_tip(bot: app.Bot) -> None:
    with bot.store.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE actions")
    assert bot.tip_office.approve(EDITH, bot.tip_office.draft(EDITH, TIP)) == 0
    assert status(bot) == "sending"


def test_the_quota_is_decided_by_the_first_who_approves(bot: app.Bot) -> None:
    office = bot.tip_office
    number = office.draft(EDITH, TIP, approvals_needed=2)
    office.approve(EDITH, number, QuotaPolicy.PIGGYBACK)
    office.approve(FRANK, number, QuotaPolicy.SOME)
    row = bot.broadcasts.repository.get(number)
    assert row
    assert row.quota_policy == QuotaPolicy.PIGGYBACK


def test_a_draft_is_discarded_until_somebody_approves_it(bot: app.Bot) -> None:
    office, repository = bot.tip_office, bot.broadcasts.repository
    for approved in (False, True):
        draft = repository.get(office.draft(EDITH, TIP, approvals_needed=2))
        assert draft
        if approved:
            office.approve(EDITH, draft.id)
        assert office.discard(EDITH, draft) == (not approved)
    assert [broadcast.id for broadcast in bot.store.broadcast_lists.newest(10)] == [2]


def test_a_skipped_day_is_written_down_and_not_sent(bot: app.Bot) -> None:
    day, office = a_day_to_come(bot), bot.tip_office
    office.skip_day(EDITH, day)
    at = datetime.combine(day, datetime.min.time(), bot.settings.timezone).replace(hour=23, minute=59)
    schedule = DailySchedule(
        "23:59",
        bot.settings.timezone,
        bot.broadcasts,
        lambda: bot.daily_tip.of(day),
        lambda _: at,
        bot.daily_tip.is_skipped,
    )
    schedule.tick()
    assert bot.broadcasts.repository.get(1) is None
    office.restore_day(EDITH, day)
    schedule.last_day = None  # as a worker that was started again
    schedule.tick()
    assert status(bot) in ("approved", "sending")
    (skipped, restored, *_) = bot.store.actions.find({"action": Action.TIP_DAY.value}, 10)[::-1]
    assert (skipped.actor, skipped.subject) == ("edith", words.DAILY_OF.format(day=dates.day(day)))
    assert (skipped.detail, restored.detail[:4]) == (words.DAY_SKIPPED, words.DAY_RESTORED[:4])


def a_draft(bot: app.Bot) -> Broadcast:
    draft = bot.broadcasts.repository.get(bot.tip_office.draft(EDITH, TIP))
    assert draft
    return draft


def test_a_sample_reaches_one_person_and_is_no_broadcast(bot: app.Bot, platforms: Platforms) -> None:
    draft = a_draft(bot)
    for recipient in (Recipient("line", ADMINS[0]), Recipient("telegram", ON_TELEGRAM)):
        bot.tip_office.try_out(EDITH, draft, recipient)
        bot.tip_office.try_out(EDITH, draft, recipient)
    assert dict(platforms.reached) == {ADMINS[0]: 2, ON_TELEGRAM: 2}, "a key of its own each time"
    assert (status(bot), bot.store.broadcast_lists.results(1)) == ("draft", [])
    assert written_down(bot)[1:] == 4 * [("edith", words.TIP_NUMBER.format(id=1), words.TRIED_OUT)]


@pytest.mark.parametrize(
    ("channel", "address", "fault", "said"),
    [
        ("line", "U1", None, "不是 LINE 的編號"),
        ("web", "x", None, "沒有開啟"),
        ("line", PEOPLE[0], Fault(401, "Authentication failed"), "LINE_CHANNEL_ACCESS_TOKEN"),
        ("line", PEOPLE[0], Fault(429, "You have reached your monthly limit."), "額度已用完"),
        ("line", PEOPLE[0], Fault(500, "Down"), "可能已經送到"),
        ("telegram", "7", Fault(403, "Forbidden: bot was blocked by the user"), "加機器人為好友"),
        ("telegram", "7", Fault(429, "Too Many Requests"), "過一會兒"),
    ],
)
def test_why_a_sample_did_not_arrive_is_said_plainly(
    bot: app.Bot, platforms: Platforms, channel: str, address: str, fault: Fault | None, said: str
) -> None:
    draft = a_draft(bot)
    platforms.misbehave(lambda call: fault)
    with pytest.raises(NotSent, match=said):
        bot.tip_office.try_out(EDITH, draft, Recipient(channel, address))


def test_failures_are_put_together_in_words(store: Store) -> None:
    failed, unknown = RecipientStatus.FAILED, RecipientStatus.UNKNOWN
    rows = [
        ("line", "sent", "", 5),
        ("line", "failed", "LINE answered 400: Failed to send messages", 2),
        ("telegram", "failed", "sendMessage: Telegram answered 403: Forbidden: bot was blocked by the user", 3),
        ("telegram", "failed", "sendMessage: Telegram answered 400: Bad Request: chat not found", 1),
        ("telegram", "failed", "", 1),
        ("telegram", "failed", "something new", 1),
        ("telegram", "calling", "", 1),
        ("telegram", "unknown", "connection lost (ProtocolError)", 1),
    ]
    store.broadcasts.create("{}", QuotaPolicy.ALL, None, Status.DONE, 4e9)
    insert(store, rows)
    results = store.broadcast_lists.results(1)
    assert Result("line", RecipientStatus.SENT, "", 5) in results
    assert failures.tally(results) == Tally(pending=1, sent=5, failed=8, unknown=1) == store.broadcasts.tally(1)
    said = dict(failures.by_reason(results))
    assert said.pop("對方封鎖、離開或刪除了帳號") == 4
    assert said.pop(words.NO_REASON[failed]) == 1
    assert said.pop(words.OTHER_REASON.format(error="something new")) == 1
    assert list(said.values()) == [2]
    assert failures.by_reason(results, unknown) == [("和平台的連線中斷", 1)]


def insert(store: Store, rows: list[tuple[str, str, str, int]]) -> None:
    names = "broadcast_id, channel, address, batch, status, tries, due_at, error"
    new = text(f"INSERT INTO recipients ({names}) VALUES (1, :channel, :address, 0, :status, 1, 0, :error)")
    with store.transaction() as connection:
        for number, (channel, what, error, people) in enumerate(rows):
            for person in range(people):
                key = {"channel": channel, "address": f"{number}-{person}"}
                connection.execute(new, {**key, "status": what, "error": error})


def test_the_list_goes_back_a_page_at_a_time(store: Store) -> None:
    for _ in range(5):
        store.broadcasts.create("{}", QuotaPolicy.ALL, None, Status.DONE, 4e9)
    pages = [[each.id for each in store.broadcast_lists.newest(2, skip)] for skip in (0, 2, 4)]
    assert (pages, store.broadcast_lists.count()) == ([[5, 4], [3, 2], [1]], 5)
