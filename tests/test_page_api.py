"""The page's routes without a browser: the API, bad input, headers."""

import re

import pytest
from flask.testing import FlaskClient

from tests.support.chat_page import post_form

QUESTION = "可以把確診名單傳給家人嗎"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b"{}", b'{"question": 5}', b"\xff\xfe", b"[" * 20_000, b'{"question": ' + b"9" * 9000],
    ids=["empty", "cut", "null", "list", "nothing", "number", "no-utf8", "deep", "huge"],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/chat"])
def test_bad_input_is_refused_with_a_reason(client: FlaskClient, path: str, body: bytes) -> None:
    answer = client.post(path, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert re.search("[一-龥]", answer.get_json()["error"])


def test_the_api_answers_with_the_json_of_the_contract(client: FlaskClient) -> None:
    answer = client.post("/api/ask", json={"question": QUESTION})
    assert answer.content_type == "application/json"
    assert list(answer.get_json()) == ["question", "verdict", "case", "candidates", "notice", "guide"]
    assert answer.get_json()["case"]["id"] == 2


def test_half_a_surrogate_pair_is_a_question(client: FlaskClient) -> None:
    for path, key in (("/api/ask", "question"), ("/api/chat", "text"), ("/api/chat", "press")):
        assert client.post(path, data=f'{{"{key}": "\\ud83d"}}', content_type="application/json").status_code == 200


def test_more_than_a_mebibyte_is_too_much(client: FlaskClient) -> None:
    much = "x" * (1 << 20)
    assert client.post("/api/ask", json={"question": much}).status_code == 413
    assert client.post("/api/chat", json={"text": much}).get_json()["error"].startswith("內容超過")
    refused = post_form(client, q=much)
    assert refused.status_code == 413
    assert "內容超過" in refused.text


def test_answers_are_kept_nowhere_and_run_nothing(client: FlaskClient) -> None:
    for answer in (
        client.get("/"),
        post_form(client, q=QUESTION),
        client.post("/api/chat", json={"text": ""}),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "style=" not in answer.text
        assert "onclick" not in answer.text
