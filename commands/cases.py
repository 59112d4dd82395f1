"""The library of cases: out as a spreadsheet, in after a look at what it changes, its versions, and back."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

import app
from commands import cases_text, common
from commands.common import PROGRAM, Failed, asks, open_bot, progress, user
from office import private_wordings, words
from office.model import Action
from retrieval import library_workbook, proposal
from retrieval.changes import difference
from retrieval.library import Library
from retrieval.library_rows import CASES
from retrieval.library_sheets import as_csv
from retrieval.live import Overtaken
from retrieval.proposal import Draft, Fate, Proposal
from retrieval.sheets import reader

SHIPPED = "shipped"
ACCEPT_LARGE, ACCEPT = "確定要這樣請加 --yes", "看過仍要這樣請加 --force"
UNDECIDED = (
    "  上面的案例編號沒變，內容卻像是另一件事，它們的問法要怎麼辦得由你決定。問法仍然適用，加 --questions keep；"
    "不適用，加 --questions drop（舊版本裡還找得到）；只是編號弄錯，請改試算表。"
)


@click.group()
def cases() -> None:
    """案例庫：檢查、匯入、匯出試算表，看版本、退回去。"""


def _spreadsheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """What check and import have in common."""
    for option in (
        click.argument("file", type=click.Path(path_type=Path)),
        click.option("--yes", is_flag=True, help="不再詢問；也同意拿掉一半以上的案例或問法、某一案的問法、驗收題"),
        click.option("--force", is_flag=True, help="即使準確率變差、驗收題答錯、問法的編號不存在，也換上"),
        click.option(
            "--questions",
            "fate",
            type=click.Choice(["keep", "drop"]),
            help="編號沒變、內容卻換成另一件事的案例：原來的問法留下（keep）或移除（drop）",
        ),
        click.option("--note", default="", help="為什麼改，記在版本裡"),
        click.option("--verbose", is_flag=True, help="全部列出：每一格的原文與新文、每個變了的答案"),
    ):
        command = option(command)
    return command


@cases.command()
@_spreadsheet_options
def check(file: Path, yes: bool, force: bool, fate: Fate | None, note: str, verbose: bool) -> None:
    """檢查試算表、看換上之後會改變什麼，不動正式的案例庫。"""
    with open_bot(writes=True) as bot:
        draft = _read(bot, file, force)
        proposed = _propose(draft, fate or "keep", verbose)
        refused = [UNDECIDED] if draft.conflicts and not fate else []
        refused += _objections(proposed, yes, force)
        if refused:
            click.echo("\n".join(["匯入時會被擋下：", *refused]))
        else:
            click.echo("檢查完成，可以匯入。" if proposed.changes else "檢查完成，內容和目前的案例庫一樣。")
        click.echo("正式的案例庫沒有更動。")


@cases.command(name="import")
@_spreadsheet_options
def import_(file: Path, yes: bool, force: bool, fate: Fate | None, note: str, verbose: bool) -> None:
    """檢查、看會改變什麼，再換上新的案例庫；有任何錯誤就維持原來的。"""
    with open_bot(writes=True) as bot:
        started_from = bot.library.versions.newest_number()
        draft = _read(bot, file, force)
        if draft.conflicts and not fate:
            fate = _ask_fate()
        proposed = _propose(draft, fate or "keep", verbose)
        if not proposed.changes:
            click.echo("內容和目前的案例庫一樣，不需要換。")
            return
        if refused := _objections(proposed, yes, force):
            raise Failed("\n".join(["沒有換上，維持原來的案例庫：", *refused]))
        if not yes and sys.stdin.isatty() and not asks("要換上嗎？"):
            raise Failed("沒有換上，維持原來的案例庫。")
        try:
            number = bot.library.save(proposed.library, user(), note, after=started_from)
        except Overtaken as error:
            raise Failed("沒有換上：這段時間裡有人換上了別的版本。請再匯入一次，看過和新版本的差別。") from error
        common.note(bot, Action.PUBLISH, words.VERSION.format(number=number), note)
        click.echo(f"已換上，存成第 {number} 版：{cases_text.size(proposed.library)}。執行中的服務 5 秒內會跟著更新。")
        click.echo(f"要退回去：{PROGRAM} cases versions 看版本，{PROGRAM} cases restore 編號")


def _read(bot: app.Bot, file: Path, force: bool) -> Draft:
    progress(f"讀 {file.name}")
    draft = proposal.draft(bot.library, reader.read_bytes(file), file.name, any_number=force)
    cases_text.show_unreadable(bot.library.unreadable)
    cases_text.show_read(draft.read)
    cases_text.show_private(private_wordings.of_file(draft.read, draft.old.library))
    cases_text.show_conflicts(draft.conflicts)
    return draft


def _propose(draft: Draft, fate: Fate, verbose: bool) -> Proposal:
    others = frozenset(conflict.now.id for conflict in draft.conflicts)
    proposed = proposal.propose(draft.old, draft.decide(fate), progress, others)
    cases_text.show_proposal(proposed, verbose)
    return proposed


def _objections(proposed: Proposal, yes: bool, force: bool) -> list[str]:
    return [
        f"  {each.text}；{ACCEPT_LARGE if each.large else ACCEPT}"
        for each in proposed.objections
        if not force and not (yes and each.large)
    ]


def _ask_fate() -> Fate:
    """Nothing is guessed: whoever is at a terminal is asked, else it is an error."""
    if not sys.stdin.isatty():
        raise Failed(f"沒有換上，維持原來的案例庫：\n{UNDECIDED}")
    return "keep" if asks("這些案例原來的問法要留下嗎？不留就移除，舊版本裡還找得到") else "drop"


@cases.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """把目前的案例庫存成試算表：.xlsx 是整個案例庫（案例、問法、法規、一般提醒），.csv 只有案例。"""
    with open_bot(writes=True) as bot:
        live, number = _current(bot), bot.library.versions.newest_number()
        whole = file.suffix.lower() == ".xlsx"
        if not whole and file.suffix.lower() != ".csv":
            raise Failed(f"{file.name}：只能存成 .xlsx（整個案例庫）或 .csv（只有案例），請改檔名的結尾。")
        progress(f"寫 {file.name}")
        file.write_bytes(library_workbook.to_bytes(live, number) if whole else as_csv(live, CASES, whole=False))
        held = cases_text.size(live) if whole else f"{len(live.cases)} 個案例（其餘的要存成 .xlsx 才有）"
        click.echo(f"已存成 {file}：{held}。")


@cases.command()
def versions() -> None:
    """每一版案例庫：編號、時間、誰、為什麼、多少；以及程式附的案例庫有沒有更新。"""
    with open_bot(writes=True) as bot:
        kept = bot.library.versions.all()
        for version in kept:
            click.echo(cases_text.version_line(version, bot.settings.timezone, live=version is kept[0]))
        if not kept:
            click.echo("還沒有匯入過，用的是程式附的案例庫；程式更新時會跟著更新。")
        if bot.library.shipped_has_changed():
            click.echo(cases_text.SHIPPED_CHANGED)


@cases.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--verbose", is_flag=True, help="全部列出：每一格的原文與新文")
def diff(old: str, new: str | None, verbose: bool) -> None:
    """第 OLD 版和第 NEW 版（省略就是現在用的）差在哪裡；shipped 是程式附的案例庫。"""
    with open_bot(writes=True) as bot:
        before, now = _library(bot, old), _library(bot, new) if new else _current(bot)
        lines = [line for change in difference(before, now) for line in change.lines(verbose)]
        if lines:
            click.echo(f"從{_named(old)}到{_named(new)}：")
        click.echo("\n".join(lines) or "沒有不同。")


@cases.command()
@click.argument("which", metavar="N|shipped")
@click.option("--note", default="", help="為什麼退回，記在版本裡")
def restore(which: str, note: str) -> None:
    """退回第 N 版：存成內容相同的新版本；shipped 是程式附的案例庫，之後跟著程式更新。"""
    with open_bot(writes=True) as bot:
        before, library = _current(bot), _library(bot, which)
        if which == SHIPPED:
            number = bot.library.save_shipped(user(), note or "退回程式附的案例庫")
        else:
            number = bot.library.save(library, user(), note or f"退回第 {which} 版")
        common.note(bot, Action.RESTORE, words.VERSION.format(number=number), _named(which))
        for line in (line for change in difference(before, library) for line in change.lines()):
            click.echo(line)
        click.echo(f"已退回，存成第 {number} 版：{cases_text.size(library)}。執行中的服務 5 秒內會跟著更新。")


@cases.command()
def votes() -> None:
    """每個案例的卡片有多少人覺得有幫助、沒幫助。"""
    with open_bot(writes=True) as bot:
        counted = bot.store.votes.by_case()
        titles = {case.id: case.title for case in bot.library.library().cases}
        for number, (helped, not_helped) in sorted(counted.items()):
            click.echo(
                f"第 {number} 案：有幫助 {helped}、沒幫助 {not_helped}　{titles.get(number, '（已不在案例庫）')}"
            )
        if not counted:
            click.echo("還沒有人按過「有幫助」或「沒幫助」。")


def _current(bot: app.Bot) -> Library:
    library = bot.library.current()
    cases_text.show_unreadable(bot.library.unreadable)
    return library


def _library(bot: app.Bot, which: str) -> Library:
    if which == SHIPPED:
        return bot.library.shipped.load()
    found = bot.library.version(int(which)) if which.isascii() and which.isdigit() else None
    if found is None:
        raise Failed(f"沒有第 {which} 版。{PROGRAM} cases versions 可以看有哪些版本。")
    return found


def _named(which: str | None) -> str:
    return "現在用的" if which is None else "程式附的案例庫" if which == SHIPPED else f"第 {which} 版"
