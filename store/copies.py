"""Copies of a store: made while it is in use, and put in its place again. What both databases share."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, MetaData, Table, inspect, make_url, select, text

from store import office_tables
from store.schema import VERSION_TABLE
from store.tables import metadata

FORMER_TABLES = ("lanes",)  # of earlier revisions, under that name
OURS = (*(table.name for table in metadata.sorted_tables), *FORMER_TABLES, VERSION_TABLE)
SQLITE, POSTGRESQL = "sqlite", "postgresql"
assert office_tables  # with its tables, all are known

Keep = Callable[[str, bytes], None]
"""Takes a file of a version of the library: its name, such as "3/cases.csv", and what is in it."""

Prepare = Callable[[str], None]
"""Takes the address of a restored store before anybody uses it: to migrate it, and to hold what was under way."""


class CopyError(Exception):
    """It was not done; the text says why and what to do, for whoever looks after the server."""


class Contents(NamedTuple):
    """What a store holds: the migration of its tables, how many rows each has."""

    schema: str
    rows: Mapping[str, int]


class Copies(Protocol):
    """Copies of one store. Every method raises CopyError, OSError."""

    kind: str

    def copy(self, target: Path, keep: Keep) -> Contents:
        """Write a consistent copy to `target`, and tell its versions of the library; the store stays in use."""

    def contents(self) -> Contents | None:
        """What is there now; None for nothing."""

    def users(self) -> int:
        """How many others have it open."""

    def restore(self, copy: Path, work: Path, prepare: Prepare, former: Path) -> bool:
        """Put a copy in its place: wholly, or not at all. `work`: a folder for what is needed meanwhile.

        The store that was there is `former` afterwards; False where it is not kept, or there was none.
        """


def sqlite_file(url: str) -> Path | None:
    """SQLite's file; None for another database, and for one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != SQLITE or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def read(connection: Connection) -> Contents | None:
    """Of tables of whatever revision; None where it has none of ours."""
    found = [name for name in inspect(connection).get_table_names() if name in OURS]
    if VERSION_TABLE not in found:
        return None
    counted = {name: select(text("count(*)")).select_from(text(f'"{name}"')) for name in sorted(found)}
    rows = {name: int(connection.execute(count).scalar_one()) for name, count in counted.items()}
    schema = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - ours
    return Contents(str(schema or ""), rows)


def keep_versions(connection: Connection, keep: Keep) -> None:
    """Every version of the library, one after the other, whichever columns that revision has."""
    if not inspect(connection).has_table("library_versions"):
        return
    table = Table("library_versions", MetaData(), autoload_with=connection)
    files = [column for column in table.columns if column.name.endswith("_csv")]
    for number in list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars()):
        for name, data in _files(connection, select(*files).where(table.c.id == number)):
            keep(f"{number}/{name}", data)


def _files(connection: Connection, found: object) -> Iterator[tuple[str, bytes]]:
    row = connection.execute(found).mappings().one()  # type: ignore[call-overload]
    for column, data in row.items():
        if data is not None:
            yield column.replace("_csv", ".csv"), bytes(data)
