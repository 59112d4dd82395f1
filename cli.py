"""The command line: joins the commands; whatever happens, no traceback and an honest exit code."""

import sys
from typing import NoReturn

import click

import logs
from commands import chinese, questions, service, tip_times
from commands.admin import admin
from commands.backup import backup, restore
from commands.cases import cases
from commands.doctor import doctor
from commands.privacy import privacy
from commands.subscribers import subscribers
from commands.tips import tip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """公務機密小幫手：在 LINE、Telegram 和網頁回答「這樣算不算洩密」。"""


chinese.speak_chinese()
for command in (
    service.serve,
    service.worker,
    service.migrate,
    service.webhook,
    admin,
    backup,
    restore,
    questions.ask,
    questions.evaluate,
    cases,
    doctor,
    privacy,
    service.settings,
    subscribers,
    tip,
):
    main.add_command(command)
for command in (tip_times.schedule_tip, tip_times.list_tips):
    tip.add_command(command)


def run() -> NoReturn:
    """The entry: whatever happens, no traceback and an honest exit code."""
    try:
        main(standalone_mode=True)
    except Exception as error:
        click.echo(f"程式出錯（{logs.describe(error)}）。請把這一行交給維護人員。", err=True)
        sys.exit(1)
    sys.exit(0)
