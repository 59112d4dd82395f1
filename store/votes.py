"""Votes on cards, with nothing of the person."""

from sqlalchemy import func, select

from store.database import Repository
from store.tables import VoteRow


class Votes(Repository):
    """Implements core.safe_store.Votes."""

    def vote(self, card: str, case_id: int, helped: bool) -> None:
        """One vote per card; the last press counts."""
        self._put(VoteRow, {"card": card}, {"case_id": case_id, "helped": helped, "voted_at": self._now()})

    def by_case(self) -> dict[int, tuple[int, int]]:
        """Case id -> (helped, not helped)."""
        helped = func.sum(func.cast(VoteRow.helped, type_=VoteRow.case_id.type))
        with self._transaction() as connection:
            rows = connection.execute(select(VoteRow.case_id, helped, func.count()).group_by(VoteRow.case_id)).all()
        return {case_id: (int(yes), count - int(yes)) for case_id, yes, count in rows}
