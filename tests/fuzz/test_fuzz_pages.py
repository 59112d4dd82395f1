"""The outside of the bot: every address with every method, and the forms of a browser without a script."""

from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from tests.fuzz.test_fuzz_line import presses
from tests.support import fuzzing
from tests.support.fuzzing import Door

KNOWN = """
case guide api ask chat webhook line telegram assets chat.css healthz readyz metrics admin login static
"""
paths = some.one_of(
    some.builds("/{}/{}".format, some.sampled_from(["case", "guide"]), fuzzing.segments),
    some.lists(some.sampled_from(KNOWN.split()) | fuzzing.segments, max_size=4).map(
        lambda parts: "/" + "/".join(parts)
    ),
    some.sampled_from(["/", "//", "/admin", "/admin/", "/../", "/case/2", "/guide/ai-tools", "*"]),
)
queries = fuzzing.bytewise | some.lists(
    some.tuples(some.sampled_from(["q", "press"]), fuzzing.encodable_texts), max_size=3
).map(urlencode)
forms = some.one_of(
    some.fixed_dictionaries({"q": fuzzing.encodable_texts}),
    some.fixed_dictionaries({"press": presses.map(lambda text: text.encode("utf-8", "replace").decode())}),
    fuzzing.fields,
)


@fuzzing.examples(60)
@given(path=paths, method=fuzzing.methods, query=queries, headers=fuzzing.headers)
def test_page_addresses(
    door: Door, client: FlaskClient, path: str, method: str, query: str, headers: dict[str, str]
) -> None:
    with door.trying((path, method, query, headers)):
        answer = client.open("/", method=method, headers=headers, **fuzzing.somewhere(path, query))
        assert answer.status_code < 500, answer.text


@fuzzing.examples(60)
@given(form=forms, headers=fuzzing.headers)
def test_page_forms(door: Door, client: FlaskClient, form: dict[str, Any], headers: dict[str, str]) -> None:
    with door.trying((form, headers)):
        answer = client.post("/", data=form, headers=headers, **fuzzing.somewhere())
        assert answer.status_code < 500, answer.text


@fuzzing.examples(20)
@given(body=fuzzing.bodies, content_type=fuzzing.content_types)
def test_page_bodies(door: Door, client: FlaskClient, body: bytes, content_type: str) -> None:
    with door.trying((body, content_type)):
        answer = client.post("/", data=body, content_type=content_type, **fuzzing.somewhere())
        assert answer.status_code < 500, answer.text
