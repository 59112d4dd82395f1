"""What askers are told of the bot itself: what becomes of their words, and what a card is worth."""

import pytest

from core import plain_text, words
from core.conversation import Conversation
from core.messages import Incoming, Kind
from retrieval.search import Index


def told(talk: Conversation, kind: Kind, text: str = "") -> str:
    turn = talk.handle(Incoming(kind, "line", "U1", text))
    assert turn
    assert turn.reply
    return plain_text.text(turn.reply)


@pytest.mark.parametrize(("kind", "text"), [("follow", ""), ("text", "說明")])
def test_whoever_comes_or_asks_how_is_told_what_is_kept_and_what_not_to_type(
    talk: Conversation, kind: Kind, text: str
) -> None:
    said = told(talk, kind, text)
    assert "除非你自己按鈕交給政風單位，我不會留存你的問題" in said
    assert "請不要輸入真實姓名" in said


def test_every_card_of_a_case_says_that_it_is_no_legal_advice(talk: Conversation, index: Index) -> None:
    cases = [case.id for case in index.library.cases]
    assert cases
    for number in cases:
        for text in (f"案例 {number}", f"案例 {number} 已經發生了"):
            assert words.DISCLAIMER in told(talk, "text", text)
    assert "程式自動回覆" in words.DISCLAIMER
