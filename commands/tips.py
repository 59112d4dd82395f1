"""Tips on the command line: look at today's, send one, follow it, stop it."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator

import click

import app
from broadcasts import admin_cards, failures, tips, words
from broadcasts.lifecycle import Lifecycle
from broadcasts.model import CONSOLE, Broadcast, QuotaPolicy, Status
from broadcasts.tips import BadTip, Tip
from commands import terminal
from commands.common import NO_CHANNEL, PROGRAM, Failed, Misconfigured, asks, open_bot
from office.checks import count_working

FOLLOW_SECONDS = 0.5
PATIENCE = 15.0  # without any progress
NOBODY_WORKS = " 沒有進展：請確認 serve 或 worker 正在執行。"
NOBODY_SEEN = "注意：現在沒有看到背景工作。這則不會不見，serve 或 worker 執行起來就開始送。"
NOBODY = (
    "沒有送出：目前沒有人訂閱。請同仁在 LINE 或 Telegram 加機器人為好友（退訂過的打「訂閱」），"
    "或匯入名單：{program} subscribers import 檔案"
)
NUMBER = click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
QUOTA = click.option(
    "--quota",
    type=click.Choice([policy.value for policy in QuotaPolicy]),
    help="LINE 額度不夠時：all 送到平台拒絕為止，some 公平地送到額度用完，ride 免費附在當天的回答裡",
)
CASE = click.option("--case", "case_id", type=click.IntRange(1, 999999), help="自己寫的提醒附上哪一案（編號）")
QUOTA_CHOICES = (QuotaPolicy.PIGGYBACK.value, QuotaPolicy.SOME.value)


@click.group()
def tip() -> None:
    """提醒：預覽、送出、查進度、暫停、繼續、取消。"""


@tip.command()
def preview() -> None:
    """今天的提醒長什麼樣子。"""
    with open_bot(writes=True) as bot:
        click.echo(terminal.text(tips.card(bot.daily_tip.today(), bot.office)))


@tip.command()
@click.option("--text", help="自己寫的提醒；不給就送今日提醒")
@click.option("--yes", is_flag=True, help="不再詢問，直接送出")
@CASE
@AS_JSON
@QUOTA
def send(text: str | None, yes: bool, case_id: int | None, as_json: bool, quota: str | None) -> None:
    """送給所有訂閱的人。"""
    with open_bot(writes=True) as bot:
        wanted = own_tip(bot, text, case_id) if text is not None else bot.daily_tip.today()
        refuse_without_readers(bot)
        warn_of_private(bot, wanted)
        policy = QuotaPolicy(quota or "all") if yes else _agreed(bot, wanted, quota)
        if not count_working(bot.store.workers.seen(), time.time()):
            click.echo(NOBODY_SEEN, err=True)
        number = bot.broadcasts.draft(wanted, CONSOLE, policy)
        bot.broadcasts.approve(number, CONSOLE)
        broadcast = _broadcast(bot, number)
        click.echo(report(bot, broadcast, as_json))
        if broadcast.status == Status.DRAFT:
            tell_whom_it_waits_for(bot, broadcast)
        elif not as_json and sys.stdout.isatty() and policy != QuotaPolicy.PIGGYBACK:
            _follow(bot, number)


def refuse_without_readers(bot: app.Bot) -> None:
    """A tip that nobody would get is not made: says what to set, or whom to invite."""
    if not bot.broadcasts.senders:
        raise Failed(f"沒有送出：{NO_CHANNEL}")
    if not any(bot.broadcasts.count_subscribers().get(channel) for channel in bot.broadcasts.senders):
        raise Failed(NOBODY.format(program=PROGRAM))


def own_tip(bot: app.Bot, text: str, case_id: int | None) -> Tip:
    """A tip of own words, with a case or without."""
    case = bot.library.library().case(case_id) if case_id else None
    if case_id and not case:
        raise Misconfigured(f"沒有第 {case_id} 案。")
    try:
        return Tip.own(text, case)
    except BadTip as error:
        raise Misconfigured(str(error)) from error


def warn_of_private(bot: app.Bot, wanted: Tip) -> None:
    """On stderr: what of a tip looks like private data. It is sent all the same, where somebody says so."""
    for line in admin_cards.private_lines(wanted, bot.office):
        click.echo(f"注意：{line}", err=True)


def tell_whom_it_waits_for(bot: app.Bot, broadcast: Broadcast) -> None:
    """On stderr: how many have to approve it, and whether there are so many."""
    admins = bot.tip_office.count_approvers() + 1  # whoever types this is one
    click.echo("\n".join(admin_cards.approval_lines(broadcast, bot.broadcasts, admins)), err=True)


def _agreed(bot: app.Bot, wanted: Tip, quota: str | None) -> QuotaPolicy:
    """Shows it, asks, and gives what is to be done with the quota; raises Failed for a no."""
    outlook = bot.broadcasts.outlook()
    lines = admin_cards.outlook_lines(outlook, bot.broadcasts.specs)
    lines += [words.PREVIEW_AGAIN] if bot.broadcasts.was_sent_today(wanted.stored()) else []
    click.echo(terminal.text(tips.card(wanted, bot.office)))
    click.echo("\n".join(lines))
    try:
        if outlook.is_short and not quota:
            quota = click.prompt(
                "ride 隨回答附上，some 送到額度用完，no 不送", type=click.Choice([*QUOTA_CHOICES, "no"])
            )
        elif not asks("要送出嗎？"):
            quota = "no"
    except click.Abort:
        quota = "no"
    if quota == "no":
        raise Failed("沒有送出。")
    return QuotaPolicy(quota or "all")


@tip.command()
@NUMBER
@AS_JSON
def status(number: int, as_json: bool) -> None:
    """一則提醒送到哪裡了。"""
    with open_bot(writes=True) as bot:
        click.echo(report(bot, _broadcast(bot, number), as_json))


CHANGES: tuple[tuple[str, str, Callable[[Lifecycle, int], int], str], ...] = (
    # the command, its help, what it does, and why it could not
    ("pause", "暫停：還沒送的先不送。", Lifecycle.pause, "只有傳送中的提醒可以暫停。"),
    ("resume", "從暫停的地方繼續。", Lifecycle.resume, "只有暫停中、或有頻道停下來的提醒可以繼續。"),
    (
        "cancel",
        "取消：還沒收到的人不會再收到。",
        Lifecycle.cancel,
        "已經結束的提醒不能取消。",
    ),
    (
        "resend-unknown",
        "再送一次給無法確定的人（可能有人收到兩次）。",
        Lifecycle.resend_unknown,
        "沒有可以再送的人（已取消的不會再送；送完超過三天的太晚了，收件人已經刪除）。",
    ),
)


def _add_change(name: str, explained: str, change: Callable[[Lifecycle, int], int], refusal: str) -> None:
    @tip.command(name, help=explained)
    @NUMBER
    def run(number: int) -> None:
        with open_bot(writes=True) as bot:
            broadcast = _broadcast(bot, number)
            if not change(bot.broadcasts, number):
                raise Failed(f"第 {number} 則提醒現在是「{words.STATUS[broadcast.status]}」。{refusal}")
            click.echo(report(bot, _broadcast(bot, number)))


for row in CHANGES:
    _add_change(*row)


def _broadcast(bot: app.Bot, number: int) -> Broadcast:
    broadcast = bot.broadcasts.repository.get(number)
    if broadcast is None:
        raise Failed(f"沒有第 {number} 則提醒。")
    return broadcast


def report(bot: app.Bot, broadcast: Broadcast, as_json: bool = False) -> str:
    """How it stands: in lines for a person, or the JSON of the contract."""
    if as_json:
        return json.dumps(bot.broadcasts.report(broadcast))
    heading = f"第 {broadcast.id} 則提醒：{words.STATUS[broadcast.status]}"
    return "\n".join([heading, *admin_cards.story(broadcast, bot.broadcasts), *_reasons(bot, broadcast.id)])


def _reasons(bot: app.Bot, number: int) -> Iterator[str]:
    """Why some did not get it, or may not have."""
    results = bot.store.broadcast_lists.results(number)
    for status, heading in words.WHY_STATUS.items():
        reasons = failures.by_reason(results, status)
        yield from [f"{heading}："] * bool(reasons)
        yield from (words.REASON_LINE.format(reason=reason, people=people) for reason, people in reasons)


def _follow(bot: app.Bot, number: int) -> None:
    """One line that moves until it is done; leaving it stops nothing."""
    click.echo("（按 Ctrl+C 離開，不會停止傳送。）")
    seen, seen_at = "", time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):
        while (broadcast := _broadcast(bot, number)).status in (Status.APPROVED, Status.SENDING):
            line = admin_cards.story(broadcast, bot.broadcasts)[0]
            if line != seen:
                seen, seen_at = line, time.monotonic()
            stands_still = time.monotonic() - seen_at > PATIENCE
            click.echo("\r\x1b[K" + line + (NOBODY_WORKS if stands_still else ""), nl=False)
            time.sleep(FOLLOW_SECONDS)
        click.echo("\r\x1b[K" + report(bot, broadcast))
