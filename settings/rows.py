"""What a setting is: one row, the field of a settings class, and how its text becomes its value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple

from settings.types import unquoted

_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class SettingError(Exception):
    """A setting that stops the start: `name` is the setting, the text says what is wrong and the remedy."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"設定 {name}：{remedy}")
        self.name = name


class Row(NamedTuple):
    """One setting: its name, how its text is read, its default text (None: unset), what it is for.

    `help` is read in docs/settings.md by whoever runs the bot. `secret`: its value is kept out of the log.
    `shared`: everybody's, read by other programs too; in lower case as well, which comes first as with them.
    """

    name: str
    read: Callable[[str], Any]
    default: str | None
    help: str
    secret: bool
    shared: bool


def setting(
    read: Callable[[str], Any], default: str | None, help: str, *, secret: bool = False, shared: bool = False
) -> Any:
    """A field of a settings class: the setting has the field's name in upper case."""
    return field(kw_only=True, metadata={"row": (read, default, help, secret, shared)})


def rows(kind: type[Any]) -> tuple[Row, ...]:
    """The settings of a class, in order."""
    return tuple(Row(each.name.upper(), *each.metadata["row"]) for each in fields(kind) if "row" in each.metadata)


def require(name: str, value: object, remedy: str) -> None:
    """Raises SettingError where a setting that another one needs is not set."""
    if not value:
        raise SettingError(name, remedy)


def values(kind: type[Any], given: Mapping[str, str]) -> dict[str, Any]:
    """What a class of settings is made with; raises SettingError, naming the first that is wrong."""
    return {row.name.lower(): value(row, given) for row in rows(kind)}


def value(row: Row, given: Mapping[str, str]) -> Any:
    """What one setting is; raises SettingError."""
    text = unquoted(_text(row, given)) or row.default
    if text is None:
        return None
    if _UNREADABLE.search(text):
        raise SettingError(row.name, "裡面有看不見的控制字元或讀不出的字，請重新輸入")
    try:
        return row.read(text)
    except ValueError as error:
        raise SettingError(row.name, str(error)) from error


def _text(row: Row, given: Mapping[str, str]) -> str:
    text = given.get(row.name, "")
    return given.get(row.name.lower(), text) if row.shared else text
