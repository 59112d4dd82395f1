"""Accounts of the console, and the log of what was done there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from commands.common import PROGRAM, Failed, Misconfigured, open_bot, user
from office import action_log, words
from office.credentials import MIN_PASSWORD
from office.model import Account, Refusal, Refused, Role, at_command_line

NAME = click.argument("name")
BAD_INPUT = (Refusal.BAD_NAME, Refusal.SHORT)
PASSWORD_STDIN = click.option("--password-stdin", is_flag=True, help="從標準輸入讀密碼（第一行）")


@click.group()
def admin() -> None:
    """管理後台的帳號，以及後台紀錄的查驗。"""


@admin.command()
@NAME
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="不給就是 editor；第一個帳號一定是 owner"
)
@PASSWORD_STDIN
def add(name: str, role: str | None, password_stdin: bool) -> None:
    """新增一個帳號；第一次登入要換密碼。"""
    password = _password(password_stdin)
    with open_bot(writes=True) as bot, _said_plainly(name):
        is_first = bot.desk.accounts.is_nobody_there()
        given = Role.OWNER if is_first else Role(role or Role.EDITOR)
        bot.desk.accounts.add(at_command_line(user()), name, password, given)
        click.echo(f"已新增帳號 {name}（{words.ROLES[given]}）。請到後台 /admin/ 登入，第一次登入要換密碼。")
        if is_first and role not in (None, Role.OWNER):
            click.echo(f"還沒有管理者，所以 {name} 是 owner，不是 {role}。")


@admin.command(name="list")
def list_() -> None:
    """列出帳號：角色、是否停用、有沒有第二道驗證。"""
    with open_bot(writes=True) as bot:
        accounts = bot.desk.accounts.all(at_command_line(user()))
        for account in accounts:
            click.echo("　".join([account.name, words.ROLES[account.role], *_remarks(account)]))
        if not accounts:
            click.echo(f"還沒有帳號。{PROGRAM} admin add 名稱 可以新增第一個管理者。")


@admin.command()
@NAME
def disable(name: str) -> None:
    """停用一個帳號，正在使用的也立刻登出。"""
    with open_bot(writes=True) as bot, _said_plainly(name):
        bot.desk.accounts.disable(at_command_line(user()), name)
        click.echo(f"已停用帳號 {name}。")


@admin.command()
@NAME
@PASSWORD_STDIN
def reset(name: str, password_stdin: bool) -> None:
    """給一個新的臨時密碼（也可以自己給），關掉第二道驗證；停用的帳號會恢復使用。"""
    with open_bot(writes=True) as bot, _said_plainly(name):
        actor = at_command_line(user())
        given = bot.desk.accounts.reset(actor, name, _password(True) if password_stdin else None)
        bot.desk.accounts.enable(actor, name)
        click.echo(f"已重設帳號 {name}。下次登入要換密碼。" + ("" if password_stdin else f"\n臨時密碼：{given}"))


@admin.command(name="verify-log")
def verify_log() -> None:
    """查驗後台紀錄有沒有被改過。"""
    with open_bot(writes=True) as bot:
        found = action_log.verified(bot.store.actions)
        if found.wrong:
            raise Failed(
                f"紀錄被動過：{found.wrong}。它之前的 {found.lines} 行沒有問題。請保留資料庫，找資訊單位查明。"
            )
        if found.begins > 1:
            click.echo(f"從第 {found.begins} 行起；更早的滿兩年，已經刪除。")
        click.echo(f"紀錄完整：{found.lines} 行，最後一行的雜湊是 {found.last or '（還沒有紀錄）'}。")
        click.echo("被整段截掉結尾的話，從這裡看不出來；請和上次記下的行數、雜湊比對。")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        try:
            return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise Misconfigured("讀到的密碼不是 UTF-8，請改用 UTF-8 的終端機或檔案") from error
    click.echo(f"密碼至少 {MIN_PASSWORD} 個字，可以用一句話。")
    return str(click.prompt("密碼", hide_input=True, confirmation_prompt="再輸入一次"))


def _remarks(account: Account) -> Iterator[str]:
    if account.disabled:
        yield "已停用"
    if account.must_change:
        yield "下次登入要換密碼"
    if account.totp_secret:
        yield "有第二道驗證"


@contextmanager
def _said_plainly(name: str) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        said = words.REFUSED[error.refusal].format(name=name)
        raise (Misconfigured if error.refusal in BAD_INPUT else Failed)(said) from error
