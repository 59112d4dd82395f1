"""Tips on the command line: look at today's, send one, follow it, stop it."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator

import click

import bot as front
from commands.common import Failed, Misconfigured, open_bot
from core import tips, words
from core.admins import preview_lines
from core.broadcast import Row
from core.tips import BadTip, Tip
from render import terminal

FOLLOW_SECONDS = 0.5


@click.group()
def tip() -> None:
    """提醒：預覽、送出、查進度、暫停、繼續、取消。"""


@tip.command()
def preview() -> None:
    """今天的提醒長什麼樣子。"""
    with open_bot(writes=True) as made:
        click.echo(terminal.text(tips.card(made.todays_tip(), made.conversation.office)))


@tip.command()
@click.option("--text", help="自己寫的提醒；不給就送今日提醒")
@click.option("--yes", is_flag=True, help="不再詢問，直接送出")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
@click.option(
    "--quota",
    type=click.Choice(["all", "some", "ride"]),
    default="all",
    help="LINE 額度不夠時：all 送到平台拒絕為止，some 公平地送到額度用完，ride 免費附在今天的回答裡",
)
def send(text: str | None, yes: bool, as_json: bool, quota: str) -> None:
    """送給所有訂閱的人。"""
    with open_bot(writes=True) as made:
        wanted = _wanted(made, text)
        if not yes and not _agreed(made, wanted):
            raise Failed("沒有送出。")
        number = made.broadcasts.draft(wanted, reach=quota)
        missing = made.broadcasts.approve(number, "console")
        row = _row(made, number)
        click.echo(_json(made, row) if as_json else "\n".join(_lines(made, row)))
        if missing:
            click.echo(f"還需要 {missing} 位管理者在聊天室打「推播」確認，60 分鐘內沒有確認就作廢。", err=True)
        elif not as_json and sys.stdout.isatty():
            _follow(made, number)


def _wanted(made: front.Bot, text: str | None) -> Tip:
    try:
        return made.todays_tip() if text is None else Tip.own(text)
    except BadTip as error:
        raise Misconfigured(str(error)) from error


def _agreed(made: front.Bot, wanted: Tip) -> bool:
    click.echo(terminal.text(tips.card(wanted, made.conversation.office)))
    click.echo("\n".join(preview_lines(made.broadcasts, made.people.audience())))
    try:
        return click.confirm("要送出嗎？")
    except click.Abort:
        return False


@tip.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
def status(number: int, as_json: bool) -> None:
    """一則提醒送到哪裡了。"""
    with _known(number) as (made, row):
        click.echo(_json(made, row) if as_json else "\n".join(_lines(made, row)))


@tip.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def pause(number: int) -> None:
    """暫停：還沒送的先不送。"""
    _change(number, lambda made: made.broadcasts.pause(number), "只有傳送中的提醒可以暫停。")


@tip.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def resume(number: int) -> None:
    """從暫停的地方繼續。"""
    _change(number, lambda made: made.broadcasts.resume(number), "只有暫停中的提醒可以繼續。")


@tip.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def cancel(number: int) -> None:
    """取消：還沒收到的人不會再收到。"""
    _change(number, lambda made: made.broadcasts.cancel(number), "已經結束的提醒不能取消。")


@tip.command(name="resend-unknown")
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def resend_unknown(number: int) -> None:
    """再送一次給無法確定的人（可能有人收到兩次）。"""
    _change(number, lambda made: made.broadcasts.resend_unknown(number) > 0, "沒有無法確定的人。")


@contextlib.contextmanager
def _known(number: int) -> Iterator[tuple[front.Bot, Row]]:
    with open_bot(writes=True) as made:
        yield made, _row(made, number)


def _row(made: front.Bot, number: int) -> Row:
    row = made.broadcasts.get(number)
    if row is None:
        raise Failed(f"沒有第 {number} 則提醒。")
    return row


def _change(number: int, act: Callable[[front.Bot], bool], refusal: str) -> None:
    with _known(number) as (made, row):
        if not act(made):
            raise Failed(f"第 {number} 則提醒現在是「{words.STATUS[row.status]}」。{refusal}")
        click.echo("\n".join(_lines(made, _row(made, number))))


def _json(made: front.Bot, row: Row) -> str:
    return json.dumps(made.broadcasts.report(row))


def _lines(made: front.Bot, row: Row) -> list[str]:
    return [f"第 {row.id} 則提醒：{words.STATUS[row.status]}", *made.broadcasts.story(row)]


def _follow(made: front.Bot, number: int) -> None:
    """One line that moves until it is done; leaving it stops nothing."""
    with contextlib.suppress(KeyboardInterrupt):
        while (row := _row(made, number)).status in ("approved", "sending"):
            click.echo("\r\x1b[K" + made.broadcasts.story(row)[0], nl=False)
            time.sleep(FOLLOW_SECONDS)
        click.echo("\r\x1b[K" + "\n".join(_lines(made, row)))
