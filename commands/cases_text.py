"""What the commands on the library show: what was read, what would change, what is odd; versions."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from commands.common import PROGRAM
from retrieval.effects import MEASURED, Effects
from retrieval.identity import Conflict
from retrieval.library import NO_CASE, Library, named
from retrieval.library_sheets import Read
from retrieval.proposal import Proposal
from retrieval.sheets.model import Problem
from retrieval.verdicts import GOALS, Calibration
from retrieval.versions import UNKNOWN, Version

SHOWN_WARNINGS = 10
SHOWN_ANSWERS = 5
COUNTED = ("個案例", "句問法", "條法規", "則一般提醒")

SHIPPED_CHANGED = (
    f"程式附的案例庫在你們上次存版之後更新過：{PROGRAM} cases diff shipped 看差別，"
    f"{PROGRAM} cases restore shipped 改用它。"
)


def size(library: Library) -> str:
    counts = (len(library.cases), len(library.questions), len(library.laws), len(library.guides))
    return "、".join(f"{many} {what}" for many, what in zip(counts, COUNTED, strict=True))


def show_unreadable(problem: str) -> None:
    """Which newer version this program cannot read, if any: what is shown rests on an older one."""
    if problem:
        click.echo(f"注意：{problem}。", err=True)


def show_read(read: Read) -> None:
    """Which sheets were taken for what, so that a wrong one is seen."""
    for table, found in read.tables.items():
        place = found.sheet.title or "檔案"
        headings = "、".join(found.headings)
        click.echo(f"{table.names[0]}：讀了{place}，第 {found.header} 列是欄名（{headings}），{len(found.rows)} 列。")
        hidden = sum(row.number in found.sheet.hidden_rows for row in found.rows)
        if hidden:
            click.echo(f"  其中 {hidden} 列是隱藏或篩選掉的，也算在內。")
        if found.sheet.hidden:
            click.echo("  這張工作表是隱藏的。")
        _show_some(found.sheet.warnings)
    if read.ignored:
        click.echo(f"沒有讀的工作表：{'、'.join(read.ignored)}。")
    if read.library.unused:
        gone = "、".join(sorted({named(question.label) for question in read.library.unused}))
        click.echo(f"{len(read.library.unused)} 句問法先不用，因為現在沒有：{gone}；回來就會再用。")


def show_private(warnings: Iterable[Problem]) -> None:
    """What looks like private data: said before anything else, and no reason to refuse."""
    if found := list(warnings):
        click.echo(f"{len(found)} 格裡像是有個人資料，請看過再決定：")
        _show_some(found)


def show_conflicts(conflicts: Iterable[Conflict]) -> None:
    """Numbers whose case became another matter."""
    for conflict in conflicts:
        click.echo(
            f"第 {conflict.now.id} 案的內容像是換成了另一件事：原本「{conflict.before.title}」，"
            f"現在「{conflict.now.title}」；有 {conflict.questions} 句問法跟著這個編號。"
        )
        if conflict.moved_from != NO_CASE:
            click.echo(
                f"  現在的內容原本是第 {conflict.moved_from} 案；如果只是改了編號，請改回來，或在「問法」一起改編號。"
            )


def show_proposal(proposed: Proposal, verbose: bool) -> None:
    """The difference, what it does to answers, and what should be looked at again."""
    if proposed.changes:
        click.echo("\n這次會改變什麼")
    for line in (line for change in proposed.changes for line in change.lines(verbose)):
        click.echo(line)
    if proposed.effects:
        _show_effects(proposed.effects, verbose)
    if proposed.effects or not proposed.changes:
        click.echo("\n" + "\n".join(calibration_lines(proposed.calibration)))
    if proposed.warnings:
        click.echo(f"\n有 {len(proposed.warnings)} 處建議再看一下")
        _show_some(proposed.warnings, None if verbose else SHOWN_WARNINGS)


def _show_effects(effects: Effects, verbose: bool) -> None:
    before, after = effects.before.shares, effects.after.shares
    if effects.before.in_scope:
        click.echo(f"\n準確率（原有的 {effects.before.n} 句問法，分批藏起來再問）")
        for name, said in MEASURED.items():
            if name in before and name in after:
                click.echo(f"  {said} {before[name]:.1%} → {after[name]:.1%}")
    if effects.tests:
        click.echo(
            f"驗收題 {effects.tests} 句：原本通過 {effects.tests_passed_before}，換上後通過 {effects.tests_passed}"
        )
    shown = effects.changed if verbose else effects.changed[:SHOWN_ANSWERS]
    worse = sum(change.gets_worse for change in effects.changed)
    gone = sum(change.case_gone for change in effects.changed)
    counted = [f"{worse} 句變差"] * bool(worse) + [f"{gone} 句是因為案例或提醒拿掉了"] * bool(gone)
    click.echo(f"答案會改變的問法：{'，其中 '.join([f'{len(effects.changed)} 句', *counted])}")
    for change in shown:
        click.echo(f"  {'（變差）' if change.gets_worse else ''}{change}")
    if len(effects.changed) > len(shown):
        click.echo(f"  ……還有 {len(effects.changed) - len(shown)} 句（加 --verbose 全部列出）")


def _show_some(lines: Iterable[object], many: int | None = SHOWN_WARNINGS) -> None:
    every = list(lines)
    for line in every[:many]:
        click.echo(f"  {line}")
    if many is not None and len(every) > many:
        click.echo(f"  ……還有 {len(every) - many} 處（加 --verbose 全部列出）")


def calibration_lines(calibration: Calibration) -> Iterator[str]:
    """From which chance the bot answers, and how that kept its promises on the bank."""
    if not calibration.asked:
        yield "門檻：題庫還太小，用程式預設的"
        return
    asked, kept = calibration.thresholds, calibration.kept
    yield f"門檻（由題庫算出：藏起 {calibration.asked} 句，問沒學過它們的機器人）"
    yield f"  直接回答：{asked.sure:.2f} 以上，答對 {kept.sure:.1%}（目標 {GOALS.sure:.0%}）"
    yield f"  回答，但說「可能是」：{asked.likely:.2f} 以上，答對 {kept.likely:.1%}（目標 {GOALS.likely:.0%}）"
    yield f"  給一般提醒：{asked.guide:.2f} 以上，給對 {kept.guided:.1%}（目標 {GOALS.guided:.0%}）"
    yield f"  請人選：{asked.speak:.2f} 以上，正確的列在裡面 {kept.offered:.1%}（目標 {GOALS.offered:.0%}）"
    yield f"  沒有可回答的：{kept.silent:.1%} 不請人選（目標 {GOALS.silent:.0%}）"
    yield f"  檢舉人優先：{asked.whistleblow:.2f} 以上，真的是 {kept.heard:.1%}（目標 {GOALS.heard:.0%}）"


def version_line(version: Version, zone: ZoneInfo, live: bool) -> str:
    """A version in one line."""
    saved = datetime.fromtimestamp(version.saved_at, zone)
    counted = zip(version.counts, COUNTED, strict=True)
    parts = [
        f"第 {version.number} 版{'（現在用的）' if live else ''}",
        f"{saved:%Y-%m-%d %H:%M}",
        version.author or "（沒有記錄是誰）",
        "程式附的案例庫" if version.shipped else "",
        "、".join(f"{many} {what}" for many, what in counted if many != UNKNOWN),
        version.note,
    ]
    return "　".join(part for part in parts if part)
