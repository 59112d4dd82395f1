"""What every command needs: a bot for as long as it runs, and errors said plainly."""

import contextlib
import errno
import getpass
import logging
import os
import signal
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import click

import app
import config
import logs
from office.model import Action, at_command_line
from retrieval.sheets.model import SheetError
from store.database import StoreError

SHOWN_PROBLEMS = 10
INDEXING = "準備搜尋（約 5 秒）"
NO_CHANNEL = (
    "沒有設定任何頻道。LINE 要設 LINE_CHANNEL_SECRET 和 LINE_CHANNEL_ACCESS_TOKEN，"
    "Telegram 要設 TELEGRAM_BOT_TOKEN，有 PUBLIC_URL 時再加 TELEGRAM_WEBHOOK_SECRET。"
)
_PYTHON = Path(sys.executable)
# As it can be typed again: the interpreter of this very process.
PROGRAM = f"{_PYTHON.relative_to(Path.cwd()) if _PYTHON.is_relative_to(Path.cwd()) else _PYTHON} bot.py"
YES, NO = {"y", "yes", "是", "好", "要"}, {"n", "no", "否", "不", "不要"}
FILE_ERRORS = {
    errno.ENOENT: "找不到這個檔案或資料夾，請確認路徑",
    errno.EACCES: "沒有權限，請調整檔案權限",
    errno.EISDIR: "這是資料夾，請指定檔案",
    errno.ENOTDIR: "路徑中有一段不是資料夾，請確認路徑",
    errno.ENOSPC: "磁碟空間不足，請先清出空間",
    errno.EDQUOT: "超過磁碟配額，請先清出空間",
    errno.EFBIG: "檔案超過這裡容許的大小，請換一個位置",
    errno.EROFS: "這裡是唯讀的，請換一個位置",
}


class Failed(click.ClickException):
    """The job failed: said in a few plain lines on stderr, exit code 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def asks(question: str) -> bool:
    """Whoever is at a terminal says yes or no, in whatever words; there is no answer by default."""
    while True:
        try:
            answer = click.prompt(f"{question}（y 是／n 否）", prompt_suffix=" ")
        except click.Abort as error:
            raise Failed("\n已取消，什麼都沒有改。") from error
        plain = unicodedata.normalize("NFKC", answer).strip().casefold()
        if plain in YES or plain in NO:
            return plain in YES
        click.echo("請打 y（是）或 n（否），再按 Enter。")


def progress(step: str) -> None:
    """One line that says what is going on, for whoever waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(f"{step}……", err=True)


class Misconfigured(Failed):
    exit_code = 2


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Errors that a person can mend, in a few lines with the remedy."""
    try:
        yield
    except config.SettingError as error:
        raise Misconfigured(str(error)) from error
    except SheetError as error:
        lines = [str(problem) for problem in error.problems[:SHOWN_PROBLEMS]]
        left = len(error.problems) - SHOWN_PROBLEMS
        heading = [] if error.file in lines[0] else [f"{error.file} 有 {len(error.problems)} 個問題："]
        raise Failed("\n".join(heading + lines + ([f"……還有 {left} 個問題"] if left > 0 else []))) from error
    except StoreError as error:
        kind = Misconfigured if error.setting else Failed
        raise kind(
            error.line or f"資料庫無法使用（{error}）。請確認 DATABASE_URL，並先執行 python bot.py migrate"
        ) from error
    except OSError as error:
        said = FILE_ERRORS.get(error.errno or 0, error.strerror or str(error))
        raise Failed(f"{error.filename or '檔案'}：{said}") from error


def open_settings(quiet: bool = False) -> config.Settings:
    settings = app.load_settings()
    logs.start(settings.log_format, settings.secrets, () if quiet else settings.remarks)
    return settings


@contextlib.contextmanager
def open_bot(quiet: bool = True, writes: bool = False) -> Iterator[app.Bot]:
    """A bot for one command. `writes`: it needs the store's tables, which the embedded store makes itself."""
    with said_plainly():
        settings = open_settings(quiet)
        if quiet:
            logging.getLogger().setLevel(logging.ERROR)
        bot = app.Bot(settings, user=user())
        bot.library.on_first_use = lambda: progress(INDEXING)
        try:
            if (fault := bot.store.fault()) and fault.lasting:
                raise fault
            if writes and settings.database_url.startswith("sqlite"):
                config.prepare_var_dir(settings)
                bot.store.migrate()
            yield bot
        finally:
            bot.close()


def tell_fault(bot: app.Bot) -> None:
    """For what goes on without the store, on the shipped library."""
    if fault := bot.store.fault():
        click.echo(f"{fault.line}。這次用隨程式附的案例庫", err=True)


def stop_on_signals(stop: Callable[[int, FrameType | None], object]) -> None:
    """Also where the shell that started it in the background had SIGINT ignored."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)


def note(bot: app.Bot, action: Action, subject: str, detail: str = "") -> None:
    """Write down in the office's log what was done at the command line."""
    bot.desk.actions.record(at_command_line(user()).name, action, subject, detail)


def user() -> str:
    """Who is at the command line: the system's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
