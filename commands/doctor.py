"""An installation looked over, a line for each check; nothing is changed."""

import json
import logging
import secrets
from collections.abc import Iterator
from typing import NamedTuple

import click

import app
import checkup
import config
import logs
from config import SettingError, Settings
from office import checks, checkup_words, file_checks
from office import installation_words as words
from office.facts import Fact, State

# where one of these is wrong, nothing is known of what the program would use
GROUND = {"DATABASE_URL", "REDIS_URL", "VAR_DIR", config.ENV_FILE.name}


class Found(NamedTuple):
    """A fact under the part that it belongs to."""

    title: str
    fact: Fact


@click.command()
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON，給監控用")
def doctor(as_json: bool) -> None:
    """檢查設定、檔案、資料庫、佇列、時鐘、平台；什麼都不改，有不行的結束代碼 1。"""
    settings, errors = readable_settings()
    hidden = settings.secrets if settings else ()
    logs.start("text", hidden)
    logging.getLogger().setLevel(logging.CRITICAL)  # each fault has its line already
    names = [error.name for error in errors]
    looked = _facts(settings) if settings else _unknown()
    of_others = (each for each in looked if not any(name in f"{each.fact.name} {each.fact.said}" for name in names))
    found = [*_of_settings(errors), *machine_facts(), *of_others]
    _show(found, hidden, as_json)
    raise SystemExit(any(each.fact.is_wrong for each in found))


def readable_settings() -> tuple[Settings | None, list[SettingError]]:
    """The settings without those that are wrong, and what is wrong with them; None where too much would be guessed."""
    errors: list[SettingError] = []
    try:
        given = config.environment_and_file()
    except SettingError as error:
        return None, [error]
    while True:
        try:
            return app.load_settings(given), errors
        except SettingError as error:
            is_repeated = error.name in {each.name for each in errors}
            errors.append(error)
            if error.name in GROUND or is_repeated:
                return None, errors[: -1 if is_repeated else None]
            if not given.pop(error.name, ""):
                given[error.name] = secrets.token_hex()  # a stand-in for what another setting needs


def _of_settings(errors: list[SettingError]) -> Iterator[Found]:
    for error in errors:
        remedy = str(error).partition("：")[2]
        yield Found(words.SETTINGS, Fact(error.name, checkup_words.SETTINGS_STOP, State.WRONG, remedy))
    if not errors:
        yield Found(words.SETTINGS, Fact(checkup_words.SETTINGS_READ, checkup_words.SETTINGS_FINE))


def machine_facts() -> Iterator[Found]:
    """What can be told without any setting."""
    yield from (Found(words.VERSIONS, fact) for fact in checks.machine())


def _unknown() -> Iterator[Found]:
    yield from (Found(words.SETTINGS, fact) for fact in file_checks.env_file(config.ENV_FILE))
    said, remedy = checkup_words.SETTINGS_REST_WAIT, checkup_words.SETTINGS_REST_REMEDY
    yield Found(words.SETTINGS, Fact(checkup_words.SETTINGS_REST, said, State.NOTICE, remedy))


def _facts(settings: Settings) -> Iterator[Found]:
    """The platforms are asked meanwhile."""
    parts = checkup.Parts.opened(settings)
    platforms = checkup.platforms(parts)
    for check in checkup.all_checks(parts):
        yield from (Found(check.title, fact) for fact in check.run())
    yield from (Found(checkup_words.PLATFORM, fact) for fact in platforms.facts())
    parts.store.close()


def _show(found: list[Found], hidden: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        listed = [
            {"check": f"{title} {fact.name}", "state": fact.state, "said": fact.said, "remedy": fact.remedy}
            for title, fact in found
        ]
        click.echo(_without(hidden, json.dumps(listed, ensure_ascii=False)))
        return
    for title, fact in found:
        stands = f"{checkup_words.SIGNS[fact.state]} {checkup_words.STATES[fact.state]}"
        click.echo(_without(hidden, f"{stands}　{title}　{fact.name}：{fact.value}"))
    click.echo(_summary([fact.state for _, fact in found]))


def _summary(states: list[State]) -> str:
    if wrong := states.count(State.WRONG):
        return checkup_words.FAULTS.format(count=wrong)
    notices = states.count(State.NOTICE)
    return checkup_words.NOTICES.format(count=notices) if notices else checkup_words.ALL_WELL


def _without(hidden: tuple[str, ...], text: str) -> str:
    """Nothing of it holds a secret; should a platform quote one all the same, it is not shown."""
    for secret in hidden:
        text = text.replace(secret, "…")
    return text
