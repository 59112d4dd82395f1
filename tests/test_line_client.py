"""LINE's client at the wire: what cannot be called, and what is answered in no known words."""

import pytest

from broadcasts.sender import OnHold
from handlers.line.client import LineClient
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.wire import Fault


@pytest.mark.parametrize("token", ["to\u200bken", "ｔｏｋｅｎ", "to\nken"])
def test_a_call_that_no_header_can_carry_is_no_success(line: FakeLine, token: str) -> None:
    client = LineClient(line.base, token)
    for call in (
        lambda: client.multicast(["U1"], [{"type": "text", "text": "a"}], "key"),
        lambda: client.reply("token", [{"type": "text", "text": "a"}]),
        lambda: client.ask("get_bot_info"),
    ):
        with pytest.raises(OnHold) as caught:
            call()
        assert token not in str(caught.value)
    assert line.calls == []


@pytest.mark.parametrize("body", [{"quotaUsage": "many"}, [], "x"])
def test_a_success_in_no_known_words_is_one(line: FakeLine, body: object) -> None:
    client = LineClient(line.base, ACCESS_TOKEN)
    line.misbehave = lambda _: Fault(200, body=body)
    client.multicast(["U1"], [{"type": "text", "text": "a"}], "key")
    assert client.ask("get_message_quota_consumption") is None
    assert line.reached["U1"] == 1
