"""The library's pages as a browser without script sees them, and the parts that htmx asks for."""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
from handlers.console.library_pages import PAGE
from office.model import Actor, Role
from retrieval import library_workbook
from retrieval.library import Library, Question
from retrieval.library_rows import CASES, QUESTIONS
from retrieval.library_sheets import as_csv
from store.store import Store
from tests.support.console import logged_in, token_of
from tests.support.missed import keep, keys
from tests.support.office import SMALL, small_bot
from tests.support.workbooks import Rows, ods, xlsx

HOSTILE = '<script>alert("1")</script>&\'"'
CASE = {
    "id": "3",
    "title": "隨身碟",
    "situation": "把公務資料存進自己的隨身碟。",
    "laws": "刑法第132條",
    "countermeasures": "只用公務隨身碟",
    "first_aid": "",
    "agency": "",
    "advice": "",
}
PART = {"HX-Request": "true"}
EDITOR = Actor("editor", Role.EDITOR.rights)
ELSE = Actor("別人", Role.EDITOR.rights)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[app.Bot]:
    bot = small_bot(tmp_path)
    yield bot
    bot.close()


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    return logged_in(bot, Role.EDITOR)


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """Its text, as somebody reads it."""
    answer = client.get(f"/admin/library/{path}")
    assert answer.status_code == status, path
    return plain(answer)


def plain(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """The page that a form leads to."""
    sent = {"csrf_token": token_of(client.get("/admin/library/file").text), **fields}
    return client.post(f"/admin/library/{path}", data=sent, follow_redirects=True)


def edits(bot: app.Bot) -> list[str]:
    return [edit.name for edit in bot.desk.drafts.of(EDITOR).edits]


def publish(client: FlaskClient, **fields: str) -> TestResponse:
    (digest,) = re.findall(r'name="digest" value="(\w+)"', client.get("/admin/library/draft").text)
    return post(client, "draft/publish", digest=digest, **fields)


# lists


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cases", "錄音 8 句"),
        ("questions", "會議錄音轉檔可以嗎 學習 第 2 案 錄音"),
        ("laws", "中華民國刑法 132 洩密"),
        ("guides", "AI 工具 ai-tools 草案 0 句 核定"),
    ],
)
def test_every_table_is_listed_and_searched(client: FlaskClient, name: str, said: str) -> None:
    assert said in page(client, f"{name}/")
    assert "沒有找到" in page(client, f"{name}/?q=沒有這種字")
    assert client.get("/admin/library/").headers["Location"].endswith("/library/cases/")


def test_a_search_knows_no_width_and_no_case(client: FlaskClient) -> None:
    assert "1 筆" in page(client, "guides/?q=ａｉ")
    assert "8 筆" in page(client, "questions/?q=空拍機&label=1")
    assert "0 筆" in page(client, "questions/?q=空拍機&label=2")
    assert "8 筆" in page(client, "questions/?label=0")


@pytest.mark.parametrize(
    "path", ["nothing/", "nothing/new", "cases/row?key=99", "cases/row", "questions/row?key=x&key=1"]
)
def test_what_is_not_there_is_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    assert "沒有這一頁" in page(client, path, 404)


@pytest.mark.parametrize("query", ["page=x", "page=-3", "page=999999999999999999999", "label=%00", "q=%00%ff"])
def test_any_address_of_a_list_is_a_page(client: FlaskClient, query: str) -> None:
    assert "案例庫" in page(client, f"questions/?{query}")


def test_long_tables_have_pages(bot: app.Bot, client: FlaskClient) -> None:
    more = tuple(Question(f"第{number}種問法", 1) for number in range(2 * PAGE))
    bot.library.save(replace(SMALL, questions=(*SMALL.questions, *more)), "test")
    first = client.get("/admin/library/questions/").text
    assert first.count("<tr") == PAGE + 1
    assert 'rel="prev"' not in first
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first)
    second = client.get(html.unescape(following)).text
    assert second.count("<tr") == PAGE + 1
    assert "第 2 頁，共 3 頁" in second
    last = page(client, "questions/?page=99")
    assert "第 3 頁，共 3 頁" in last
    assert "第99種問法" in last
    filtered = client.get("/admin/library/questions/?q=種問法&label=1").text
    (following,) = re.findall(r'href="([^"]+)" rel="next"', filtered)
    assert "label=1" in following


