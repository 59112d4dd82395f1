"""Files and folders that the program may not use: each is named, with a remedy that harms nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from config import SettingError
from office import file_checks
from office.facts import State

NOBODY = 65534


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """As a user for whom a folder may be closed."""
    user = os.getuid()
    os.setresuid(user or NOBODY, user or NOBODY, user)
    yield
    os.setresuid(user, user, user)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that lets nobody look, with files that are there."""
    folder = tmp_path / "closed"
    folder.mkdir()
    for name in (".env", "secret_key", "cases.csv"):
        (folder / name).touch()
    folder.chmod(0)
    return folder


def test_a_folder_that_cannot_be_made(unprivileged: None) -> None:
    """Nobody is told to give away what is above it, which may be /var/lib."""
    (fact,) = file_checks.var_dir(Path("/usr/leakbot"))
    assert fact.state == State.WRONG
    assert "install -d -o 帳號 -m 700 /usr/leakbot" in fact.remedy
    assert "chown" not in fact.remedy


def test_files_that_this_user_cannot_look_at(closed: Path, unprivileged: None) -> None:
    facts = [*file_checks.env_file(closed / ".env"), *file_checks.key_file(closed / "secret_key")]
    assert [(fact.state, bool(fact.remedy)) for fact in facts] == [(State.WRONG, True)] * 2


@pytest.mark.parametrize(("name", "file"), [("VAR_DIR", "var"), ("CASES_PATH", "cases.csv")])
def test_a_path_that_this_user_cannot_follow(closed: Path, unprivileged: None, name: str, file: str) -> None:
    with pytest.raises(SettingError, match=f"{name}：.*權限"):
        app.load_settings({name: str(closed / file)})
