"""Votes on cards, with nothing of the person and no hour: of a vote's time only the day is kept."""

from datetime import date, timedelta

from sqlalchemy import func, select

from store.days import DayRepository
from store.tables import votes


class Votes(DayRepository):
    """Implements core.safe_store.Votes."""

    def vote(self, card: str, case_id: int, helped: bool, at: float | None = None) -> None:
        """One vote per card; the last press counts. `at`: when it was pressed, None for now."""
        midnight = self._midnight(self._day(self._now() if at is None else at))
        self._put(votes, {"card": card}, {"case_id": case_id, "helped": helped, "voted_at": midnight})

    def by_case(self, first: date | None = None, last: date | None = None) -> dict[int, tuple[int, int]]:
        """Case id -> (helped, not helped): of all votes, or of those from the first day to the last, both included."""
        helped = func.sum(func.cast(votes.c.helped, type_=votes.c.case_id.type))
        counted = select(votes.c.case_id, helped, func.count()).group_by(votes.c.case_id).order_by(votes.c.case_id)
        if first:
            counted = counted.where(votes.c.voted_at >= self._midnight(first))
        if last:
            counted = counted.where(votes.c.voted_at < self._midnight(last + timedelta(days=1)))
        with self._transaction() as connection:
            rows = connection.execute(counted).all()
        return {case_id: (int(yes), count - int(yes)) for case_id, yes, count in rows}
