"""What is kept, and a person taken out of it."""

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo

import click

import app
from commands.common import Failed, Misconfigured, asks, open_bot, user
from core import dates
from office import words
from office.model import at_command_line
from office.privacy import HeldFile, HeldTable
from office.retention import TABLE

WHAT = {kept.table: kept.what for kept in TABLE} | {"journal": words.FILES["journal"]}
FORGETS_STOP = (
    "這也會忘掉對方說過「退訂」：之後再加好友，會像新朋友一樣開始收到提醒。只是不想收提醒的話，請對方打「退訂」就好。"
)


@click.group()
def privacy() -> None:
    """個人資料：留了什麼、留多久；刪除一個人的資料。"""


@privacy.command()
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
def report(as_json: bool) -> None:
    """資料庫每個資料表、VAR_DIR 每個檔案：留了什麼、幾筆、最舊的、留多久。"""
    with open_bot(writes=True) as bot:
        tables, files = list(bot.privacy.tables()), list(bot.privacy.files())
        if as_json:
            click.echo(json.dumps(_json(tables, files), ensure_ascii=False))
        else:
            click.echo("\n".join(_lines(bot, tables, files)))


@privacy.command()
@click.argument("person", metavar="CHANNEL:ID")
@click.option("--yes", is_flag=True, help="不再詢問")
def erase(person: str, yes: bool) -> None:
    """刪除一個人的資料，例如 line:U… 或 telegram:12345；服務執行中、提醒傳送中都可以。"""
    with open_bot(writes=True) as bot:
        channel, address = _read(bot, person)
        if not yes:
            click.echo(FORGETS_STOP)
            if not asks(f"要刪除 {channel}:{address} 的資料嗎？"):
                raise Failed("已取消，什麼都沒有改。")
        counts = bot.privacy.erase(at_command_line(user()), channel, address)
        found = [f"  {WHAT[table]}（{table}）：{count} 筆" for table, count in counts.items() if count]
        click.echo("\n".join(["已刪除：", *found] if found else [f"沒有 {channel}:{address} 的資料。"]))
        if found:
            click.echo("對方說過「退訂」的話，也一起忘了。")
        if (channel, address) in app.admins_of(bot.settings):
            click.echo(f"這個編號還寫在設定 {bot.broadcasts.specs[channel].admin_setting} 裡，請自己拿掉。", err=True)


def _read(bot: app.Bot, person: str) -> tuple[str, str]:
    """Raises Misconfigured, saying what it should look like."""
    channel, _, written = person.strip().partition(":")
    spec = bot.broadcasts.specs.get(channel)
    if spec is None:
        forms = "、".join(f"{name}:編號" for name in bot.broadcasts.specs)
        raise Misconfigured(f"看不懂是誰。請寫成 {forms}")
    address = spec.read_address(written.strip())
    if not address:
        raise Misconfigured(f"這不是 {spec.title} 的編號，應為 {spec.address_form}，寫成 {channel}:編號。")
    return channel, address


def _json(tables: list[HeldTable], files: list[HeldFile]) -> dict[str, object]:
    return {
        "tables": [
            {
                "table": held.kept.table,
                "what": held.kept.what,
                "names": held.kept.whose,
                "rows": held.rows,
                "oldest": None if held.oldest is None else datetime.fromtimestamp(held.oldest).astimezone().isoformat(),
                "days": held.kept.days,
                "until": held.kept.until,
            }
            for held in tables
        ],
        "files": [file._asdict() for file in files],
    }


def _lines(bot: app.Bot, tables: list[HeldTable], files: list[HeldFile]) -> Iterator[str]:
    zone = bot.settings.timezone
    yield "同仁問的問題不會存下來；只有自己按鈕交給本單位的才會（遮蔽後）。"
    yield ""
    yield "資料庫"
    yield from (_table_line(held, zone) for held in tables)
    yield ""
    yield f"檔案（{bot.settings.var_dir}）"
    yield from (f"  {file.name}　{file.size:,} 位元組　{file.what or '不認得'}" for file in files)
    if bot.settings.redis_url:
        yield "佇列在 Redis：只有「有事可做」，沒有內容。"


def _table_line(held: HeldTable, zone: tzinfo) -> str:
    kept = held.kept
    oldest = "" if held.oldest is None else f"，最舊 {dates.moment(datetime.fromtimestamp(held.oldest, zone))}"
    limit = f"留 {kept.days} 天：{kept.until}" if kept.days is not None else f"一直留著：{kept.until}"
    names = f"（有{kept.whose}的資料）" if kept.whose else ""
    return f"  {kept.table}　{kept.what}{names}　{held.rows:,} 筆{oldest}。{limit}。"
