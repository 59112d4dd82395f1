"""Nobody else's page makes a browser ask, press or vote here; and what was typed is never lost for it."""

import time

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from handlers.web.form_token import LIFE, FormToken
from tests.support.chat_page import QUESTION, post_form, token_in

OURS = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},
    {"Origin": "http://[2001:db8::1]:8000", "Host": "[2001:DB8::1]:8000"},
    {"Origin": "http://[2001:db8::1]", "Host": "[2001:db8::1]"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"},
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://[::1"},
    {"Origin": "http://[2001:db8::2]", "Host": "[2001:db8::1]"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
]
API = [("/api/ask", {"question": QUESTION}), ("/api/chat", {"text": QUESTION}), ("/api/chat", {"press": "menu"})]


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_and_programs_are_answered(client: FlaskClient, headers: dict[str, str]) -> None:
    for path, sent in API:
        assert client.post(path, json=sent, headers=headers).status_code == 200
    form = {"form_token": token_in(client.get("/").text), "q": QUESTION}
    assert "未公布的確診資訊" in client.post("/", data=form, headers=headers).text


@pytest.mark.parametrize("headers", FOREIGN)
def test_other_places_are_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    for path, sent in API:
        answer = client.post(path, json=sent, headers=headers)
        assert (answer.status_code, list(answer.get_json())) == (403, ["error"])
    form = {"form_token": token_in(client.get("/").text), "q": QUESTION}
    refused = client.post("/", data=form, headers=headers)
    assert (refused.status_code, "未公布的確診資訊" in refused.text) == (403, False)


KINDS = ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "text/json"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_takes_json_that_says_so(client: FlaskClient, kind: str) -> None:
    for path, body in (("/api/ask", b'{"question": "x"}'), ("/api/chat", b'{"text": "x"}')):
        answer = client.post(path, data=body, headers={"Content-Type": kind} if kind else {})
        assert (answer.status_code, "application/json" in answer.get_json()["error"]) == (415, True)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_however_it_is_spelt(client: FlaskClient, kind: str) -> None:
    answer = client.post("/api/ask", data=b'{"question": "x"}', headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_a_form_of_before_shows_the_page_again_with_what_was_typed(client: FlaskClient) -> None:
    fresh = token_in(client.get("/").text)
    for token in ("", "x", fresh[:-1], f"{fresh}x", "form.aaaa.bbbb", "é"):
        again = client.post("/", data={"form_token": token, "q": f"<b>{QUESTION} A123456789"})
        assert again.status_code == 400
        assert f">&lt;b&gt;{QUESTION} ［身分證字號］</textarea>" in again.text
        assert "請再按一次" in again.text
        assert "未公布的確診資訊" not in again.text
    assert post_form(client, q=QUESTION).status_code == 200


def test_a_press_of_before_is_offered_again(client: FlaskClient) -> None:
    again = client.post("/", data={"press": "handover\n今天<晚餐>"})
    assert again.status_code == 400
    assert '<button type="submit" name="press" value="handover\n今天&lt;晚餐&gt;">再按一次</button>' in again.text
    assert 'name="form_token"' in again.text


def test_a_token_lives_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    page = FormToken("key")
    token = token_in(page.field())
    assert page.is_good(token)
    assert not FormToken("another key").is_good(token)
    now = int(time.time())
    for age, is_good in ((LIFE - 5, True), (LIFE + 5, False)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, age=age: now + age)
        assert page.is_good(token) is is_good
