"""Everything copied into a file, and put back."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import click

import app
import checkup
import config
from broadcasts.model import Status
from broadcasts.schedule import is_workday
from commands.common import Failed, Misconfigured, asks, open_settings, progress, said_plainly, user
from config import Settings
from core import dates
from office import backup_words as words
from office.backup import Source
from office.backup_archive import Archive, BackupError, Manifest
from office.installation import SettingState, size_text, versions
from office.model import Action, at_command_line
from office.restoring import Replacing, Restoring
from store.copies import CopyError, sqlite_file
from store.postgres_copies import PostgresCopies
from store.restored import Stop
from store.schema import REVISIONS
from store.sqlite_copies import SqliteCopies
from store.store import Store

SHIPPED = ("cases.csv", "questions.csv", "laws.csv", "guides.csv", "case_details.csv")  # whatever the files are called
PATIENCE = 60.0  # seconds for the store to take what is written beside a service


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="已經有這個檔案就蓋掉")
def backup(file: Path, yes: bool) -> None:
    """把資料庫、案例庫、設定（不含機密）備份成一個檔案；服務不用停。"""
    with _said_plainly():
        settings = open_settings()
        if file.exists() and not yes:
            raise Failed(words.EXISTS.format(path=file))
        if file.resolve().is_relative_to(settings.var_dir):
            click.echo(words.IN_VAR_DIR.format(path=file), err=True)
        progress("備份")
        manifest = source_of(settings).write(file)
        with suppress(OSError):
            (settings.var_dir / checkup.LAST_BACKUP).unlink(missing_ok=True)  # it may be another user's
            (settings.var_dir / checkup.LAST_BACKUP).touch()
        click.echo("\n".join(_told(file, manifest, settings)))
        _note(settings, words.WROTE)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="不再詢問")
@click.option("--force", is_flag=True, help="PostgreSQL：還有別的連線也還原（確定服務都停了）")
def restore(file: Path, yes: bool, force: bool) -> None:
    """用備份換掉現在的資料；先停掉服務。換下來的會留著。"""
    with _said_plainly():
        settings = open_settings()
        config.prepare_var_dir(settings)
        with closing(Archive(file)) as archive:
            restoring = Restoring(archive, copies_of(settings), settings.var_dir, lambda schema: schema in REVISIONS)
            restoring.refuse_while_used(force)
            progress("檢查備份")
            restoring.check()
            _show(restoring, settings)
            if not yes and not asks(words.ASK):
                raise Failed(words.CANCELLED)
            _restore(restoring, settings, force)


def copies_of(settings: Settings) -> Replacing:
    """Raises Misconfigured for a database that has no file."""
    url = settings.database_url
    if url.startswith("postgresql"):
        return PostgresCopies(url)
    path = sqlite_file(url)
    if path is None:
        raise Misconfigured("DATABASE_URL 是記憶體裡的 SQLite，沒有東西可以備份。請改成檔案或 PostgreSQL。")
    return SqliteCopies(path)


def source_of(settings: Settings) -> Source:
    """What there is to be copied. A file's address is no secret, a server's is."""
    states = [
        SettingState(name, value, is_secret and not str(value).startswith("sqlite:"))
        for name, value, is_secret in app.setting_states(settings)
    ]
    secrets = [each.name for each in states if each.is_secret and each.value]
    secrets += [] if settings.secret_key else ["VAR_DIR/secret_key"]
    return Source(
        store=copies_of(settings),
        shipped=dict(zip(SHIPPED, settings.library_paths, strict=True)),
        settings=states,
        secrets=tuple(secrets),
        journal=settings.var_dir / "journal",
        program=versions()[0].value,
        key=key_sign(settings),
    )


def key_sign(settings: Settings) -> str:
    """A digest that tells which signing key there is; "" for none. It says nothing of the key."""
    if not settings.secret_key and not (settings.var_dir / "secret_key").exists():
        return ""
    with suppress(OSError, config.SettingError):
        return app.digest_of(settings, "backup")("key")
    return ""


def _told(file: Path, manifest: Manifest, settings: Settings) -> Iterator[str]:
    yield words.DONE.format(path=file, size=size_text(file.stat().st_size))
    yield words.HOLDS.format(moment=_moment(manifest, settings))
    for table, what in words.COUNTED.items():
        yield words.COUNT.format(what=what, count=f"{manifest.rows.get(table, 0):,}")
    yield words.PRIVATE
    yield words.LEFT_OUT.format(names="、".join(manifest.secrets)) if manifest.secrets else words.NO_SECRETS


def _moment(manifest: Manifest, settings: Settings) -> str:
    return dates.moment(datetime.fromtimestamp(manifest.made_at, settings.timezone))


def _note(settings: Settings, what: str) -> None:
    """A copy of who subscribes leaves: the office's log says so."""
    with closing(_store(settings)) as store:
        try:
            store.actions.record(at_command_line(user()).name, Action.BACKUP, what)
        except Exception as error:
            click.echo(words.NOT_LOGGED.format(why=type(error).__name__), err=True)


