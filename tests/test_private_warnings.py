"""The check that masks questions warns of private data in a tip and in a wording, and lets a person decide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app
from broadcasts import admin_cards
from broadcasts.tips import Tip
from core.contact import Office
from office import private_wordings
from office.model import Role
from retrieval import library_sheets
from retrieval.library import Library
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from tests.support.console import logged_in, token_of
from tests.support.office import small_bot
from tests.support.workbooks import xlsx

PRIVATE = "檢舉人王大明的手機0912-345-678可以給人嗎"
ORDINARY = "檢舉人的手機可以給人嗎"
OFFICE = Office("政風室", phone="02-2345-6789", phone_url="tel:+886223456789")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[app.Bot]:
    bot = small_bot(tmp_path)
    yield bot
    bot.close()


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    return logged_in(bot, Role.OWNER)


def post(client: FlaskClient, path: str, **fields: str) -> str:
    form = {"csrf_token": token_of(client.get("/admin/library/file").text), **fields}
    return client.post(f"/admin/{path}", data=form, follow_redirects=True).text


def test_a_tip_with_private_data_is_warned_of() -> None:
    (line,) = admin_cards.private_lines(Tip.own("請打0912-345-678找王大明先生"), OFFICE)
    assert "電話號碼、姓名" in line
    assert "王大明" not in line


@pytest.mark.parametrize("text", ["有疑問請打02-2345-6789", "下班前，收好公文 https://law.moj.gov.tw/", "刑法第132條"])
def test_the_telephone_of_the_office_and_links_are_no_reason(text: str) -> None:
    assert admin_cards.private_lines(Tip.own(text), OFFICE) == []


def test_the_page_of_a_tip_warns_and_it_can_be_sent_all_the_same(client: FlaskClient) -> None:
    shown = post(client, "tips/new", kind="own", when="now", text="請打0912-345-678找王大明先生")
    assert "裡面像是有電話號碼、姓名" in shown
    assert "裡面像是有" not in post(client, "tips/new", kind="own", when="now", text="下班前，收好公文")


def test_a_row_of_the_library_is_warned_of_but_not_its_laws() -> None:
    assert private_wordings.of_row(QUESTIONS, (PRIVATE, "1", "", "", "", "")) == ("姓名", "電話號碼")
    assert private_wordings.of_row(QUESTIONS, (ORDINARY, "1", "", "", "", "")) == ()
    assert private_wordings.of_row(LAWS, tuple(PRIVATE for _ in LAWS.columns)) == ()
    row = tuple("衛生局字第1130012345號" if column.name == "laws" else "" for column in CASES.columns)
    assert private_wordings.of_row(CASES, row) == ()


def test_the_form_warns_while_it_is_typed_and_the_draft_afterwards(client: FlaskClient) -> None:
    fields = {"question": PRIVATE, "label": "1", "use": "學習", "note": "", "happened": ""}
    assert "裡面像是有姓名、電話號碼" in post(client, "library/questions/check", **fields)
    assert "裡面像是有姓名、電話號碼" in post(client, "library/questions/new", **fields)
    assert "裡面像是有姓名、電話號碼" in client.get("/admin/library/draft").text
    assert "裡面像是有" not in post(client, "library/questions/check", **{**fields, "question": ORDINARY})


def test_a_file_is_warned_of_with_its_cell_and_only_for_what_is_new(bot: app.Bot) -> None:
    live: Library = bot.library.library()
    data = xlsx(("問法", [["問法", "案例"], [ORDINARY, "1"], [PRIVATE, "1"]]))
    read = library_sheets.read_file(data, "問法.xlsx", live)
    (problem,) = private_wordings.of_file(read, live)
    assert "第 3 列「問法」" in problem.where
    assert "王大明" not in str(problem)
    assert list(private_wordings.of_file(read, read.library)) == []
