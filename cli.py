"""The command line: each command a few lines over the core."""

import contextlib
import json
import logging
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
from werkzeug.security import generate_password_hash

import bot as front
import config
import logs
from core import answers, faults
from core.messages import Incoming
from render import terminal
from retrieval import evaluate as evaluation
from retrieval import library as libraries
from retrieval.search import Index
from retrieval.sheets import SheetError
from store.store import StoreError

SHOWN_PROBLEMS = 10
MIN_PASSWORD = 12
REPORTED = {
    "top1": "正確案例排第一",
    "top3": "正確案例在前三名",
    "answered_right": "直接回答而且正確",
    "helped": "有幫上忙（答對，或請他選的案例裡有正確的）",
    "wrong": "直接回答但答錯",
    "false_answer": "沒有對應案例卻回答了",
    "silent": "沒有對應案例也沒有回答",
}
log = logging.getLogger("bot")


class Failed(click.ClickException):
    """The job failed: said in a few plain lines on stderr, exit code 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


class Misconfigured(Failed):
    exit_code = 2


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    """Errors that a person can mend, in a few lines with the remedy."""
    try:
        yield
    except config.SettingError as error:
        raise Misconfigured(str(error)) from error
    except SheetError as error:
        lines = [str(problem) for problem in error.problems[:SHOWN_PROBLEMS]]
        left = len(error.problems) - SHOWN_PROBLEMS
        raise Failed("\n".join(lines + ([f"……還有 {left} 個問題"] if left > 0 else []))) from error
    except StoreError as error:
        raise Failed(f"資料庫無法使用（{error}）。請確認 DATABASE_URL，並先執行 python bot.py migrate") from error
    except OSError as error:
        raise Failed(f"{error.filename or '檔案'}：{error.strerror or error}") from error


def _settings() -> config.Settings:
    settings = config.load()
    logs.start(settings.log_format)
    return settings


@contextlib.contextmanager
def _bot(quiet: bool = True) -> Iterator[front.Bot]:
    """A bot for one command."""
    with _said_plainly():
        settings = _settings()
        if quiet:
            logging.getLogger().setLevel(logging.ERROR)
        made = front.build(settings)
        try:
            yield made
        finally:
            made.close()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """公務機密小幫手：在 LINE、Telegram 和網頁回答「這樣算不算洩密」。"""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="要聽的位址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="要聽的埠")
def serve(host: str, port: int) -> None:
    """一次啟動網頁、機器人與背景工作（make run 用的就是這個）。"""
    with _said_plainly():
        settings = _settings()
        config.prepare_var_dir(settings)
        made = front.build(settings)
        made.store.migrate()
        _serve(made, host, port)


def _serve(made: front.Bot, host: str, port: int) -> None:
    import waitress

    app = front.create_app(made)
    made.library.index()
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=16, max_request_body_size=2 * front.MAX_BODY, ident=None
        )
    except OSError as error:
        raise Failed(f"無法使用 {host}:{port}（{error.strerror}）。請先停掉占用的程式，或用 --port 換一個埠") from error
    threading.Thread(target=made.keep_house, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    log.info("ready: open http://%s:%d/ (Ctrl+C stops)", host, port)
    try:
        server.run()
    finally:
        made.close()
        log.info("stopped")


@main.command()
def worker() -> None:
    """只跑背景工作（給 Procfile；網頁另外由 gunicorn 跑）。"""
    with _bot(quiet=False) as made:
        config.prepare_var_dir(made.settings)
        signal.signal(signal.SIGTERM, lambda *_: made.stopping.set())
        log.info("worker ready")
        with contextlib.suppress(KeyboardInterrupt):
            made.keep_house()
        log.info("stopped")


@main.command()
def migrate() -> None:
    """建立或升級資料表；可以重複執行。"""
    with _bot() as made:
        config.prepare_var_dir(made.settings)
        made.store.migrate()
        click.echo("資料表已是最新版本。")


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON，一題一行")
def ask(question: str, as_json: bool) -> None:
    """在終端機問一題；QUESTION 為 - 時從標準輸入逐行讀題。"""
    with _bot() as made:
        for one in _lines() if question == "-" else [question]:
            click.echo(_json_line(made, one) if as_json else _card(made, one))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _json_line(made: front.Bot, question: str) -> str:
    answer = made.conversation.answerer.answer(question, "terminal")
    return json.dumps(answers.as_json(answer), ensure_ascii=False)


def _card(made: front.Bot, question: str) -> str:
    reply = made.conversation.handle(Incoming("text", "terminal", text=question))
    return terminal.text(reply) if reply else ""


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cases", type=click.Path(path_type=Path), help="改用這個案例庫（不動正式的）")
@click.option("--questions", type=click.Path(path_type=Path), help="搭配 --cases 的題庫")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
@click.option("--errors", is_flag=True, help="列出答錯的題目")
def evaluate(file: Path, cases: Path | None, questions: Path | None, as_json: bool, errors: bool) -> None:
    """用標好答案的檔案（query,case_id[,also]）量準確率。"""
    with _bot() as made:
        other = Index(libraries.load(cases, questions, made.settings.laws_path)) if cases else None
        index = other or made.library.index()
        ids = [case.id for case in index.library.cases]
        report = evaluation.measure(index, evaluation.read(file, ids))
        click.echo(json.dumps(report.as_json()) if as_json else _report_text(report))
        if errors:
            click.echo("\n".join(map(str, report.errors)) or "沒有答錯的題目。")


def _report_text(report: evaluation.Report) -> str:
    """The figures of a report with what they mean."""
    lines = [f"共 {report.n} 題，其中 {report.in_scope} 題有對應案例。"]
    lines += [f"{share:7.1%}  {REPORTED[name]}" for name, share in report.shares.items()]
    return "\n".join(lines)


@main.group()
def cases() -> None:
    """案例庫：檢查、匯入、匯出試算表。"""


@cases.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """檢查試算表，不動正式的案例庫。"""
    with _bot() as made:
        index = made.library.check(file.read_bytes(), file.name)
        click.echo(f"沒有問題：{len(index.library.cases)} 個案例。")


@cases.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """檢查後換上新的案例庫；有任何錯誤就維持原來的。"""
    with _bot() as made:
        index = made.library.check(file.read_bytes(), file.name)
        made.library.take(index)
        click.echo(f"已換上 {len(index.library.cases)} 個案例，執行中的服務幾秒內會跟著更新。")


@cases.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """把目前的案例庫存成試算表（Excel 可直接開啟）。"""
    with _bot() as made:
        live = made.library.index().library
        file.write_bytes(libraries.to_csv(live))
        click.echo(f"已存成 {file}：{len(live.cases)} 個案例。")


@main.group()
def admin() -> None:
    """管理後台的帳號。"""


@admin.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="從標準輸入讀密碼（第一行）")
def add(name: str, password_stdin: bool) -> None:
    """新增一個帳號，或更換它的密碼。"""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()
    if not re.fullmatch(r"[\w.@-]{1,40}", name):
        raise Misconfigured("帳號名稱只能用文字、數字與 . @ - _，最多 40 個字。")
    if len(password) < MIN_PASSWORD:
        raise Misconfigured(f"密碼至少要 {MIN_PASSWORD} 個字，可以用一句話。")
    with _bot() as made:
        made.store.put_account(name, generate_password_hash(password))
        click.echo(f"已設定帳號 {name}。")


def _asked_password() -> str:
    return str(click.prompt("密碼", hide_input=True, confirmation_prompt="再輸入一次"))


def run() -> NoReturn:
    """The entry: whatever happens, no traceback and an honest exit code."""
    try:
        main(standalone_mode=True)
    except Exception as error:
        click.echo(f"程式出錯（{faults.describe(error)}）。請把這一行交給維護人員。", err=True)
        sys.exit(1)
    sys.exit(0)