def _store(settings: Settings, url: str = "") -> Store:
    digest, zone = app.digest_of(settings, "store"), settings.timezone
    return Store(url or settings.database_url, PATIENCE, rest_seconds=0, zone=zone, digest=digest)


def _show(restoring: Restoring, settings: Settings) -> None:
    manifest = restoring.archive.manifest
    click.echo(words.FOUND.format(moment=_moment(manifest, settings), schema=manifest.schema))
    try:
        now = restoring.store.contents()
    except CopyError as error:
        now = None
        click.echo(words.UNREADABLE_NOW.format(why=error))
    else:
        click.echo(words.NOTHING_THERE if now is None else "", nl=now is None)
    click.echo("\n".join(restoring.differences(now)))


def _restore(restoring: Restoring, settings: Settings, force: bool) -> None:
    """PostgreSQL's tables cannot be put aside, so they are backed up."""
    manifest = restoring.archive.manifest
    stamp = f"before-restore-{datetime.now():%Y%m%d-%H%M%S}"
    path = sqlite_file(settings.database_url)
    former = path.with_name(f"{path.name}.{stamp}") if path else settings.var_dir / f"{stamp}.zip"
    stops = _stops(settings, manifest.made_at)
    has_former = not path and restoring.store.contents() is not None
    if has_former:
        progress("備份現在的資料")
        source_of(settings).write(former)
        click.echo(words.KEPT_FIRST.format(path=former))
    told: list[str] = []
    restoring.refuse_while_used(force)
    progress("還原")
    has_former |= restoring.run(partial(_prepare, settings, manifest, stops or [], told), former)
    click.echo(words.RESTORED.format(moment=_moment(manifest, settings)))
    told += [words.STOPS_UNKNOWN] if stops is None else []
    told += [words.FORMER.format(path=former)] if has_former else []
    told += [words.OTHER_KEY] if manifest.key and manifest.key != key_sign(settings) else []
    told += [words.SECRETS_BACK.format(names="、".join(manifest.secrets))] if manifest.secrets else []
    click.echo("\n".join([*told, words.AFTERWARDS]))


def _stops(settings: Settings, since: float) -> list[Stop] | None:
    """Who said stop since the backup, as the store that goes knows it; None where it cannot be asked."""
    path = sqlite_file(settings.database_url)
    if path and not path.exists():
        return None
    with closing(_store(settings)) as store, suppress(Exception):
        return store.restored.stops_since(since)
    return None


def _prepare(settings: Settings, manifest: Manifest, stops: list[Stop], told: list[str], url: str) -> None:
    """What the restored store needs before anybody uses it; what was done is added to `told`."""
    moment = _moment(manifest, settings)
    with closing(_store(settings, url)) as store:
        store.migrate()
        restored = store.restored
        held = restored.hold_tips()
        restored.keep_stops(stops)
        is_over = _is_tip_over(settings) and restored.pass_over(_today(settings).date())
        restored.log_out()
        scheduled = len(store.broadcasts.with_status(Status.APPROVED))
        who = at_command_line(user()).name
        store.actions.record(who, Action.BACKUP, words.RESTORED_LOG.format(moment=moment))
    told += [words.HELD.format(count=held)] if held else []
    told += [words.DAY_OVER] if is_over else []
    told += [words.STOPS_KEPT.format(count=len(stops))] if stops else []
    told += [words.SCHEDULED.format(count=scheduled)] if scheduled else []


def _today(settings: Settings) -> datetime:
    return datetime.now(settings.timezone)


def _is_tip_over(settings: Settings) -> bool:
    """Whether the schedule has sent today's tip already, or should have."""
    now = _today(settings)
    return bool(settings.tip_time and f"{now:%H:%M}" >= settings.tip_time and is_workday(now.date()))


@contextmanager
def _said_plainly() -> Iterator[None]:
    """A stop cleans up as a fault does."""

    def leave(*_: object) -> None:
        sys.exit(1)

    before: dict[int, Callable[..., object] | int | None] = {
        sign: signal.signal(sign, leave) for sign in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        with said_plainly():
            yield
    except (BackupError, CopyError) as error:
        raise Failed(str(error)) from error
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
