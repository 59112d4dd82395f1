"""Settings: any text for any of them is a value, or refused by a SettingError with its name and the remedy."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

import app
import config
from settings import given as given_settings
from tests.support import fuzzing
from tests.support.fuzzing import Door
from tests.support.workbooks import damaged

NAMES = [row.name for row in app.setting_rows()]
PLAUSIBLE = """
https://bot.example.org https://a.gov.tw/leak http://[::1]:80
https://a:b@c:99999/ sqlite:///x.db postgresql://u:p@h:1/d
postgres://u@h:port/d redis://h:1/0 redis://h:x unix:///run/r 09:00 24:00 1 0 999 Asia/Taipei UTC .. / data
data/cases.csv text json optional required
02-2345-6789 1999 123456:ABC-def_1 U00000000000000000000000000000001 -1001 1,2 10.0.0.0/8
"""
values = some.one_of(
    some.sampled_from(PLAUSIBLE.split()),
    some.builds("{}{}".format, some.sampled_from(PLAUSIBLE.split()), fuzzing.texts),
    fuzzing.texts,
)
environments = some.dictionaries(some.sampled_from(NAMES), values, max_size=6)


def _refused_plainly(error: config.SettingError) -> bool:
    """Said in our words: no Python error's text."""
    return bool(re.search("[\u4e00-\u9fff]", str(error).partition("：")[2]))


@fuzzing.examples(150)
@given(environment=environments)
def test_environment(door: Door, tmp_path: Path, environment: dict[str, str]) -> None:
    with door.trying(environment):
        try:
            app.load_settings(environment)
            below = f"{tmp_path}/{environment.get('VAR_DIR', '')}"  # a bot makes its folder, wherever that is to be
            app.Bot(app.load_settings({**environment, "VAR_DIR": below})).close()
        except config.SettingError as error:
            assert _refused_plainly(error), error


ENV_FILE = "\n".join(f"{name}={value}" for name, value in zip(NAMES, PLAUSIBLE.split(), strict=False)).encode()
env_files = some.one_of(
    fuzzing.bodies,
    some.integers(0, 2**32).map(lambda seed: next(damaged(ENV_FILE, 1, seed))),
    some.lists(some.tuples(some.sampled_from(NAMES), fuzzing.texts), max_size=5).map(
        lambda rows: "\n".join(f"{name}={text}" for name, text in rows).encode("utf-8", "surrogatepass")
    ),
)


@fuzzing.examples(80)
@given(data=env_files)
def test_env_file(door: Door, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / ".env"
    path.write_bytes(data)
    with door.trying(data):
        try:
            found = given_settings.read_env_file(path).values
        except config.SettingError as error:
            assert _refused_plainly(error), error
        else:
            assert all(isinstance(text, str) for text in (*found, *found.values()))
