"""Which tip each day has."""

from datetime import date

from sqlalchemy import delete, select, update

from broadcasts.model import TipDay
from store.database import Repository
from store.tables import tip_days

_COLUMNS = (tip_days.c.day, tip_days.c.measure, tip_days.c.skipped)


class TipDays(Repository):
    """Implements broadcasts.repositories.TipDayRepository."""

    def get(self, day: date) -> TipDay | None:
        with self._transaction() as connection:
            found = connection.execute(select(*_COLUMNS).filter_by(day=day)).first()
        return TipDay(*found) if found else None

    def all(self) -> list[TipDay]:
        """Every day that has one, in order."""
        with self._transaction() as connection:
            return [TipDay(*row) for row in connection.execute(select(*_COLUMNS).order_by(tip_days.c.day))]

    def fix(self, day: date, key: str, instead_of: str | None) -> None:
        """Settle a day's tip, unless somebody else did meanwhile."""
        if instead_of is None:
            row = {"day": day, "measure": key, "skipped": False}
            self._execute(self._insert(tip_days).values(row).on_conflict_do_nothing())
        else:
            self._execute(update(tip_days).filter_by(day=day, measure=instead_of).values(measure=key))

    def put(self, tip_day: TipDay) -> None:
        """A person has decided about the day."""
        self._put(tip_days, {"day": tip_day.day}, {"measure": tip_day.key, "skipped": tip_day.skipped})

    def free(self, day: date) -> None:
        """Nothing is settled about the day any more."""
        self._execute(delete(tip_days).filter_by(day=day))
