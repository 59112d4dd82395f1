"""Subscribers exported and imported, for a bot that moves to another server."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from broadcasts.model import Recipient
from commands.common import open_bot
from core.messages import ChannelSpec
from retrieval import sheets
from retrieval.sheets import Problem, SheetError

COLUMNS = ["channel", "address"]


@click.group()
def subscribers() -> None:
    """訂閱者：匯出、匯入（channel,address）。"""


@subscribers.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """把現在會收到提醒的人存成 CSV。"""
    with open_bot(writes=True) as bot:
        people = bot.store.subscribers.active()
        file.write_bytes(sheets.to_csv(COLUMNS, people))
        click.echo(f"已存成 {file}：{len(people)} 人。")


@subscribers.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """加入 CSV 裡的人；已退訂的維持退訂。有任何錯誤就一個也不加。"""
    with open_bot(writes=True) as bot:
        people = list(dict.fromkeys(_people(file.read_bytes(), file.name, bot.broadcasts.specs)))
        bot.store.subscribers.import_all(people)
        click.echo(f"已匯入 {len(people)} 人（已退訂的維持退訂）。")


def _people(data: bytes, name: str, specs: Mapping[str, ChannelSpec]) -> Iterator[Recipient]:
    """The recipient of every row; raises SheetError with every bad row."""
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(_text(data, name), newline=""))]
    if not lines or lines[0][:2] != COLUMNS:
        raise SheetError(Problem(f"{name} 第 1 列", "第一列應該是欄名 channel,address"))
    rows = [(number, line) for number, line in enumerate(lines[1:], 2) if any(line)]
    problems = [Problem(f"第 {number} 列", why) for number, line in rows if (why := _wrong(line, specs))]
    if problems:
        raise SheetError(*problems)
    return (Recipient(channel, specs[channel].read_address(address) or "") for _, (channel, address) in rows)


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp950"):
        try:
            return data.decode(encoding).replace("\0", "\ufffd")
        except UnicodeDecodeError:
            continue
    raise SheetError(Problem(name, "讀不出文字編碼，請另存成「CSV UTF-8（逗號分隔）」"))


def _wrong(line: list[str], specs: Mapping[str, ChannelSpec]) -> str:
    """What is wrong with a row; "" for nothing."""
    if len(line) != len(COLUMNS):
        return f"有 {len(line)} 格，應為 2 格：channel,address"
    channel, address = line
    spec = specs.get(channel)
    if spec is None:
        return f"不認得頻道「{channel[:20]}」，只能填 {' 或 '.join(specs)}"
    return "" if spec.read_address(address) else f"{spec.title} 的 address 應為{_spaced(spec.address_form)}"


def _spaced(words: str) -> str:
    """A space before words that do not begin with a Chinese character."""
    return f" {words}" if words[0].isascii() else words
