"""The command line: which commands there are; whatever happens, no traceback and an honest exit code."""

import gc
import importlib
import sys
from typing import NoReturn

import click

import logs
from commands import chinese


class Unloaded(click.Command):
    """A command as the help of all shows it; what it needs is loaded when it is run."""

    def __init__(self, name: str, module: str, said: str) -> None:
        super().__init__(name, help=said)
        self._module = module

    def loaded(self) -> click.Command:
        command: click.Command = getattr(importlib.import_module(f"commands.{self._module}"), str(self.name))
        return command


COMMANDS = (
    Unloaded("serve", "service", "一次啟動網頁、機器人與背景工作（make run 用的就是這個）。"),
    Unloaded("worker", "service", "只跑背景工作（給 Procfile；網頁另外由 gunicorn 跑）。"),
    Unloaded("migrate", "service", "建立或升級資料表；可以重複執行。"),
    Unloaded("webhook", "service", "各頻道的 webhook。"),
    Unloaded("admin", "admin", "管理後台的帳號，以及後台紀錄的查驗。"),
    Unloaded("backup", "backup", "把資料庫、案例庫、設定（不含機密）備份成一個檔案；服務不用停。"),
    Unloaded("restore", "backup", "用備份換掉現在的資料；先停掉服務。換下來的會留著。"),
    Unloaded("ask", "questions", "在終端機問一題；QUESTION 為 - 時從標準輸入逐行讀題。"),
    Unloaded("evaluate", "questions", "用標好答案的檔案（query,case_id[,also][,guide]）量準確率。"),
    Unloaded("cases", "cases", "案例庫：檢查、匯入、匯出試算表，看版本、退回去。"),
    Unloaded("doctor", "doctor", "檢查設定、檔案、資料庫、佇列、時鐘、平台；什麼都不改，有不行的結束代碼 1。"),
    Unloaded("privacy", "privacy", "個人資料：留了什麼、留多久；刪除一個人的資料。"),
    Unloaded("settings", "settings", "列出所有設定的名稱、預設與用途（就是 docs/settings.md）。"),
    Unloaded("subscribers", "subscribers", "訂閱者：匯出、匯入（channel,address）。"),
    Unloaded("tip", "tip_times", "提醒：預覽、送出、查進度、暫停、繼續、取消。"),
)


class Commands(click.Group):
    """Loads the one that is run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.loaded() if isinstance(command, Unloaded) else command, rest


chinese.speak_chinese()


@click.group(cls=Commands, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """公務機密小幫手：在 LINE、Telegram 和網頁回答「這樣算不算洩密」。"""


def run() -> NoReturn:
    """The entry: whatever happens, no traceback and an honest exit code."""
    try:
        main(standalone_mode=True)
    except Exception as error:
        click.echo(f"程式出錯（{logs.describe(error)}）。請把這一行交給維護人員。", err=True)
        sys.exit(1)
    finally:
        gc.freeze()  # what ends with the process is not looked through: a fifth of the time of a short command
    sys.exit(0)
