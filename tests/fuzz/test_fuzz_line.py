"""LINE's webhook: whatever is signed is taken, whatever is not is refused, and every answer is one that LINE takes."""

import itertools
import json
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from tests.support import fuzzing, line_events
from tests.support.fake_line import FakeLine
from tests.support.fuzzing import Door
from tests.support.platform_rules import broken_by_line

USUAL = ("signed body that is no JSON", "answer not delivered: LINE answered 400: Invalid reply token")
_tokens = itertools.count(1)

VERBS = """
menu help ask tip stop subscribe id case whole guides guide happened none handover helped nothelped start broadcast
number hello nod blank draft approve cancel
"""
ARGUMENTS = (
    some.sampled_from(["", "1", "2", "0", "999999", "9" * 30, "-1", "ai-tools", "0123456789ab", "２"]) | fuzzing.texts
)
_presses = some.one_of(
    some.builds(":".join, some.tuples(some.sampled_from(VERBS.split()), ARGUMENTS)),
    some.builds("{}:{}:{}\n{}".format, some.sampled_from(VERBS.split()), ARGUMENTS, ARGUMENTS, fuzzing.texts),
    fuzzing.texts,
)
presses = some.deferred(lambda: _presses)
sources = some.one_of(
    some.integers(1, 10**6).map(line_events.user),
    some.integers(1, 10**6).map(line_events.group),
    some.integers(1, 9).map(lambda number: {"type": "room", "roomId": f"R{number:032x}"}),
)
mentionees = some.fixed_dictionaries(
    {
        "index": some.integers(-1, 9),
        "length": some.integers(-1, 9),
        "type": some.just("user"),
        "isSelf": some.booleans(),
    }
)
contents = some.one_of(
    some.builds(lambda text: {"type": "text", "id": "1", "text": text}, fuzzing.texts),
    some.builds(
        lambda text, mentioned, emojis: {
            **{"type": "text", "id": "1", "text": text},
            **{"mention": {"mentionees": mentioned}, "emojis": emojis},
        },
        fuzzing.texts,
        some.lists(mentionees, max_size=3),
        some.lists(mentionees, max_size=2),
    ),
    some.sampled_from([{"type": "sticker", "id": "2"}, {"type": "image", "id": "3", "imageSet": {"id": "4"}}]),
)


def _event(kind: str, source: Any, content: Any, pressed: str, unblocked: bool) -> dict[str, Any]:
    number = next(_tokens)
    event = {"type": kind, "mode": "active", "timestamp": 1_800_000_000_000 + number, "source": source}
    event |= {"webhookEventId": f"01FUZZ{number:020d}", "replyToken": f"fuzz-{number}"}
    parts = {"message": {"message": content}, "messageEdited": {"message": content}}
    parts |= {"postback": {"postback": {"data": pressed}}, "follow": {"follow": {"isUnblocked": unblocked}}}
    return event | parts.get(kind, {})


events = some.builds(
    _event,
    some.sampled_from(
        ["message"] * 6
        + ["postback"] * 3
        + ["follow", "unfollow", "join", "leave", "messageEdited", "unsend", "beacon"]
    ),
    sources,
    contents,
    presses,
    some.booleans(),
)


def _answers_are_taken(line: FakeLine) -> None:
    with line.changed:
        sent = [call for call in line.calls if call.method == "reply"]
        line.calls.clear()
    broken = [said for call in sent for said in broken_by_line(call)]
    assert not broken, broken


@fuzzing.examples(60)
@given(body=fuzzing.damaged(some.lists(events, max_size=3).map(lambda each: {"destination": "U0", "events": each})))
def test_line_events(door: Door, client: FlaskClient, line: FakeLine, body: Any) -> None:
    door.usual = USUAL
    with door.trying(body):
        answer = line_events.post_raw(client, json.dumps(body).encode())
        assert answer.status_code == 200
        _answers_are_taken(line)


@fuzzing.examples(20)
@given(body=fuzzing.bodies, content_type=fuzzing.content_types)
def test_line_bodies(door: Door, client: FlaskClient, body: bytes, content_type: str) -> None:
    door.usual = USUAL
    with door.trying(body):
        assert line_events.post_raw(client, body, content_type=content_type).status_code == 200


@fuzzing.examples(20)
@given(body=fuzzing.bodies, signature=fuzzing.texts.filter(lambda text: not {*text} & {*"\r\n"}))
def test_line_signatures(door: Door, client: FlaskClient, body: bytes, signature: str) -> None:
    with door.trying((body, signature)):
        signature = signature.encode("utf-8", "replace").decode("latin-1")
        assert line_events.post_raw(client, body, signature).status_code == 401
