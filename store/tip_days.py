"""Which tip each day has."""

from datetime import date

from sqlalchemy import select, update

from store.database import Repository
from store.tables import TipDayRow


class TipDays(Repository):
    """Implements broadcasts.repositories.TipDayRepository."""

    def get(self, day: date) -> str | None:
        with self._transaction() as connection:
            return connection.execute(select(TipDayRow.measure).filter_by(day=day)).scalar()

    def before(self, day: date) -> list[str]:
        with self._transaction() as connection:
            found = select(TipDayRow.measure).where(TipDayRow.day < day).order_by(TipDayRow.day)
            return list(connection.execute(found).scalars())

    def fix(self, day: date, key: str, instead_of: str | None) -> None:
        if instead_of is None:
            self._execute(self._insert(TipDayRow).values(day=day, measure=key).on_conflict_do_nothing())
        else:
            self._execute(update(TipDayRow).filter_by(day=day, measure=instead_of).values(measure=key))
