"""The table of laws: rows in any writing are known, and articles have the names that people say."""

import pytest

from retrieval.laws import Article, LawBook
from tests.test_citations import HANDBOOK, PENAL

BOOK = LawBook(
    (
        Article("刑法", "第一百三十二條", "https://example.tw/132", "gist"),
        Article(HANDBOOK, "49至76"),
        Article("國家賠償法", ""),
        Article("公司法", "十百"),
    )
)


def test_a_book_is_asked_by_official_name_and_key() -> None:
    (article,) = BOOK.read("違反刑法第132條（洩密）。").articles
    assert article == Article(PENAL, "132", "https://example.tw/132", "gist", unit="條")
    assert BOOK.read("違反刑法第132條（洩密）。").citation == "違反刑法第132條（洩密）"


@pytest.mark.parametrize(
    ("citation", "name", "known"),
    [
        ("刑法第132條", "中華民國刑法第132條", True),
        ("刑法第133條之1", "中華民國刑法第133條之1", False),
        ("文書處理手冊第49-76點", "文書處理手冊第49點至第76點", True),
        ("文書處理手冊第49條之76", "文書處理手冊第49條之76", False),
        ("文書處理手冊第1點之5", "文書處理手冊第1點之5", False),
        ("國家賠償法", "國家賠償法", True),
        ("第132條", "第132條", False),
        ("公司法第1條", "公司法第1條", False),
    ],
)
def test_names_and_rows(citation: str, name: str, known: bool) -> None:
    (article,) = BOOK.read(citation).articles
    assert (article.name, BOOK.knows(article)) == (name, known)


def test_a_row_in_any_writing_is_known() -> None:
    assert BOOK.knows(Article("刑法", "１３２")) and BOOK.knows(Article(HANDBOOK, "49-76"))
    assert not BOOK.knows(Article(PENAL, "13"))
