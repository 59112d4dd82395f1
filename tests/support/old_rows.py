"""Rows in every table, in today's terms, and how a database of an earlier commit held them."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text

from store.schema import Shape

MOMENT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
DAY = date(2026, 11, 23)
CASES = b"id\n1\n2\n"
_AT = MOMENT.timestamp()
_RECIPIENT = {"broadcast_id": 1, "channel": "line", "batch": 1, "tries": 2, "due_at": 5.5, "error": "x"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "subscribers": [
        {"channel": "line", "address": "U1", "state": "active", "changed_at": _AT, "asked_at": 3.5, "last_tip": 1},
        {"channel": "line", "address": "U2", "state": "gone", "changed_at": _AT, "asked_at": 3.5, "last_tip": 1},
        {"channel": "telegram", "address": "-5", "state": "stopped", "changed_at": _AT, "asked_at": 3.5, "last_tip": 1},
    ],
    "events": [
        {"channel": "line", "event_id": "done", "claimed_at": _AT, "finished": True, "lane": ""},
        {"channel": "line", "event_id": "abandoned", "claimed_at": _AT, "finished": False, "lane": "a"},
    ],
    "votes": [{"card": "a" * 12, "case_id": 2, "helped": True, "voted_at": _AT}],
    "accounts": [
        {"name": "office", "password_hash": "hash", "changed_at": _AT, "role": "owner", "disabled": False}
        | {"must_change": False, "failures": 1, "locked_until": 0.5, "totp_secret": "s", "totp_used": 7}
        | {"recovery_codes": "r", "addresses": "line U9"}
    ],
    "library_versions": [
        {"id": 1, "cases_csv": CASES, "imported_at": _AT, "questions_csv": b"q", "laws_csv": b"l", "guides_csv": b"g"}
        | {"cases": 2, "questions": 0, "laws": 0, "guides": 0, "author": "who", "note": "why", "shipped": False}
        | {"shipped_digest": "d"}
    ],
    "broadcasts": [
        {
            "id": 1,
            "status": "sending",
            "tip": '{"text": "小心"}',
            "quota_policy": "ride",
            "reason": "",
            "admin": "line U9",
        }
        | {"notified": "held", "left_out": 3, "created_at": 1.5, "deadline": 2.5, "day": DAY, "start_at": 0.5}
        | {"approvals_needed": 2, "ended_at": 0.0, "forgotten": False}
    ],
    "approvals": [{"broadcast_id": 1, "admin": "line U9"}],
    "broadcast_channels": [
        {"broadcast_id": 1, "channel": "line", "failures": 4, "rests_until": 1.5, "held": ""},
        {"broadcast_id": 1, "channel": "telegram", "failures": 20, "rests_until": 1.5, "held": "faults"},
    ],
    "batches": [
        {"broadcast_id": 1, "channel": "line", "number": 1, "retry_key": "k", "lease": None, "due_at": 1.5, "tries": 1}
        | {"open": True, "doubted_at": 4.5}
    ],
    "recipients": [
        {**_RECIPIENT, "address": "U1", "status": "pending"},
        {**_RECIPIENT, "address": "U2", "status": "sent"},
    ],
    "paces": [{"channel": "line", "next_at": 9.5}],
    "tip_days": [{"day": DAY, "measure": "1:abc", "skipped": True}],
    "sessions": [{"digest": "d", "account": "office", "started_at": 1.5, "seen_at": 2.5, "verified": True}],
    "invitations": [{"digest": "d", "name": "new", "role": "editor", "invited_by": "office", "expires_at": 1.5}],
    "actions": [
        {"id": 1, "at": 1.5, "actor": "office", "action": "log_in", "subject": "s", "detail": "", "digest": "d"}
    ],
    "workers": [{"name": "host 1", "seen_at": 1.5}],
    "daily_counts": [{"day": DAY, "channel": "web", "verdict": "answer", "entry": "case:1", "count": 5}],
    "daily_subscribers": [{"day": DAY, "channel": "line", "count": 5}],
    "missed_questions": [{"key": "k", "day": DAY, "text": "問", "taught": "", "messages": "m"}],
    "library_drafts": [{"account": "office", "edits": "[]", "changed_at": 1.5}],
    "draft_checks": [{"account": "office", "digest": "d", "step": "", "result": "", "seen_at": 1.5}],
    "broadcast_results": [{"broadcast_id": 1, "channel": "line", "status": "sent", "error": "", "people": 7}],
}
# today's name -> former name
_TABLES = {"broadcast_channels": "lanes"}
_COLUMNS = {"quota_policy": "reach", "notified": "told", "admin": "sender", "failures": "faults", "state": "active"}

Kept = dict[str, list[dict[str, Any]]]


def fill(connection: Connection, shape: Shape) -> Kept:
    """Put the rows into a former shape; gives what of them has to be there after the upgrade, in today's terms."""
    types: dict[str, dict[str, str]] = {}
    for fact in shape:
        if fact.kind == "column":
            types.setdefault(fact.table, {})[fact.columns] = fact.detail
    kept: Kept = {}
    for table, rows in ROWS.items():
        there = table if table in types else _TABLES.get(table, table)
        if there not in types:
            continue
        for row in rows:
            held = {_there(name, types[there]): name for name in row if _there(name, types[there])}
            values = {former: _as_stored(connection, row[name], types[there][former]) for former, name in held.items()}
            names = ", ".join(values)
            connection.execute(text(f"INSERT INTO {there} ({names}) VALUES (:{', :'.join(values)})"), values)
            known = {name: row[name] for name in held.values()}
            if "active" in held and row["state"] == "gone":
                known["state"] = "stopped"
            kept.setdefault(table, []).append(known)
    return kept


def _there(name: str, columns: dict[str, str]) -> str:
    """What a column of today was called, "" where there was none."""
    return next((each for each in (name, _COLUMNS.get(name, "")) if each in columns), "")


def _as_stored(connection: Connection, value: Any, type_: str) -> Any:
    """A state was once a yes or no, a time no float; SQLite keeps it as text in UTC."""
    if type_.startswith("boolean") and isinstance(value, str):
        return value == "active"
    if type_.startswith("datetime"):
        return MOMENT if connection.dialect.name == "postgresql" else MOMENT.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
