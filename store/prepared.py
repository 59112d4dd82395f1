"""Statements compiled once: to recognise one SQLAlchemy takes longer than SQLite takes to run it."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class Prepared:
    """A statement for one dialect. Its values are given by name, as the driver takes them; none may be NULL."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        self._sql = compiled.string
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._places = compiled.positiontup

    def on(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        named = {**self._constants, **values}
        return connection.exec_driver_sql(
            self._sql, named if self._places is None else tuple(named[place] for place in self._places)
        )
