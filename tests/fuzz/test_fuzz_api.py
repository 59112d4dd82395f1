"""The API of the chat page: any bytes get an answer, never an error of the server."""

import json
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from tests.fuzz.test_fuzz_line import presses
from tests.support import fuzzing
from tests.support.fuzzing import Door

ROUTES = some.sampled_from(["/api/ask", "/api/chat"])
sent = some.one_of(
    some.fixed_dictionaries({"question": fuzzing.texts}),
    some.fixed_dictionaries({"text": fuzzing.texts}),
    some.fixed_dictionaries({"press": presses}),
    some.fixed_dictionaries(
        {"question": fuzzing.json_values, "text": fuzzing.json_values, "press": fuzzing.json_values}
    ),
)


@fuzzing.examples(60)
@given(route=ROUTES, value=fuzzing.damaged(sent))
def test_api_json(door: Door, client: FlaskClient, route: str, value: Any) -> None:
    with door.trying((route, value)):
        answer = client.post(route, data=json.dumps(value), content_type="application/json", **fuzzing.somewhere())
        assert answer.status_code in (200, 400, 403), answer.text
        said = json.loads(answer.data)
        if answer.status_code != 200:
            assert said["error"]
        else:
            assert said["verdict"] if route == "/api/ask" else said["html"]


@fuzzing.examples(40)
@given(route=ROUTES, body=fuzzing.bodies, content_type=fuzzing.content_types)
def test_api_bodies(door: Door, client: FlaskClient, route: str, body: bytes, content_type: str) -> None:
    with door.trying((route, body, content_type)):
        answer = client.post(route, data=body, content_type=content_type, **fuzzing.somewhere())
        assert 400 <= answer.status_code < 500, answer.text
        assert json.loads(answer.data)["error"]
