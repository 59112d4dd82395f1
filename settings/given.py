"""What is written for this program: in the environment, which counts first, and in the file `.env`."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from settings import env_file
from settings import names as setting_names
from settings.env_file import EnvFile
from settings.rows import Row, SettingError


class Given(NamedTuple):
    """Every name that is given, ours or not; `remarks` is what stops nothing, and its owner had better know."""

    texts: Mapping[str, str]
    remarks: tuple[str, ...]


def look_up(rows: Collection[Row], environment: Mapping[str, str], path: Path | None = None) -> Given:
    """What the environment says, and below it the `.env` file at `path`. Raises SettingError."""
    file = read_env_file(path) if path else env_file.NONE
    given = {**file.values, **environment}
    remarks = (f"{path.name} {each}" for each in file.remarks) if path else ()
    return Given(given, (*remarks, *_strange_names(rows, given, file.lines)))


def read_env_file(path: Path) -> EnvFile:
    """What a `.env` file sets, nothing where there is none. Raises SettingError, naming the line."""
    try:
        return env_file.read(path)
    except ValueError as error:
        raise SettingError(path.name, str(error)) from error
    except OSError as error:
        raise SettingError(path.name, f"無法讀取（{error.strerror}），請調整這個檔案的權限") from error


def _strange_names(rows: Collection[Row], given: Mapping[str, str], lines: Mapping[str, int]) -> Iterator[str]:
    """What is said of names that look like settings and are none; raises SettingError where one was surely meant."""
    own, shared = ([row.name for row in rows if row.shared is each] for each in (False, True))
    known = {*own, *shared, *(name.lower() for name in shared)}
    for name in (name for name in given if given[name] and name not in known):
        is_ours = name in lines
        guess = setting_names.guess(name, own, shared, is_ours)
        if guess is None:
            continue
        place = f"（.env 第 {lines[name]} 行）" if is_ours else ""
        said = f"沒有這個設定{place}，是不是要寫 {guess.setting}？請改名或刪掉"
        if guess.is_certain and not given.get(guess.setting):
            raise SettingError(name, said)
        yield f"設定 {name}：{said}"
