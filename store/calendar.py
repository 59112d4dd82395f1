"""Which tip a day has."""

from datetime import date

from sqlalchemy import select, update

from store.models import TipDay
from store.transactions import Transactions


class Calendar(Transactions):
    """Signs the contract of core.tips.Calendar."""

    def tip_of(self, day: date) -> str | None:
        with self._transaction() as connection:
            return connection.execute(select(TipDay.measure).filter_by(day=day)).scalar()

    def tips_before(self, day: date) -> list[str]:
        """The tips of all days before, oldest first."""
        with self._transaction() as connection:
            found = select(TipDay.measure).where(TipDay.day < day).order_by(TipDay.day)
            return list(connection.execute(found).scalars())

    def fix_tip(self, day: date, measure: str, instead_of: str | None) -> None:
        """The day's tip, unless somebody else was first; `instead_of` is one that the library no longer has."""
        new = self._insert(TipDay).values(day=day, measure=measure).on_conflict_do_nothing()
        if instead_of is not None:
            new = update(TipDay).filter_by(day=day, measure=instead_of).values(measure=measure)
        with self._transaction() as connection:
            connection.execute(new)