def test_an_empty_table_says_what_will_be_here(bot: app.Bot, client: FlaskClient) -> None:
    bot.library.save(replace(SMALL, guides=(), laws=()), "test")
    assert "這裡還沒有資料" in page(client, "guides/")
    assert "按「新增」" in page(client, "laws/")


# one row


def test_a_new_case_goes_into_the_draft_and_is_seen_everywhere(bot: app.Bot, client: FlaskClient) -> None:
    form = client.get("/admin/library/cases/new").text
    assert 'name="id" value="3"' in form, "the next free number"
    answer = post(client, "cases/new", **CASE)
    assert "存進草稿了" in plain(answer)
    assert "新增 第 3 案「隨身碟」" in plain(answer)
    assert "草稿：新增" in page(client, "cases/")
    assert "你的草稿有 1 處還沒上線" in page(client, "guides/")
    assert "這裡顯示的是你草稿裡的樣子" in page(client, "cases/row?key=3")
    assert edits(bot) == ["第 3 案「隨身碟」"]


@pytest.mark.parametrize(
    ("name", "key", "fields"),
    [
        ("cases", ["2"], {**CASE, "id": "2", "title": "改過的"}),
        (
            "questions",
            ["請假怎麼辦理", "1"],
            {"question": "請假怎麼辦理", "label": "ai-tools", "use": "驗收", "happened": ""},
        ),
        ("laws", ["中華民國刑法", "132"], {"law": "刑法", "article": "第132條", "link": "", "gist": "改過的"}),
        (
            "guides",
            ["ai-tools"],
            {"id": "ai-tools", "title": "改過的", "answer": "答", "steps": "做"},
        ),
    ],
)
def test_every_kind_of_row_is_edited(
    bot: app.Bot, client: FlaskClient, name: str, key: list[str], fields: dict[str, str]
) -> None:
    address = f"{name}/row?" + "&".join(f"key={part}" for part in key)
    form = client.get(f"/admin/library/{address}").text
    for field in fields:
        assert f'name="{field}"' in form
    assert "修改" in plain(post(client, f"{name}/row", key=key, **fields))
    (edit,) = bot.desk.drafts.of(EDITOR).edits
    assert edit.before
    assert edit.after
    assert edit.key == tuple(key)
    assert "放棄了" in plain(post(client, f"{name}/revert", key=key))
    assert edits(bot) == []


def test_a_question_is_shown_with_what_it_belongs_to(client: FlaskClient) -> None:
    form = client.get("/admin/library/questions/row?key=請假怎麼辦理&key=1").text
    assert re.search(r'<option value="0" selected>', form)
    post(client, "questions/row", key=["請假怎麼辦理", "1"], question="請假怎麼辦理", label="ai-tools", use="學習")
    form = client.get("/admin/library/questions/row?key=請假怎麼辦理&key=1").text
    assert re.search(r'<option value="ai-tools" selected>', form)
    assert re.search(r'<option value="2" selected>', client.get("/admin/library/questions/new?case_id=2").text)
    assert "一般提醒 AI 工具" in page(client, "questions/?label=ai-tools")


@pytest.mark.parametrize("key", [None, "2"], ids=["new", "edit"])
def test_errors_keep_what_was_typed_and_say_where(bot: app.Bot, client: FlaskClient, key: str | None) -> None:
    typed = {**CASE, "id": key or "3", "title": "", "situation": f"=公式\n{HOSTILE}", "countermeasures": "  "}
    path, more = ("cases/row", {"key": key}) if key else ("cases/new", {})
    answer = post(client, path, **typed, **more)
    assert answer.status_code == 400
    said = plain(answer)
    for problem in ("標題 ：空白，請填寫", "情境 ：以「=」開頭", "建議做法 ：空白，請至少填一項"):
        assert problem in said
    assert "=公式\n&lt;script&gt;alert(" in answer.text
    assert "<script>alert" not in answer.text
    assert edits(bot) == []


def test_a_key_that_is_taken_is_refused(client: FlaskClient) -> None:
    for number in ("2", "０２", " 2"):
        answer = post(client, "cases/new", **{**CASE, "id": number})
        assert answer.status_code == 400
        assert "已經有一筆同樣的了" in answer.text


def test_the_form_is_checked_while_one_types(client: FlaskClient) -> None:
    answer = post(client, "cases/check", **{**CASE, "title": ""})
    assert "標題 ：空白，請填寫 " in plain(answer) + " "
    assert "刪除這一列" not in answer.text
    assert "<html" not in answer.text
    assert "目前沒有問題" in post(client, "cases/check", **CASE).text
    assert (
        "目前沒有問題"
        in post(client, "questions/check", key=["請假怎麼辦理", "1"], question="請假怎麼辦理", label="2").text
    )


