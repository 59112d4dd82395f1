"""The files of an installation and who may read them. Looks, and touches nothing."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_IRGRP, S_IROTH, S_IWGRP, S_IWOTH

from office import checkup_words as words
from office.facts import Fact, State

OTHERS = S_IROTH | S_IWOTH
ANYBODY_ELSE = OTHERS | S_IRGRP | S_IWGRP
_WHOLE_KEY = re.compile(r"\s*[0-9a-f]{64}\s*")  # as settings/key_file.py writes it


def env_file(path: Path) -> Iterator[Fact]:
    """`.env`, which holds secrets."""
    if _is_absent(path):
        yield Fact(words.ENV, words.ENV_NONE)
    elif not os.access(path, os.R_OK):
        yield Fact(words.ENV, words.ENV_UNREADABLE, State.WRONG, words.ENV_UNREADABLE_REMEDY)
    elif path.stat().st_mode & OTHERS:
        yield Fact(words.ENV, words.ENV_OPEN, State.NOTICE, words.ENV_REMEDY.format(path=path))
    else:
        yield Fact(words.ENV, words.ENV_CLOSED)


def var_dir(path: Path) -> Iterator[Fact]:
    """Where the program writes: it can, and only it reads there."""
    there = next(each for each in (path, *path.parents) if not _is_absent(each))
    if not there.is_dir():
        yield Fact(words.VAR_DIR, words.VAR_NO_FOLDER.format(path=there), State.WRONG, words.VAR_NO_FOLDER_REMEDY)
        return
    is_locked, facts = not os.access(there, os.W_OK | os.X_OK), there.stat()
    if there != path and is_locked:
        remedy = words.VAR_UNMADE_REMEDY.format(path=path)
        yield Fact(words.VAR_DIR, words.VAR_UNMADE.format(path=path), State.WRONG, remedy)
    elif there != path:
        yield Fact(words.VAR_DIR, words.VAR_ABSENT.format(path=path))
    elif is_locked:
        remedy = words.VAR_LOCKED_REMEDY.format(path=path)
        yield Fact(words.VAR_DIR, words.VAR_LOCKED.format(path=path), State.WRONG, remedy)
    elif facts.st_uid != os.geteuid():
        names = {"path": path, "owner": _name_of(facts.st_uid), "user": _name_of(os.geteuid())}
        yield Fact(
            words.VAR_DIR, words.VAR_FOREIGN.format(**names), State.NOTICE, words.VAR_FOREIGN_REMEDY.format(**names)
        )
    elif facts.st_mode & OTHERS:
        remedy = words.VAR_OPEN_REMEDY.format(path=path)
        yield Fact(words.VAR_DIR, words.VAR_OPEN.format(path=path), State.NOTICE, remedy)
    else:
        yield Fact(words.VAR_DIR, words.VAR_FINE.format(path=path))


def _is_absent(path: Path) -> bool:
    """False for what is in a folder that lets nobody look."""
    try:
        return not path.exists()
    except OSError:
        return False


def key_file(path: Path) -> Iterator[Fact]:
    """The signing key that a machine makes for itself."""
    if _is_absent(path):
        yield Fact(words.KEY, words.KEY_ABSENT)
    elif not os.access(path, os.R_OK):
        remedy = words.KEY_UNREADABLE_REMEDY.format(path=path)
        yield Fact(words.KEY, words.KEY_UNREADABLE.format(path=path), State.WRONG, remedy)
    elif not _WHOLE_KEY.fullmatch(path.read_bytes()[:100].decode("ascii", "replace")):
        yield Fact(words.KEY, words.KEY_DAMAGED.format(path=path), State.WRONG, words.KEY_DAMAGED_REMEDY)
    elif path.stat().st_mode & ANYBODY_ELSE:
        remedy = words.KEY_OPEN_REMEDY.format(path=path)
        yield Fact(words.KEY, words.KEY_OPEN.format(path=path), State.NOTICE, remedy)
    else:
        yield Fact(words.KEY, words.KEY_FINE)


def shipped(paths: Iterable[Path]) -> Iterator[Fact]:
    """The files that come with the program."""
    wanted = list(paths)
    unread = [path for path in wanted if not path.is_file() or not os.access(path, os.R_OK)]
    for path in unread:
        yield Fact(words.SHIPPED, f"{words.ENV_UNREADABLE}：{path}", State.WRONG, words.SHIPPED_REMEDY)
    if not unread:
        yield Fact(words.SHIPPED, words.SHIPPED_FINE.format(count=len(wanted)))


def _name_of(user: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
