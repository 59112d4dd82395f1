"""The console of a made-up office after two months of use, for the pictures in docs/console.md.

Nobody in it exists: the platforms are the fakes of the tests, the numbers come from a fixed seed.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import insert, update

import app
import web_app
from broadcasts.model import Admin, Recipient, RecipientStatus, Status, TipDay
from broadcasts.schedule import is_workday
from broadcasts.tips import Tip
from core.counts import OPENED, DailyCount
from office.model import Actor, Role, at_command_line
from retrieval.library_rows import CASES
from store.office_tables import daily_subscribers
from store.tables import broadcasts, library_versions, recipients, votes
from tests.support.console import PASSWORD
from tests.support.console_pages import served
from tests.support.installation import LINE, TELEGRAM
from tests.support.platforms import Platforms

OWNER, EDITOR, OTHER_EDITOR, SENDER, OTHER_SENDER = "王小明", "李怡君", "林雅婷", "陳志豪", "張文彬"
ROLES = {
    **{OWNER: Role.OWNER, EDITOR: Role.EDITOR, OTHER_EDITOR: Role.EDITOR},
    **{SENDER: Role.SENDER, OTHER_SENDER: Role.SENDER},
}
DAYS = 60
QUOTA = 30_000
MISSED = {
    "重劃範圍還沒公布可以跟朋友說嗎": (2, 5, 9),
    "捷運站要蓋在哪還沒公布可以跟朋友講嗎": (3,),
    "都市計畫還沒公告可以跟親戚說嗎": (6, 8),
    "志工名冊可以傳到志工群組嗎": (1, 4),
    "志工名冊可以給里長嗎": (7,),
}
NOTES = (
    (
        5,
        "情境",
        "某機關考績委員在結果核定以前，把會議紀錄上的分數告訴同事，違反公務人員考績法第20條。",
        "第 5 案改成白話",
    ),
    (8, "標題", "機密文件印出來，馬上去拿", "第 8 案標題縮短"),
)
SENT = ("連假前請檢查：公文入櫃、電腦登出、隨身碟不帶回家。", "新進同仁請看：哪些事不能在群組說。")


class Demo:
    """What is served: the bot, its platforms, and where."""

    def __init__(self, folder: Path) -> None:
        self.platforms = Platforms(delay=0.01)
        self.platforms.line.quota = QUOTA
        environment = {"VAR_DIR": str(folder), "TIP_TIME": "09:00", "OFFICE_CONTACT": "分機 1234", "SECRET_KEY": "k"}
        self.bot = app.Bot(app.load_settings(environment | self.platforms.settings))
        self.address = ""
        self.today: date = self.bot.daily_tip.now(self.bot.settings.timezone).date()

    def midnight(self, day: date) -> float:
        return datetime.combine(day, time.min, self.bot.settings.timezone).timestamp()


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """A console that is filled and served; its worker sends."""
    running = Demo(folder)
    running.bot.store.migrate()
    _fill(running)
    running.bot.start_worker()
    threading.Thread(target=running.bot.run_maintenance, daemon=True).start()
    with served(web_app.create_app(running.bot)) as running.address:
        yield running
    running.bot.close()
    running.platforms.close()


def _fill(running: Demo) -> None:
    bot = running.bot
    bot.store.subscribers.import_all(Recipient("line", user) for user in LINE)
    bot.store.subscribers.import_all(Recipient("telegram", chat) for chat in TELEGRAM)
    for name, role in ROLES.items():
        bot.desk.accounts.add(at_command_line("root"), name, PASSWORD, role, must_change=False)
    bot.store.accounts.set_addresses(SENDER, {"line": LINE[0], "telegram": TELEGRAM[0]})
    bot.sending_store.counts.add(list(_counts(running.today)))
    _fill_subscribers(running)
    _fill_votes(running)
    for text, ago in ((text, ago) for text, days in MISSED.items() for ago in days):
        bot.store.missed_questions.keep(text, running.today - timedelta(days=ago), 500)
    _fill_versions(running)
    _fill_tips(running)


def _counts(today: date) -> Iterator[DailyCount]:
    """More on workdays, most on LINE; the first cases are asked for most."""
    chance = random.Random(12)
    for back in range(1, DAYS):
        day = today - timedelta(days=back)
        busy = 10 if is_workday(day) else 2
        for channel, share in (("line", 1.0), ("web", 0.5), ("telegram", 0.2)):
            for verdict, most in (("answer", 3), ("choose", 1), (OPENED, 1)):
                for case in chance.sample(range(1, 11), 6):
                    yield DailyCount(
                        day, channel, verdict, str(case), chance.randint(0, round(most * busy * share / 9))
                    )
            for guide in ("penalty", "ai-tools", "what-is-secret"):
                yield DailyCount(day, channel, "none", guide, chance.randint(0, round(busy * share / 3)))
            yield DailyCount(day, channel, "none", "", chance.randint(0, round(busy * share / 2)))


def _fill_subscribers(running: Demo) -> None:
    chance = random.Random(3)
    people, rows = {"line": len(LINE), "telegram": len(TELEGRAM)}, []
    for back in range(1, DAYS):
        for channel in people:
            people[channel] -= chance.randint(0, 9 if channel == "line" else 1)
            rows.append({"day": running.today - timedelta(days=back), "channel": channel, "count": people[channel]})
    with running.bot.sending_store.transaction() as connection:
        connection.execute(insert(daily_subscribers), rows)


def _fill_votes(running: Demo) -> None:
    chance, rows = random.Random(8), []
    for number in range(320):
        case = min(10, 1 + int(chance.expovariate(0.3)))
        at = running.midnight(running.today - timedelta(days=chance.randint(0, DAYS)))
        helped = chance.random() < (0.55 if case == 3 else 0.9)
        rows.append({"card": f"c{number}", "case_id": case, "helped": helped, "voted_at": at})
    with running.bot.sending_store.transaction() as connection:
        connection.execute(insert(votes), rows)


def _fill_versions(running: Demo) -> None:
    """Two versions of the library, some weeks old."""
    bot, actor = running.bot, Actor(EDITOR, Role.EDITOR.rights)
    headings = [column.headings[0] for column in CASES.columns]
    for case, heading, text, note in NOTES:
        draft = bot.desk.drafts.of(actor)
        row = list(draft.row(CASES, (str(case),)) or ())
        row[headings.index(heading)] = text
        bot.desk.drafts.save_row(actor, CASES, (str(case),), tuple(row))
        bot.library.save(bot.desk.drafts.of(actor).library, EDITOR, note)
        bot.desk.drafts.discard(actor)
    bot.library.refresh()
    with bot.sending_store.transaction() as connection:
        for number in (1, 2):
            at = running.midnight(running.today - timedelta(days=30 - 9 * number)) + 14 * 3600 + 1500
            connection.execute(update(library_versions).filter_by(id=number).values(imported_at=at))


def _fill_tips(running: Demo) -> None:
    """The daily tip of each workday since the first of the month before, and two that somebody wrote."""
    first = (running.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    tips = [tip for _, tip in zip(range(80), iter(running.bot.daily_tip.known().values()), strict=False)]
    for number in range((running.today - first).days + 1):
        day = first + timedelta(days=number)
        if is_workday(day):
            tip = tips[number % len(tips)]
            running.bot.store.tip_days.put(TipDay(day, tip.key))
            _sent(running, tip, running.midnight(day) + 9 * 3600, day=day)
    for back, text in zip((27, 13), SENT, strict=True):
        at = running.midnight(running.today - timedelta(days=back)) + 15 * 3600
        _sent(running, Tip.own(text), at, admin=Admin("console", SENDER))


def _sent(running: Demo, tip: Tip, at: float, day: date | None = None, admin: Admin | None = None) -> None:
    """A tip that went out; who has blocked the bot on Telegram did not get it."""
    values = {
        **{"status": Status.DONE, "tip": tip.stored(), "quota_policy": "all", "day": day, "admin": str(admin or "")},
        **{"created_at": at, "deadline": at + 3600, "notified": Status.DONE},
    }
    with running.bot.sending_store.transaction() as connection:
        number = connection.execute(insert(broadcasts).values(values).returning(broadcasts.c.id)).scalar_one()
        got = {"broadcast_id": number, "batch": 1, "status": RecipientStatus.SENT, "error": ""}
        blocked = {"status": RecipientStatus.FAILED, "error": "403 Forbidden: bot was blocked by the user"}
        rows = [got | {"channel": "line", "address": user} for user in LINE]
        rows += [got | {"channel": "telegram", "address": chat} for chat in TELEGRAM[3:]]
        rows += [got | blocked | {"channel": "telegram", "address": chat} for chat in TELEGRAM[:3]]
        connection.execute(insert(recipients), rows)
