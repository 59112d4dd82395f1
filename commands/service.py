"""Running it: serve, worker, migrate, webhook."""

import logging
import re

import click

import app
import config
import troubles
from broadcasts.sender import SendError
from commands.common import (
    NO_CHANNEL,
    Failed,
    Misconfigured,
    open_bot,
    open_settings,
    progress,
    said_plainly,
    stop_on_signals,
)

STORE_SECONDS = 2  # how often a worker that waits for the store looks
TABLES = "資料表"
BEFORE_WORK = "請確認 DATABASE_URL，並先執行 python bot.py migrate；好了之後 worker 會自己開始"
log = logging.getLogger("bot")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="要聽的位址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="要聽的埠")
def serve(host: str, port: int) -> None:
    """一次啟動網頁、機器人與背景工作（make run 用的就是這個）。"""
    with said_plainly():
        settings = open_settings()
        config.prepare_var_dir(settings)
        bot = app.Bot(settings)
        bot.store.migrate()
        from commands import web_server  # here alone, so that only who serves pages waits for Flask

        web_server.serve(bot, host, port)


@click.command()
def worker() -> None:
    """只跑背景工作（給 Procfile；網頁另外由 gunicorn 跑）。"""
    with open_bot(quiet=False) as bot:
        config.prepare_var_dir(bot.settings)
        stop_on_signals(lambda *_: bot.stopping.set())
        _wait_for_store(bot)
        if not bot.stopping.is_set():
            bot.start_worker()
            log.info("worker ready")
            bot.run_maintenance()
        log.info("stopped")


def _wait_for_store(bot: app.Bot) -> None:
    """Until it can be used, or the stop."""
    while not bot.stopping.is_set():
        try:
            bot.sending_store.check()
            bot.store.check()  # it rests longer after a fault
        except Exception as error:
            troubles.failed(log, TABLES, error, f"還不能用（{error}）：{BEFORE_WORK}")
            bot.stopping.wait(STORE_SECONDS)
        else:
            troubles.worked(log, TABLES)
            return


@click.command()
def migrate() -> None:
    """建立或升級資料表；可以重複執行。"""
    with open_bot() as bot:
        config.prepare_var_dir(bot.settings)
        progress("建立或升級資料表")
        bot.store.migrate()
        click.echo("資料表已是最新版本。")


@click.group()
def webhook() -> None:
    """各頻道的 webhook。"""


@webhook.command(name="set")
@click.argument("url")
def set_(url: str) -> None:
    """向已設定的頻道登記 webhook；URL 是這台伺服器的公開網址，例如 https://bot.example.org"""
    if not re.fullmatch(r"https://[^\s/?#@]+(/[^\s?#]*)?", url):
        raise Misconfigured("網址要以 https:// 開頭，例如 https://bot.example.org")
    import web_app

    failed = []
    with open_bot() as bot:
        webhooks = web_app.open_webhooks(bot)
        if not webhooks:
            raise Misconfigured(NO_CHANNEL)
        for name, opened in webhooks.items():
            try:
                click.echo(opened.register(f"{url.rstrip('/')}/webhook/{name}"))
            except SendError as error:
                failed.append(f"{name} 沒有登記成功：{error}")
    if failed:
        raise Failed("\n".join(failed))
