"""What the tables of a database look like, read in two queries, and what this program's have to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Index, MetaData, UniqueConstraint, text

MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = tuple(sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))
NEWEST = REVISIONS[-1]
VERSION_TABLE = "alembic_version"

# table, kind, name of what has columns, column, detail
_QUERIES = {
    "sqlite": """
        WITH t AS (SELECT name FROM sqlite_master WHERE type = 'table'),
             c AS (SELECT t.name AS "table", c.* FROM t JOIN pragma_table_info(t.name) c)
        SELECT "table", 'column', name, name,
               type || iif("notnull", ' NOT NULL', '') || iif(dflt_value IS NULL, '', ' DEFAULT'), cid FROM c
        UNION ALL SELECT "table", 'key', '', name, '', pk FROM c WHERE pk
        UNION ALL SELECT t.name, iif(i."unique", 'unique', 'index'), i.name, c.name, '', c.seqno
        FROM t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
        WHERE i.origin <> 'pk' AND NOT i.partial
        UNION ALL SELECT t.name, 'reference', f.id, f."from", f."table", f.seq
        FROM t JOIN pragma_foreign_key_list(t.name) f
        ORDER BY 6""",
    "postgresql": """
        WITH c AS (SELECT oid, relname, attnum, attname, format_type(atttypid, NULL) AS type, attnotnull AS needed,
                          atthasdef OR attidentity <> '' AS given
                   FROM pg_class JOIN pg_attribute ON attrelid = oid
                   WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::text::regnamespace
                         AND attnum > 0 AND NOT attisdropped)
        SELECT relname, 'column', attname::text, attname::text,
               type || CASE WHEN needed THEN ' NOT NULL' ELSE '' END || CASE WHEN given THEN ' DEFAULT' ELSE '' END,
               attnum::bigint FROM c
        UNION ALL SELECT relname, CASE WHEN indisprimary THEN 'key' WHEN indisunique THEN 'unique' ELSE 'index' END,
               indexrelid::text, attname, '', place
        FROM pg_index CROSS JOIN unnest(indkey::int2[]) WITH ORDINALITY AS keys (number, place)
             JOIN c ON c.oid = indrelid AND attnum = number
        WHERE indisvalid AND indpred IS NULL
        UNION ALL SELECT relname, 'reference', pg_constraint.oid::text, attname, confrelid::regclass::text, place
        FROM pg_constraint CROSS JOIN unnest(conkey) WITH ORDINALITY AS keys (number, place)
             JOIN c ON c.oid = conrelid AND attnum = number
        WHERE contype = 'f'
        ORDER BY 6""",
}
_KINDS_OF_TYPE = {
    **dict.fromkeys(("varchar", "character varying"), "text"),
    **{"double precision": "float", "bigint": "integer", "bytea": "blob", "timestamp with time zone": "datetime"},
}


class Fact(NamedTuple):
    """One thing that is so of a table: a `column` and its type, the primary `key`, a `unique` or other `index`, a
    `reference` to another table, or `needed`: a column that no new row can do without.
    """

    table: str
    kind: str
    columns: str
    detail: str = ""

    @classmethod
    def of_index(cls, index: Index) -> "Fact":
        table = index.table
        assert table is not None
        return cls(table.name, "unique" if index.unique else "index", ", ".join(index.columns.keys()))


Shape = frozenset[Fact]


class Schema(NamedTuple):
    """The tables as they are, and what revision they say they have: "" for none."""

    revision: str
    shape: Shape


def read(connection: Connection) -> Schema:
    shape = frozenset(_facts(connection.exec_driver_sql(_QUERIES[connection.dialect.name]).all()))
    revision = ""
    if any(fact.table == VERSION_TABLE and fact.columns == "version_num" for fact in shape):
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars()  # noqa: S608 - ours
        revision = " ".join(sorted(found))
    return Schema(revision, frozenset(fact for fact in shape if fact.table != VERSION_TABLE))


def _facts(rows: Iterable[Sequence[Any]]) -> Iterator[Fact]:
    columns: dict[tuple[str, ...], list[str]] = {}
    for table, kind, name, column, detail, _ in rows:
        columns.setdefault((table, kind, str(name), detail), []).append(column)
    for (table, kind, _, detail), names in columns.items():
        if kind != "column":
            yield Fact(table, kind, ", ".join(names), detail)
            continue
        yield Fact(table, kind, names[0], _type(detail.removesuffix(" DEFAULT")))
        if detail.endswith(" NOT NULL"):
            yield Fact(table, "needed", names[0])


@cache
def _type(declared: str) -> str:
    """A type by its kind: how long a text may be is PostgreSQL's alone, and bigint is as good as integer."""
    name, needed, _ = declared.partition(" NOT NULL")
    name = re.sub(r"\(.*", "", name).lower()
    return _KINDS_OF_TYPE.get(name, name) + needed


@cache
def of_tables(metadata: MetaData) -> Shape:
    """What this program's tables have to look like."""
    found = set()
    for table in metadata.tables.values():
        for column in table.columns:
            needed = "" if column.nullable else " NOT NULL"
            found.add(Fact(table.name, "column", column.name, _type(f"{column.type}{needed}")))
        found.add(Fact(table.name, "key", ", ".join(table.primary_key.columns.keys())))
        for index in table.indexes:
            found.add(Fact.of_index(index))
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                found.add(Fact(table.name, "unique", ", ".join(constraint.columns.keys())))
        for key in table.foreign_keys:
            found.add(Fact(table.name, "reference", key.parent.name, key.column.table.name))
    return frozenset(found)
