"""What `serve` runs: waitress over the web part, with the worker and the chores beside it."""

import errno
import logging
import sys
import threading
from wsgiref.types import WSGIApplication

import waitress
from waitress.server import BaseWSGIServer

import app
import web_app
from commands.common import INDEXING, PROGRAM, Failed, progress, stop_on_signals

CANNOT_LISTEN = {
    errno.EADDRINUSE: "別的程式正在用這個埠。請先停掉它，或用 --port 換一個埠",
    errno.EACCES: "沒有權限用這個埠。請用 --port 換一個 1024 以上的埠",
    errno.EADDRNOTAVAIL: "這台機器沒有這個位址。請用 --host 換一個",
}
CANNOT_LISTEN_OTHERWISE = "請確認 --host 和 --port"
log = logging.getLogger("bot")


def serve(bot: app.Bot, host: str, port: int) -> None:
    """The web part, the worker and the chores, until a signal."""
    webhooks = web_app.open_webhooks(bot)
    web = web_app.create_app(bot, webhooks)
    progress(INDEXING)
    bot.prepare()
    web_app.freeze()
    web_app.take_turns()
    server = listening(web, host, port)
    stop_on_signals(lambda *_: sys.exit(0))  # before anything is sent: a stop lets calls under way come to their end
    try:
        threading.Thread(target=bot.run_maintenance, daemon=True).start()
        web_app.start_polling(bot, webhooks)
        bot.start_worker()
        threading.Thread(target=bot.warm_senders, daemon=True).start()
        log.info("已就緒：請用瀏覽器開 http://%s:%d/ （按 Ctrl+C 結束）", host, port)
        if bot.desk.accounts.is_nobody_there():
            log.info("後台在 http://%s:%d/admin/ ，還沒有管理者；新增第一位：%s admin add 名稱", host, port, PROGRAM)
        server.run()
    finally:
        bot.close()
        log.info("stopped")


def listening(web: WSGIApplication, host: str, port: int) -> BaseWSGIServer:
    """The server, bound already. Raises Failed."""
    try:
        return waitress.create_server(
            web,
            host=host,
            port=port,
            threads=web_app.THREADS,
            max_request_body_size=web_app.MAX_UPLOAD,
            inbuf_overflow=web_app.MAX_BODY + 1,  # what is longer goes through a file: a workbook, and no question
            ident=None,
            clear_untrusted_proxy_headers=False,  # handlers/clients.py decides who is believed
        )
    except OSError as error:
        why = CANNOT_LISTEN.get(error.errno or 0, CANNOT_LISTEN_OTHERWISE)
        raise Failed(f"無法使用 {host}:{port}：{why}") from error
