"""The library's pages lead an officer on: from a new case to its ways of asking, from one guide to the next."""

import html

import pytest
from flask.testing import FlaskClient

import app
from office.model import Actor, Role
from tests.support.console import logged_in, token_of

CASE = {
    "id": "11",
    "title": "行車記錄器的畫面",
    "situation": "畫面傳到群組。",
    "laws": "刑法第132條",
    "countermeasures": "不要傳。",
}
WORDING = "行車記錄器拍到車禍可以上傳臉書嗎"
EDITOR = Actor(Role.EDITOR.value, Role.EDITOR.rights)


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    return logged_in(bot, Role.EDITOR)


def send(client: FlaskClient, path: str, fields: dict[str, str], follow: bool = True) -> str:
    """The page that comes of it, or where it leads."""
    sent = {"csrf_token": token_of(client.get("/admin/me/password").text), **fields}
    answer = client.post(f"/admin/library/{path}", data=sent, follow_redirects=follow)
    return html.unescape(answer.text) if follow else answer.headers["Location"]


def test_a_new_case_leads_to_its_ways_of_asking(client: FlaskClient, bot: app.Bot) -> None:
    assert send(client, "cases/new", CASE, follow=False) == "/admin/library/draft"
    draft = bot.desk.drafts.of(EDITOR)
    bot.store.draft_checks.begin(EDITOR.name, draft.digest, "", 0)  # somebody works it, so the page begins no process
    page = client.get("/admin/library/draft").text
    assert "寫它的問法" in page
    assert "/admin/library/questions/new?case_id=11" in page


def test_ways_of_asking_are_written_one_after_the_other(client: FlaskClient, bot: app.Bot) -> None:
    new = {"use": "學習", "label": "2"}
    page = send(client, "questions/new", {**new, "question": WORDING, "another": "1"})
    assert f"「{WORDING}」存進草稿了，可以再寫一句。" in page
    assert '<option value="2" selected>' in page
    assert f'value="{WORDING}"' not in page
    page = send(client, "questions/new", {**new, "label": "penalty", "question": "洩密罰多少", "another": "1"})
    assert '<option value="penalty" selected>' in page
    last = send(client, "questions/new", {**new, "question": f"{WORDING}呢"}, follow=False)
    assert last == "/admin/library/draft"
    assert [edit.key[0] for edit in bot.desk.drafts.of(EDITOR).edits] == [WORDING, "洩密罰多少", f"{WORDING}呢"]


def test_what_is_wrong_with_a_way_of_asking_is_said_where_it_was_written(client: FlaskClient) -> None:
    page = send(client, "questions/new", {"question": "", "label": "2", "use": "學習", "another": "1"})
    assert 'role="alert"' in page
    assert "可以再寫一句" not in page


def test_after_a_guide_is_approved_the_next_one_is_at_hand(client: FlaskClient) -> None:
    page = send(client, "guides/approve", {"key": "penalty", "status": "核定", "made_on": "0"})
    assert "在草稿裡改成「核定」了，上線後生效。" in page
    assert "你的草稿有 1 處還沒上線" in page
    assert 'value="ai-tools"' in page


def test_what_a_way_of_asking_belongs_to_is_chosen_by_somebody(client: FlaskClient, bot: app.Bot) -> None:
    assert (
        "selected" not in client.get("/admin/library/questions/new").text.split('name="label"')[1].split("</select>")[0]
    )
    page = send(client, "questions/new", {"question": WORDING, "label": "", "use": "學習"})
    assert "空白，請填屬於哪一案（現有編號），沒有案例的填 0" in page
    page = send(client, "try", {"question": "🍕"})
    assert '<option value="">請選擇</option>' in page
    assert bot.desk.drafts.of(EDITOR).edits == ()