def test_the_card_is_seen_before_it_is_kept(bot: app.Bot, client: FlaskClient) -> None:
    token = token_of(client.get("/admin/library/cases/new").text)
    sent = {"csrf_token": token, **CASE, "title": HOSTILE, "first_aid": "先停用"}
    for headers in ({}, PART):
        answer = client.post("/admin/library/cases/preview", data=sent, headers=headers)
        assert ("<html" in answer.text) == (not headers)
        assert "<script>alert" not in answer.text
        assert "alert(" in answer.text
        assert "已經發生了的那一面" in answer.text
        assert "分機 1234" in answer.text
    assert "空白，請填寫" in post(client, "cases/preview", **{**CASE, "situation": ""}).text
    assert "不要貼" in post(client, "guides/preview", id="x", title="題", answer="不要貼", steps="做").text
    assert edits(bot) == []


@pytest.mark.parametrize("key", [[], ["99"], ["1", "2"], [""]])
@pytest.mark.parametrize("table", ["cases", "questions", "laws", "guides"])
def test_what_is_not_there_is_not_removed(bot: app.Bot, client: FlaskClient, table: str, key: list[str]) -> None:
    assert post(client, f"{table}/remove", key=key).status_code == 404
    assert not edits(bot)


def test_a_row_is_removed_and_kept_after_all(bot: app.Bot, client: FlaskClient) -> None:
    assert "放進草稿了" in plain(post(client, "cases/remove", key="2"))
    assert "草稿：移除" in page(client, "cases/")
    assert "： 移除 。" in page(client, "cases/row?key=2")
    post(client, "cases/revert", key="2", **{"from": "draft"})
    assert edits(bot) == []
    answer = post(client, "cases/revert", key="2", back="https://evil.example/")
    assert answer.request.path.endswith("/library/cases/"), "no form sends anybody elsewhere"


def test_a_guide_is_approved_and_back(bot: app.Bot, client: FlaskClient) -> None:
    assert "改成「核定」了" in plain(post(client, "guides/approve", key="ai-tools", status="核定"))
    post(client, "guides/approve", key="ai-tools", status="核定")
    assert bot.desk.drafts.of(EDITOR).library.guides[0].approved, "twice is once"
    post(client, "guides/approve", key="ai-tools", status="草案")
    assert edits(bot) == []
    assert post(client, "guides/approve", key="nobody", status="核定").status_code == 404


def test_hostile_text_is_shown_as_text_everywhere(client: FlaskClient) -> None:
    post(client, "cases/new", **{**CASE, "title": HOSTILE, "situation": HOSTILE})
    post(client, "questions/new", question=HOSTILE, label="3", note=HOSTILE)
    for path in ("cases/", "questions/", "cases/row?key=3", "draft", f"questions/?q={HOSTILE.split('&')[0]}"):
        shown = client.get(f"/admin/library/{path}").text
        assert "<script>alert" not in shown
        assert "alert(" in shown
    assert "<script>alert" not in post(client, "try", question=HOSTILE).text


def test_who_has_the_row_in_a_draft_too_is_told(bot: app.Bot, client: FlaskClient) -> None:
    bot.desk.drafts.delete_row(ELSE, CASES, ("2",))
    assert "別人 的草稿也改了這一筆" in page(client, "cases/row?key=2")
    assert "也改了" not in page(client, "cases/row?key=1")
    post(client, "cases/row", key="1", **{**CASE, "id": "1"})
    assert "別人 也有還沒上線的草稿" in page(client, "draft")


# the workbook


def upload(client: FlaskClient, data: bytes, name: str, **fields: str) -> TestResponse:
    return post(client, "file", file=(io.BytesIO(data), name), **fields)


def changed(title: str = "檔案裡的") -> Library:
    return replace(SMALL, cases=(SMALL.cases[0], replace(SMALL.cases[1], title=title)))


