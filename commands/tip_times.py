"""Tips at an hour on the command line, and the list of what is to come and what was."""

from collections.abc import Iterator
from datetime import datetime, time

import click

import app
from broadcasts import admin_cards, hours, schedule, tips, words
from broadcasts.calendar import CalendarDay
from broadcasts.hours import BadTime
from broadcasts.model import CONSOLE, Broadcast, QuotaPolicy, Status
from broadcasts.tips import Tip
from commands import terminal
from commands.common import Failed, Misconfigured, open_bot
from commands.tips import (
    AS_JSON,
    CASE,
    QUOTA,
    own_tip,
    refuse_without_readers,
    report,
    tell_whom_it_waits_for,
    tip,
    warn_of_private,
)
from core import dates

SHOWN_BEFORE = 20
SHOWN_COMING = 5  # daily tips


@tip.command(name="schedule")
@click.option("--at", "at", required=True, help="什麼時候，例如 2026-11-26 09:00（TIMEZONE 的時間）")
@click.option("--text", help="自己寫的提醒；不給就送那一天的每日提醒")
@CASE
@click.option("--approvals", type=click.IntRange(1, 9), default=1, help="至少要幾個人確認（寫的人算一個）")
@AS_JSON
@QUOTA
def schedule_tip(
    at: str, text: str | None, case_id: int | None, approvals: int, as_json: bool, quota: str | None
) -> None:
    """排在某一天的某個時間送出。"""
    with open_bot(writes=True) as bot:
        when = _read(bot, at)
        wanted = own_tip(bot, text, case_id) if text is not None else bot.daily_tip.of(when.date())
        refuse_without_readers(bot)
        warn_of_private(bot, wanted)
        policy = QuotaPolicy(quota or QuotaPolicy.SOME)
        number = bot.broadcasts.draft(wanted, CONSOLE, policy, when.timestamp(), approvals)
        bot.broadcasts.approve(number, CONSOLE)
        broadcast = bot.broadcasts.repository.get(number)
        if broadcast is None:
            raise Failed(words.TOO_LATE_TITLE)
        if not as_json:
            click.echo("\n".join(_shown_before(bot, wanted, when)))
        click.echo(report(bot, broadcast, as_json))
        if broadcast.status == Status.DRAFT:
            tell_whom_it_waits_for(bot, broadcast)


def _read(bot: app.Bot, text: str) -> datetime:
    zone = bot.settings.timezone
    try:
        return hours.read(text, zone, datetime.now(zone))
    except BadTime as error:
        raise Misconfigured(str(error)) from error


def _shown_before(bot: app.Bot, wanted: Tip, when: datetime) -> list[str]:
    """The card, whom it would reach, and what kind of day it is."""
    kind = words.IS_WORKDAY if schedule.is_workday(when.date()) else words.IS_NO_WORKDAY
    return [
        terminal.text(tips.card(wanted, bot.office)),
        *admin_cards.outlook_lines(bot.broadcasts.outlook(), bot.broadcasts.specs),
        kind.format(day=dates.day(when)),
    ]


@tip.command(name="list")
@click.option("--limit", type=click.IntRange(1, 1000), default=SHOWN_BEFORE, help="最多列出幾則過去的")
def list_tips(limit: int) -> None:
    """排好的、接下來的每日提醒，以及過去的。"""
    with open_bot(writes=True) as bot:
        newest = bot.store.broadcast_lists.newest(limit)
        waiting = sorted(
            bot.broadcasts.repository.with_status(Status.DRAFT, Status.APPROVED), key=lambda each: each.when
        )
        coming = [(each.when, _line(bot, each)) for each in waiting]
        coming += [(_epoch(bot, day), _daily_line(bot, day)) for day in _daily(bot)]
        before = [_line(bot, each) for each in newest if each.status not in (Status.DRAFT, Status.APPROVED)]
        click.echo("\n".join([words.TO_COME, *([line for _, line in sorted(coming)] or [words.NOTHING_TO_COME])]))
        click.echo("\n".join(["", words.BEFORE, *(before or [words.NOTHING_BEFORE])]))


def _line(bot: app.Bot, broadcast: Broadcast) -> str:
    when = hours.written(broadcast.when, bot.settings.timezone)
    return words.LISTED.format(
        id=broadcast.id, when=when, status=words.STATUS[broadcast.status], tip=Tip.read(broadcast.tip).name
    )


def _daily(bot: app.Bot) -> Iterator[CalendarDay]:
    """The next days on which the schedule sends something, or would."""
    if not bot.settings.tip_time:
        return
    today = datetime.now(bot.settings.timezone).date()
    this_month = bot.tip_office.calendar.month(today.year, today.month)
    next_month = bot.tip_office.calendar.month(today.year + today.month // 12, today.month % 12 + 1)
    coming = (day for day in (*this_month, *next_month) if day.is_coming)
    yield from (day for day, _ in zip(coming, range(SHOWN_COMING), strict=False))


def _daily_line(bot: app.Bot, day: CalendarDay) -> str:
    when = hours.written(_epoch(bot, day), bot.settings.timezone)
    name = words.SKIPPED if day.is_skipped or day.tip is None else day.tip.name
    return words.LISTED_DAILY.format(when=when, tip=name)


def _epoch(bot: app.Bot, day: CalendarDay) -> float:
    assert bot.settings.tip_time, "without it no day is coming"
    return datetime.combine(day.day, time.fromisoformat(bot.settings.tip_time), bot.settings.timezone).timestamp()
