"""Subscribers exported and imported, for a bot that moves to another server."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from broadcasts.model import Recipient
from commands.common import note, open_bot, progress
from core.messages import ChannelSpec
from office import words
from office.model import Action
from retrieval.sheets import reader
from retrieval.sheets.model import Problem, SheetError, SheetRow, of_file
from retrieval.sheets.reader import Column, Table
from retrieval.sheets.writer import to_csv

TABLE = Table((Column("channel", ("頻道",)), Column("address", ("位址", "編號"))))


@click.group()
def subscribers() -> None:
    """訂閱者：匯出、匯入（channel,address）。"""


@subscribers.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """把現在會收到提醒的人存成 CSV。"""
    with open_bot(writes=True) as bot:
        progress(f"寫 {file.name}")
        people = bot.store.subscribers.active()
        file.write_bytes(to_csv([column.name for column in TABLE.columns], people))
        note(bot, Action.SUBSCRIBERS, words.EXPORTED.format(count=len(people)))
        click.echo(f"已存成 {file}：{len(people)} 人。")


@subscribers.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """加入 CSV 裡的人；已退訂的維持退訂。有任何錯誤就一個也不加。"""
    with open_bot(writes=True) as bot:
        progress(f"讀 {file.name}")
        people = list(dict.fromkeys(read_people(reader.read_bytes(file), file.name, bot.broadcasts.specs)))
        progress(f"存 {len(people)} 人")
        bot.store.subscribers.import_all(people)
        note(bot, Action.SUBSCRIBERS, words.IMPORTED.format(count=len(people)))
        click.echo(f"已匯入 {len(people)} 人（已退訂的維持退訂）。")


def read_people(data: bytes, name: str, specs: Mapping[str, ChannelSpec]) -> Iterator[Recipient]:
    """The recipient of every row; raises SheetError with every bad row."""
    rows = reader.parse(data, name, TABLE).rows
    problems = [problem for row in rows for problem in _problems(row, specs)]
    if problems:
        with of_file(name):
            raise SheetError(*problems)
    cells = ([row.cells[column.name].strip() for column in TABLE.columns] for row in rows)
    return (Recipient(channel, specs[channel].read_address(address) or "") for channel, address in cells)


def _problems(row: SheetRow, specs: Mapping[str, ChannelSpec]) -> Iterator[Problem]:
    channel, address = row.cells["channel"].strip(), row.cells["address"].strip()
    spec = specs.get(channel)
    if spec is None:
        yield Problem(row.place("channel"), f"不認得頻道「{channel[:20]}」，只能填 {' 或 '.join(specs)}")
    elif not spec.read_address(address):
        yield Problem(row.place("address"), f"{spec.title} 的 address 應為{_spaced(spec.address_form)}")


def _spaced(text: str) -> str:
    """A space before a text that does not begin with a Chinese character."""
    return f" {text}" if text[0].isascii() else text