def test_the_workbook_goes_down_and_up(bot: app.Bot, client: FlaskClient) -> None:
    answer = client.get("/admin/library/file/download")
    assert str(answer.mimetype).endswith("spreadsheetml.sheet")
    assert "attachment" in answer.headers["Content-Disposition"]
    said = plain(upload(client, answer.data, "案例庫.xlsx"))
    assert "讀了 案例庫.xlsx：案例 2 列、問法 24 列、法規 1 列、一般提醒 1 列。沒有讀的工作表：說明。" in said
    assert "你沒有草稿" in said
    assert "修改 第 2 案「檔案裡的」" in plain(upload(client, library_workbook.to_bytes(changed(), 0), "案例庫.xlsx"))
    assert edits(bot) == ["第 2 案「檔案裡的」"]


def case_rows() -> Rows:
    listed = [
        [str(case.id), case.title, case.situation, *map("\n".join, (case.citations, case.countermeasures))]
        for case in changed().cases
    ]
    return [["編號", "標題", "情境", "涉及法規", "建議做法"], *listed]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", as_csv(changed(), CASES)),
        ("big5.csv", as_csv(changed(), CASES).decode("utf-8-sig").encode("cp950")),
        ("a.ods", ods(("案例", case_rows()), ("會議", [["不相干"]]))),
        ("a.xlsx", xlsx(("案例", case_rows()), ("會議", [["不相干"]]))),
    ],
    ids=["csv", "big5", "ods", "xlsx"],
)
def test_other_formats_are_read(bot: app.Bot, client: FlaskClient, name: str, data: bytes) -> None:
    said = plain(upload(client, data, name))
    assert f"讀了 {name}：案例 2 列。" in said
    assert edits(bot) == ["第 2 案「檔案裡的」"]
    assert ("沒有讀的工作表：會議" in said) == (not name.endswith("csv"))


def test_a_bad_file_says_where_and_changes_nothing(bot: app.Bot, client: FlaskClient) -> None:
    post(client, "cases/remove", key="1")
    rows = [["問法", "案例"], ["好的問法", "1"], ["", "2"], ["公式", "77"], [HOSTILE, "x"]]
    answer = upload(client, xlsx(("問法", rows)), "壞.xlsx", replace="1")
    assert answer.status_code == 400
    said = plain(answer)
    for problem in (
        "檔案沒有收下，案例庫和草稿都沒有更動",
        "工作表「問法」第 3 列「問法」欄 ：空白，請填寫",
        "第 4 列「案例」欄 ：「77」不是案例編號",
    ):
        assert problem in said
    assert "<script>alert" not in answer.text
    assert edits(bot) == ["第 1 案「空拍」"]


def test_very_many_complaints_are_cut(client: FlaskClient) -> None:
    rows = [["問法", "案例"], *([f"問法{number}", "77"] for number in range(130))]
    answer = upload(client, xlsx(("問法", rows)), "壞.xlsx")
    assert "……還有 30 處" in answer.text


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x00" * 50], ids=["empty", "zip", "ole", "nul"]
)
def test_what_is_no_spreadsheet_is_refused(bot: app.Bot, client: FlaskClient, data: bytes) -> None:
    assert upload(client, data, "a.xlsx").status_code == 400
    assert edits(bot) == []


def test_a_draft_is_replaced_only_when_that_is_ticked(bot: app.Bot, client: FlaskClient) -> None:
    assert "還沒有選" in post(client, "file").text
    post(client, "cases/remove", key="1")
    data = library_workbook.to_bytes(changed(), 0)
    answer = upload(client, data, "案例庫.xlsx")
    assert "請勾選「取代我的草稿」" in answer.text
    assert edits(bot) == ["第 1 案「空拍」"]
    upload(client, data, "案例庫.xlsx", replace="1")
    assert edits(bot) == ["第 2 案「檔案裡的」"]


# what it would change, and going live


def test_from_an_edit_to_the_answer(bot: app.Bot, client: FlaskClient) -> None:
    assert "你沒有草稿" in page(client, "draft")
    post(client, "try/teach", question="會議逐字稿給廠商可以嗎", label="2")
    page(client, "draft")
    said = page(client, "draft")
    assert "新增 「會議逐字稿給廠商可以嗎」" in said
    assert "屬於第 2 案" in said
    assert "準確率（原有的 24 句問法，藏起來再問）" in said
    assert "直接答對" in said
    answer = plain(publish(client, note=" 補一句\x00問法 "))
    assert "第 1 版上線了" in answer
    assert "補一句問法" in answer
    assert bot.library.current().questions[-1].text == "會議逐字稿給廠商可以嗎"
    assert "你沒有草稿" in page(client, "draft")


