"""Whether a card helped, pressed by whom it was shown to."""

from core import cards, words
from core.ballots import Ballots
from core.deeds import Keeper, Kept
from core.messages import Reply
from retrieval.library import Case


class Votes:
    """Only for cards that were shown; what the store did not take is not thanked for."""

    def __init__(self, ballots: Ballots, keeper: Keeper) -> None:
        self.ballots = ballots
        self._keeper = keeper

    def take(self, token: str, case: Case, helped: bool) -> Reply | None:
        """None for a card that was never shown."""
        ballot = self.ballots.read(token, case.id)
        if not ballot:
            return None
        if ballot.is_old:
            return cards.note(words.OLD_CARD_TITLE, words.OLD_CARD_BODY)
        kept = self._keeper.keep("votes.vote", ballot.card, case.id, helped)
        if kept == Kept.LOST:
            return cards.note(words.NOT_NOTED_TITLE, words.VOTE_FAILED_BODY)
        thanks = words.THANKS_HELPED if helped else words.THANKS_NOT_HELPED
        return cards.note(words.THANKS_TITLE, thanks if kept == Kept.STORED else words.VOTE_WRITTEN_DOWN)
