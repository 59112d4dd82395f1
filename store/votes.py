"""Votes on cards, with nothing of the person and no hour: of a vote's time only the day is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import func, select

from store.database import Database, Repository
from store.tables import VoteRow


class Votes(Repository):
    """Implements core.safe_store.Votes. `zone` says when a day begins."""

    def __init__(self, database: Database, now: Callable[[], float], zone: tzinfo) -> None:
        super().__init__(database, now)
        self._zone = zone

    def vote(self, card: str, case_id: int, helped: bool) -> None:
        """One vote per card; the last press counts."""
        day = datetime.fromtimestamp(self._now(), self._zone).date()
        self._put(VoteRow, {"card": card}, {"case_id": case_id, "helped": helped, "voted_at": self._midnight(day)})

    def by_case(self, first: date | None = None, last: date | None = None) -> dict[int, tuple[int, int]]:
        """Case id -> (helped, not helped): of all votes, or of those from the first day to the last, both included."""
        helped = func.sum(func.cast(VoteRow.helped, type_=VoteRow.case_id.type))
        counted = select(VoteRow.case_id, helped, func.count()).group_by(VoteRow.case_id).order_by(VoteRow.case_id)
        if first:
            counted = counted.where(VoteRow.voted_at >= self._midnight(first))
        if last:
            counted = counted.where(VoteRow.voted_at < self._midnight(last + timedelta(days=1)))
        with self._transaction() as connection:
            rows = connection.execute(counted).all()
        return {case_id: (int(yes), count - int(yes)) for case_id, yes, count in rows}

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, datetime.min.time(), self._zone).timestamp()