def test_the_check_is_a_part_of_the_page(client: FlaskClient) -> None:
    post(client, "cases/row", key="2", **{**CASE, "id": "2"})
    part = client.get("/admin/library/draft/check", headers=PART).text
    assert "<html" not in part
    assert "影響" in part


def test_a_refused_step_says_why_and_keeps_the_note(bot: app.Bot, client: FlaskClient) -> None:
    post(client, "cases/row", key="2", **{**CASE, "id": "2"})
    page(client, "draft")
    answer = post(client, "draft/publish", digest="old", note="為了這個")
    assert answer.status_code == 409
    assert "剛才變了" in answer.text
    post(client, "draft/matters", number="2", fate="keep")
    page(client, "draft")
    assert 'value="為了這個"' in client.get("/admin/library/draft/check", headers=PART).text
    publish(client, agreed="1", note="為了這個")
    post(client, "cases/remove", key="1")
    page(client, "draft")
    assert "為了這個" not in client.get("/admin/library/draft").text
    assert bot.store.library_versions.newest_number() == 1


def test_objections_are_ticked(bot: app.Bot, client: FlaskClient) -> None:
    for word in ("給廠商", "傳出去"):
        post(client, "questions/remove", key=[f"會議錄音{word}可以嗎", "1"])
    page(client, "draft")
    assert "上線前請先看過：" in page(client, "draft")
    answer = publish(client)
    assert answer.status_code == 409
    assert "請勾選「我看過，仍要上線」" in answer.text
    assert "第 1 版上線了" in plain(publish(client, agreed="1"))


def test_another_matter_is_decided(bot: app.Bot, client: FlaskClient) -> None:
    situation = "同仁把營區跑道與大門的照片、影片給人看。"
    for fate, left in (("keep", 8), ("drop", 0)):
        post(client, "cases/row", key="2", **{**CASE, "id": "2", "title": "營區畫面", "situation": situation})
        page(client, "draft")
        assert "編號沒變，內容卻像換成了另一件事" in page(client, "draft")
        post(client, "draft/matters", number=["2", "x"], fate=fate)
        page(client, "draft")
        assert "換成了另一件事" not in page(client, "draft")
        library = bot.desk.drafts.of(EDITOR).library
        assert sum(question.case_id == 2 for question in library.questions) == left
        assert "草稿捨棄了" in plain(post(client, "draft/discard"))


def test_what_somebody_else_changed_is_told_and_decided(bot: app.Bot, client: FlaskClient) -> None:
    (seen,) = re.findall(r'name="made_on" value="(\d+)"', client.get("/admin/library/cases/row?key=2").text)[:1]
    bot.library.save(changed("別人的"), "別人")
    answer = plain(post(client, "cases/row", key="2", made_on=seen, **{**CASE, "id": "2", "title": "我的"}))
    assert "別人先改了" in answer
    assert "標題 別人的 我的" in answer
    assert "先處理上面的問題，才能比對影響" in answer
    assert "這一筆用你的" in plain(post(client, "draft/insist", table="cases", key="2"))
    assert "別人先改了" not in page(client, "draft")
    page(client, "draft")
    publish(client)
    assert [case.title for case in bot.library.current().cases] == ["空拍", "我的"]


def test_a_draft_that_has_become_wrong_says_what(bot: app.Bot, client: FlaskClient) -> None:
    post(client, "cases/new", **CASE)
    post(client, "questions/new", question="隨身碟可以嗎", label="3")
    post(client, "cases/revert", key="3")
    said = page(client, "draft")
    assert "草稿裡有不能收的內容" in said
    assert "「隨身碟可以嗎」（第 3 案）「案例」 ：「3」不是案例編號" in said
    assert 'name="digest"' not in client.get("/admin/library/draft").text


def test_a_long_draft_is_cut(bot: app.Bot, client: FlaskClient) -> None:
    bot.desk.drafts.add_questions(EDITOR, [f"第{number}種問法" for number in range(230)], 1)
    assert "還有 30 處沒有列出" in page(client, "draft")


# versions


