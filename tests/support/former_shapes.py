"""Writes tests/data/former_shapes from the git history: python -m tests.support.former_shapes [postgresql://…]

A migration was once changed after it was out, and one was out before the one it follows, so a revision alone does not
tell what the tables look like. Every commit whose migrations differ is a shape: its tables as SQL, of SQLite and of
PostgreSQL, as its own migrations make them.
"""

import io
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

from digests import unkeyed

SHAPES = Path(__file__).parents[1] / "data" / "former_shapes"
MIGRATIONS = "store/migrations"


def commits() -> list[str]:
    """The first commit of each state of the migrations, oldest first."""
    states: dict[str, str] = {}
    for commit in _git("rev-list", "--reverse", "HEAD", "--", MIGRATIONS).split():
        if tree := _git("ls-tree", "-d", "--format=%(objectname)", commit, f"{MIGRATIONS}/versions").strip():
            states.setdefault(tree, commit)
    return list(states.values())


def migrate(commit: str, engine: Engine) -> str:
    """Make the tables as the commit's own migrations do; gives the revision."""
    with tempfile.TemporaryDirectory() as folder, engine.begin() as connection:
        packed = subprocess.run(["git", "archive", commit, MIGRATIONS], check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        config = Config()
        config.set_main_option("script_location", f"{folder}/{MIGRATIONS}")
        config.attributes.update(connection=connection, digest=unkeyed)
        command.upgrade(config, "head")
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def of_sqlite(commit: str) -> tuple[str, str]:
    """The revision, and the tables as SQL."""
    with tempfile.NamedTemporaryFile() as file:
        engine = create_engine(f"sqlite:///{file.name}")
        revision = migrate(commit, engine)
        engine.dispose()
        made = sqlite3.connect(file.name)
        statements = made.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        return revision, "".join(f"{sql};\n" for (sql,) in statements)


def of_postgresql(commit: str, url: str) -> str:
    """The tables as pg_dump writes them, without what is no table."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate(commit, engine)
    engine.dispose()
    dump = ["pg_dump", "--schema-only", "--schema=public", "--no-owner", "--no-privileges", url]
    written = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    tables = re.findall(r"^(?:CREATE (?:TABLE|SEQUENCE|INDEX|UNIQUE)|ALTER)[^;]*;", written, re.MULTILINE)
    return "".join(" ".join(statement.replace("public.", "").split()) + "\n" for statement in tables)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def main(url: str) -> None:
    SHAPES.mkdir(parents=True, exist_ok=True)
    seen = set()
    for commit in commits():
        revision, tables = of_sqlite(commit)
        if tables in seen:
            continue
        seen.add(tables)
        version = f"INSERT INTO alembic_version VALUES ('{revision}');\n"
        for kind, statements in (("sqlite", tables), ("postgresql", of_postgresql(commit, url))):
            (SHAPES / f"{revision}_{commit[:7]}.{kind}.sql").write_text(f"{statements}{version}")


if __name__ == "__main__":
    main(sys.argv[1])
