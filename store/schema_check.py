"""What is wrong with the tables of a database for this program, in one line with the remedy."""

from collections.abc import Iterator

from sqlalchemy import Connection

import store.office_tables  # noqa: F401 - its tables are in metadata too
from store.faults import StoreError
from store.schema import NEWEST, REVISIONS, Fact, Schema, Shape, of_tables, read
from store.tables import metadata

MIGRATE = "請執行 python bot.py migrate"
MEND = f"{MIGRATE}，補得回來的會補上；補不回來就還原備份（python bot.py restore 檔案）"
RESTORE = "請還原備份（python bot.py restore 檔案），或把 DATABASE_URL 換成另一個空的資料庫"
_NO_TABLES = f"資料庫裡還沒有資料表：{MIGRATE}"
_OLDER = "資料表是 {found} 版，這個程式要 {newest} 版：" + MIGRATE
_NEWER = (
    "資料庫是較新版本的程式建的（資料表 {found} 版，這個程式只到 {newest} 版），而資料表不能降版。"
    "請改用較新的程式，或還原升級前的備份（python bot.py restore 檔案）"
)
_FOREIGN_VERSION = "資料庫裡的 alembic_version 是別的程式寫的（{found}）。請把 DATABASE_URL 換成這個程式自己的資料庫"
_FOREIGN_TABLE = "資料庫裡已經有不是這個程式建的資料表 {table}。請把 DATABASE_URL 換成另一個空的資料庫"
_LACKS = {
    "column": "資料表 {table} 的欄位 {columns} 不見了或型別不對（應該是 {detail}）",
    "key": "資料表 {table} 的主鍵不是 {columns}",
    "unique": "資料表 {table} 的欄位 {columns} 少了不可重複的限制",
    "index": "資料表 {table} 的欄位 {columns} 少了索引",
    "reference": "資料表 {table} 的欄位 {columns} 不再參照 {detail}",
}
_TABLE_GONE = "資料表 {table} 不見了"
_IN_THE_WAY = {
    "needed": "資料表 {table} 多了一定要填的欄位 {columns}",
    "unique": "資料表 {table} 的欄位 {columns} 多了不可重複的限制",
}
_OTHERS = "（另有 {count} 處）"


class SchemaError(StoreError):
    """The tables are not those of this program; its text is the line."""

    def __init__(self, line: str) -> None:
        super().__init__(line, line)

    @property
    def lasting(self) -> bool:
        return True


def check(connection: Connection) -> None:
    """Raises SchemaError unless revision and tables are this program's."""
    schema = read(connection)
    refuse_unknown(schema.revision)
    if not schema.revision:
        raise SchemaError(_NO_TABLES)
    if schema.revision != NEWEST:
        raise SchemaError(_OLDER.format(found=schema.revision, newest=NEWEST))
    refuse_other(schema, of_tables(metadata), MEND)


def refuse_unknown(revision: str) -> None:
    """Raises SchemaError for a revision that is none of this program's."""
    if revision and revision not in REVISIONS:
        if revision.isdecimal() and revision > NEWEST:
            raise SchemaError(_NEWER.format(found=revision, newest=NEWEST))
        raise SchemaError(_FOREIGN_VERSION.format(found=revision))


def refuse_other(schema: Schema, expected: Shape, remedy: str) -> None:
    """Raises SchemaError, naming table and column, where tables are not as their revision has them."""
    wrong = list(_differences(schema.shape, expected))
    if wrong:
        others = _OTHERS.format(count=len(wrong) - 1) if len(wrong) > 1 else ""
        raise SchemaError(f"{wrong[0]}{others}，和 {schema.revision} 版不符。{remedy}")


def refuse_foreign(schema: Schema, expected: Shape) -> None:
    """Raises SchemaError where a table stands already whose name a later migration takes."""
    ours = {fact.table for fact in of_tables(metadata)} - {fact.table for fact in expected}
    for table in sorted(ours & {fact.table for fact in schema.shape}):
        raise SchemaError(_FOREIGN_TABLE.format(table=table))


def _differences(found: Shape, expected: Shape) -> Iterator[str]:
    there = {fact.table for fact in found}
    for table in sorted({fact.table for fact in expected} - there):
        yield _TABLE_GONE.format(table=table)
    for fact in sorted(expected - found):
        if fact.table in there and fact.kind in _LACKS:
            yield _LACKS[fact.kind].format(**fact._asdict())
    known = {fact._replace(kind="needed", detail="") for fact in expected if fact.kind == "column"} | expected
    for fact in sorted(_of(found, {fact.table for fact in expected}) - known):
        if fact.kind in _IN_THE_WAY:
            yield _IN_THE_WAY[fact.kind].format(**fact._asdict())


def _of(shape: Shape, tables: set[str]) -> set[Fact]:
    return {fact for fact in shape if fact.table in tables}