def test_versions_are_compared_and_come_back(bot: app.Bot, client: FlaskClient) -> None:
    assert "還沒有上線過" in page(client, "versions")
    bot.library.save(changed("一"), "王小明", "第一次")
    bot.library.save(changed("二"), "李編輯", HOSTILE)
    said = page(client, "versions")
    assert "第 2 版（現在用的）" in said
    assert "王小明 第一次 2 個案例、24 句問法、1 條法規、1 則一般提醒" in said
    assert "<script>alert" not in client.get("/admin/library/versions").text
    told = page(client, "versions/compare?before=1&now=2")
    assert "從第 1 版到第 2 版 回版本 案例 修改 1 第 2 案「二」 標題 一 二" in told
    assert "兩版的內容一樣" in page(client, "versions/compare?before=2&now=2")
    assert "從程式附的案例庫到第 1 版" in page(client, "versions/compare?before=0&now=1")
    assert "存成第 3 版" in plain(post(client, "versions/restore", version="1"))
    assert bot.library.current().cases[1].title == "一"
    assert "存成第 4 版" in plain(post(client, "versions/restore", version="0"))
    assert bot.library.current() == SMALL


@pytest.mark.parametrize("number", ["77", "-1", "x", "99999999999999999999"])
def test_versions_that_are_not_there(bot: app.Bot, client: FlaskClient, number: str) -> None:
    bot.library.save(changed(), "王小明")
    if number != "x":
        answer = client.get(f"/admin/library/versions/compare?before={number}&now=1", follow_redirects=True)
        assert "沒有第" in answer.text
    assert "沒有第" in plain(post(client, "versions/restore", version=number))
    assert bot.store.library_versions.newest_number() == 1


# 試問


def test_a_question_is_tried_and_leaves_nothing(bot: app.Bot, client: FlaskClient) -> None:
    assert "打一句話" in page(client, "try")
    question = "空拍機拍的照片可以給 A123456789 看嗎"
    before = dump(bot.store)
    for headers in ({}, PART):
        token = token_of(client.get("/admin/library/try").text)
        answer = client.post("/admin/library/try", data={"csrf_token": token, "question": question}, headers=headers)
        assert ("<html" in answer.text) == (not headers)
        assert "A123456789" not in answer.text
        assert "身分證字號" in answer.text
        said = plain(answer)
        assert "第 1 案「空拍」" in said
        assert "最像的問法：「空拍機拍的照片可以給人看嗎」" in said
        assert re.search(r"\d+\.\d%", said)
    bot.write_counts()
    assert dump(bot.store) == before, "nothing kept, nothing counted"


def dump(store: Store) -> list[Any]:
    """All that the store keeps, but for who is logged in."""
    from sqlalchemy import select

    from store.tables import metadata

    with store.transaction() as connection:
        return [
            (table.name, connection.execute(select(table)).all())
            for table in metadata.sorted_tables
            if table.name not in ("sessions", "console_sessions")
        ]


def test_a_wording_that_was_tried_is_taught(bot: app.Bot, client: FlaskClient) -> None:
    post(client, "try/teach", question="逐字稿給廠商可以嗎", label="ai-tools", happened="1")
    (edit,) = bot.desk.drafts.of(EDITOR).edits
    assert edit.after == ("逐字稿給廠商可以嗎", "0", "學習", "", "ai-tools", "是")
    assert "不是案例編號" in plain(post(client, "try/teach", question="x", label="77"))
    assert "空白，請填屬於哪一案" in plain(post(client, "try/teach", question="x", label=""))
    assert "空白" in plain(post(client, "try/teach", question=" ", label="1"))
    assert post(client, "try/teach", question="x", label="9" * 5000).status_code == 200
    assert len(edits(bot)) == 1
    assert edit.table == QUESTIONS


# what askers handed over


def test_a_case_begun_from_missed_questions_takes_them_along(bot: app.Bot, client: FlaskClient) -> None:
    keep(bot.store, "隨身碟可以帶回家嗎", HOSTILE)
    waiting = keys(bot.store)
    form = client.get("/admin/library/cases/new?" + "&".join(f"missed={key}" for key in waiting)).text
    assert "隨身碟可以帶回家嗎" in form
    assert "<script>alert" not in form
    answer = post(client, "cases/new", **{**CASE, "title": ""}, missed=waiting)
    assert "隨身碟可以帶回家嗎" in answer.text, "an error keeps them"
    post(client, "cases/new", **CASE, missed=waiting)
    assert len(edits(bot)) == 3
    assert keys(bot.store) == []


def test_missed_questions_that_cannot_be_taught_are_told_and_stay(bot: app.Bot, client: FlaskClient) -> None:
    keep(bot.store, "=不能當問法")
    waiting = keys(bot.store)
    said = plain(post(client, "cases/new", **CASE, missed=waiting))
    assert "存進草稿了" in said
    assert "這些說法現在不能當問法，還留在這裡" in said
    assert keys(bot.store) == waiting
