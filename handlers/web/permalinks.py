"""`GET /case/N` and `GET /guide/ID`: one card as a page of its own, to be sent on and printed.

Nobody is counted here: the programs that make previews for messengers would be most of them.
"""

import re

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from core import cards, words
from core.conversation import Conversation
from core.messages import Reply
from retrieval.library import Library

MOST_LISTED = 100  # cases below the word that this one is not there


class Permalinks:
    """Adds its pages to the blueprint of the chat page."""

    def __init__(self, blueprint: Blueprint, conversation: Conversation) -> None:
        self._answerer = conversation.answerer
        self._office = conversation.office
        self._issued = conversation.votes.ballots.issued
        blueprint.get("/case/<number>")(self.case)
        blueprint.get("/guide/<name>")(self.guide)

    def case(self, number: str) -> ResponseReturnValue:
        """A case by its number, which is no integer to Flask: one of 5,000 digits is not found and no error."""
        case = self._library.case(int(number)) if re.fullmatch(r"[0-9]{1,6}", number) else None
        return self._page(cards.of_case(case, self._office)) if case else self._missing(words.NO_SUCH_CASE_TITLE)

    def guide(self, name: str) -> ResponseReturnValue:
        """A general answer by its id."""
        guide = self._library.guide(name)
        return self._page(cards.of_guide(guide, self._office)) if guide else self._missing(words.NO_SUCH_GUIDE_TITLE)

    def _page(self, reply: Reply) -> str:
        return render_template("permalink.html", words=words, reply=self._issued(reply), action=url_for("web.page"))

    def _missing(self, title: str) -> ResponseReturnValue:
        return render_template("no_card.html", title=title, cases=self._library.cases[:MOST_LISTED]), 404

    @property
    def _library(self) -> Library:
        return self._answerer.index().library
