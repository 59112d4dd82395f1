"""Statements compiled once: to recognise one SQLAlchemy takes longer than SQLite takes to run it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class _Compiled(NamedTuple):
    """SQL, the values that it has of its own, and the names in the order of its places where these have none."""

    sql: str
    constants: Mapping[str, object]
    places: list[str] | None


class Prepared:
    """A statement for one dialect, compiled at its first use. Its values are given by name, as the driver takes them;
    none may be NULL.
    """

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        self._statement, self._dialect = statement, dialect

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = cast(SQLCompiler, self._statement.compile(dialect=self._dialect))
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return _Compiled(compiled.string, constants, compiled.positiontup)

    def on(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        sql, constants, places = self._compiled
        named = {**constants, **values}
        return connection.exec_driver_sql(sql, named if places is None else tuple(named[place] for place in places))
