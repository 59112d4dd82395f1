"""Questions to the library: ask, evaluate."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

import app
from commands import cases_text, terminal
from commands.common import INDEXING, open_bot, progress, tell_fault
from core import answers, privacy
from core.messages import Incoming
from retrieval import evaluate as evaluation
from retrieval import library_sheets
from retrieval.library import Library, named
from retrieval.live import build_index

REPORTED = {
    "top1": "正確案例排第一",
    "top3": "正確案例在前三名",
    "answered_right": "直接回答而且正確",
    "helped": "有幫上忙（答對，或請他選的案例裡有正確的）",
    "wrong": "直接回答但答錯",
    "false_answer": "沒有對應案例卻回答了",
    "silent": "沒有對應案例，也沒有拿案例回答",
    "guide_right": "該給一般提醒，給對了",
    "false_guide": "不該給卻給了一般提醒",
}


@click.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON，一題一行")
@click.option("--why", is_flag=True, help="說明是哪些字、哪一個題庫問題決定了答案")
def ask(question: str, as_json: bool, why: bool) -> None:
    """在終端機問一題；QUESTION 為 - 時從標準輸入逐行讀題。"""
    with open_bot() as bot:
        tell_fault(bot)
        for text in _lines() if question == "-" else [question]:
            if as_json:
                answer = bot.conversation.answerer.answer(text, "terminal")
                click.echo(json.dumps(answers.as_json(answer), ensure_ascii=False))
                continue
            turn = bot.conversation.handle(Incoming("text", "terminal", text=text))
            click.echo(terminal.text(turn.reply) if turn and turn.reply else "")
            if why:
                click.echo(_reasons(bot, text))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _reasons(bot: app.Bot, question: str) -> str:
    """Which words and which question of the bank decided, and how sure the search was of each case."""
    index = bot.library.index()
    asked = privacy.mask(question).text
    why = index.explain(asked)
    lines = ["為什麼是這個答案"]
    lines += [f"  {chance:6.1%}  {named(entry.id)} {entry.title}" for entry, chance in why.likeliest]
    lines += [f"  {word.weight:+6.2f}  「{word.text}」" for word in why.words]
    if why.question:
        belongs = named(why.question.label)
        lines.append(f"  最像的題庫問題（第 {why.question.row} 列，{belongs}）：{why.question.text}")
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cases", type=click.Path(path_type=Path), help="改用這個案例庫（不動正式的）")
@click.option("--questions", type=click.Path(path_type=Path), help="搭配 --cases 的題庫")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON")
@click.option("--errors", is_flag=True, help="列出答錯的題目")
def evaluate(file: Path, cases: Path | None, questions: Path | None, as_json: bool, errors: bool) -> None:
    """用標好答案的檔案（query,case_id[,also][,guide]）量準確率。"""
    with open_bot() as bot:
        tell_fault(bot)
        if cases:
            progress(INDEXING)
        index = build_index(_other_library(bot, cases, questions)) if cases else bot.library.index()
        progress("量準確率")
        report = evaluation.measure(index, evaluation.read(file, index.library.entries))
        lines = [report_text(report), *cases_text.calibration_lines(index.calibration)]
        click.echo(json.dumps(report.as_json()) if as_json else "\n".join(lines))
        if errors:
            click.echo("\n".join(map(str, report.errors)) or "沒有答錯的題目。")


def _other_library(bot: app.Bot, cases: Path, questions: Path | None) -> Library:
    """A library from files. Without a bank it has no guides, with one those that the bank asks for."""
    laws, guides = bot.settings.laws_path, bot.settings.guides_path if questions else None
    read = library_sheets.load(cases, questions, laws, guides)
    asked = {question.guide for question in read.bank}
    return replace(read, guides=tuple(guide for guide in read.guides if guide.id in asked))


def report_text(report: evaluation.Report) -> str:
    """The figures of a report with what they mean."""
    lines = [f"共 {report.n} 題，其中 {report.in_scope} 題有對應案例。"]
    lines += [f"{share:7.1%}  {REPORTED[name]}" for name, share in report.shares.items()]
    return "\n".join(lines)
