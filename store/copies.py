from pathlib import Path

from sqlalchemy import make_url


def sqlite_file(url: str) -> Path | None:
    """SQLite's file; None for another database, and for one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)
