"""Accounts of the console: who may log in, as what."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from office.model import Account, Role
from store.database import Repository
from store.office_tables import accounts

LOCKED_AFTER = 5  # failures in a row


class Accounts(Repository):
    """Implements office.repositories.AccountRepository."""

    def get(self, name: str) -> Account | None:
        with self._transaction() as connection:
            row = connection.execute(select(accounts).filter_by(name=name)).first()
        return _account(row) if row else None

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._transaction() as connection:
            return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]

    def add(self, name: str, password_hash: str, role: Role, must_change: bool) -> bool:
        """A new account; False where the name is taken."""
        values = {"name": name, "password_hash": password_hash, "role": role, "must_change": must_change}
        new = self._insert(accounts).values({**_FRESH, **values, "changed_at": self._now()})
        with self._transaction() as connection:
            return connection.execute(new.on_conflict_do_nothing().returning(accounts.c.name)).first() is not None

    def set_password(self, name: str, password_hash: str, must_change: bool) -> None:
        values = {"password_hash": password_hash, "must_change": must_change, "changed_at": self._now()}
        self._change(name, failures=0, locked_until=0, **values)

    def set_role(self, name: str, role: Role) -> bool:
        """False where nobody would be left who is an owner."""
        with self._transaction() as connection:
            if role != Role.OWNER and _is_last_owner(connection, name):
                return False
            connection.execute(update(accounts).filter_by(name=name).values(role=role))
            return True

    def disable(self, name: str) -> bool:
        """False where nobody would be left who is an owner."""
        with self._transaction() as connection:
            if _is_last_owner(connection, name):
                return False
            connection.execute(update(accounts).filter_by(name=name).values(disabled=True))
            return True

    def enable(self, name: str) -> None:
        self._change(name, disabled=False, failures=0, locked_until=0)

    def note_failure(self, name: str, lock_seconds: float) -> bool:
        """One more failed attempt; True when that locks the account."""
        failed = update(accounts).filter_by(name=name).values(failures=accounts.c.failures + 1)
        with self._transaction() as connection:
            failures = connection.execute(failed.returning(accounts.c.failures)).scalar() or 0
            if failures < LOCKED_AFTER:
                return False
            locked = {"failures": 0, "locked_until": self._now() + lock_seconds}
            connection.execute(update(accounts).filter_by(name=name).values(**locked))
            return True

    def forget_failures(self, name: str) -> None:
        self._change(name, failures=0)

    def set_second_factor(self, name: str, secret: str, recovery_codes: tuple[str, ...]) -> None:
        """Turn the second factor on with a secret and the digests of its recovery codes; off with ""."""
        self._change(name, totp_secret=secret, totp_used=0, recovery_codes="\n".join(recovery_codes))

    def use_time_step(self, name: str, step: int) -> bool:
        """True for the one who uses the code of a time step first."""
        fresh = update(accounts).filter_by(name=name).where(accounts.c.totp_used < step)
        return bool(self._execute(fresh.values(totp_used=step)).rowcount == 1)

    def use_recovery_code(self, name: str, digest: str) -> bool:
        """True for the one who uses a recovery code first."""
        with self._transaction() as connection:
            found = select(accounts.c.recovery_codes).filter_by(name=name).with_for_update()
            codes = (connection.execute(found).scalar() or "").split()
            if digest not in codes:
                return False
            left = "\n".join(code for code in codes if code != digest)
            connection.execute(update(accounts).filter_by(name=name).values(recovery_codes=left))
            return True

    def set_addresses(self, name: str, addresses: dict[str, str]) -> None:
        """Where the person gets test messages, by channel."""
        lines = (f"{channel} {address}" for channel, address in addresses.items())
        self._change(name, addresses="\n".join(lines))

    def _change(self, name: str, **values: Any) -> None:
        self._execute(update(accounts).filter_by(name=name).values(**values))


_FRESH: dict[str, Any] = {
    **{"disabled": False, "failures": 0, "locked_until": 0.0},
    **{"totp_secret": "", "totp_used": 0, "recovery_codes": "", "addresses": ""},
}


def _is_last_owner(connection: Connection, name: str) -> bool:
    """Whoever takes an owner away holds all owners until then, so that of two at once one is told."""
    owners = select(accounts.c.name).filter_by(role=Role.OWNER, disabled=False).order_by(accounts.c.name)
    return list(connection.execute(owners.with_for_update()).scalars()) == [name]


def _account(row: Row[Any]) -> Account:
    addresses = (line.partition(" ") for line in row.addresses.splitlines())
    return Account(
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.role),
        disabled=row.disabled,
        must_change=row.must_change,
        locked_until=row.locked_until,
        totp_secret=row.totp_secret,
        totp_used=row.totp_used,
        recovery_codes=tuple(row.recovery_codes.split()),
        addresses=tuple((channel, address) for channel, _, address in addresses),
    )
