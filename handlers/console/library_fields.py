"""How each column of the library's tables is typed into a form, and how its rows are listed."""

from collections.abc import Mapping
from typing import NamedTuple

from retrieval.guide_rows import APPROVED, DRAFT, GUIDES
from retrieval.library_rows import CASES, HAPPENED_WORDS, LAWS, QUESTIONS, USES
from retrieval.sheets.reader import Column, Table


class Field(NamedTuple):
    """A column in a form: "line", "text" of so many rows, or "choice" of values with their titles."""

    name: str
    heading: str
    kind: str = "line"
    rows: int = 1
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False


_USES = tuple((word, word) for word in USES.values())
_YES = (("", "還沒做，只是問問"), (HAPPENED_WORDS[0], "已經發生"))
_FORMS: Mapping[Table, Mapping[str, tuple[str, int, str, tuple[tuple[str, str], ...]]]] = {
    CASES: {
        "situation": ("text", 4, "發生了什麼事。卡片會顯示前面約 300 字。", ()),
        "laws": ("text", 4, "一項一行，例如：刑法第132條（洩漏國防以外秘密罪）。", ()),
        "countermeasures": ("text", 6, "一項一行。", ()),
        "first_aid": ("text", 6, "事情已經發生時照順序做什麼，一項一行；空白就用一般的緊急處理步驟。", ()),
        "agency": (
            "line",
            1,
            "建議做法的第幾項是機關要做、問的人做不來的，例如 1、3；其餘列為「你可以做」。",
            (),
        ),
        "advice": ("text", 2, "一兩句直接說要做、不要做什麼，放在「你可以做」的最前面；一項一行，可以空白。", ()),
    },
    QUESTIONS: {
        "question": ("line", 1, "寫得像一般人在手機上打的字。", ()),
        "use": ("choice", 1, "學習：機器人從這句學。驗收：只拿來考它。", _USES),
        "note": ("line", 1, "給自己看的，機器人不讀。", ()),
        "happened": ("choice", 1, "", _YES),
    },
    LAWS: {
        "article": ("line", 1, "132、10-1、49-76（點次範圍）或「全文」。", ()),
        "link": ("line", 1, "核對過條文才填，卡片上才點得到。", ()),
        "gist": ("text", 2, "", ()),
        "penalty": ("text", 2, "", ()),
        "checked": ("line", 1, "例如 2026-11-26。", ()),
    },
    GUIDES: {
        "id": ("line", 1, "小寫英文字母、數字和連字號，例如 ai-tools；之後不要改。", ()),
        "answer": ("text", 4, "", ()),
        "steps": ("text", 5, "一項一行。", ()),
        "laws": ("text", 3, "一項一行；可以空白。", ()),
        "keywords": ("line", 1, "只拿來找，不會顯示；用頓號分開。", ()),
        "status": ("choice", 1, "草案會在卡片上註明；看過沒問題再核定。", ((DRAFT, DRAFT), (APPROVED, APPROVED))),
        "source": ("text", 2, "", ()),
    },
}
_OPTIONAL = {
    **{CASES: ("first_aid", "agency", "advice"), QUESTIONS: ("use", "note", "guide", "happened")},
    **{LAWS: ("link", "gist", "penalty", "checked"), GUIDES: ("laws", "keywords", "status", "checked", "source")},
}
# What a list shows of a row: columns by name, the first of them opens the row.
LISTED = {
    CASES: ("id", "title"),
    QUESTIONS: ("question", "use", "happened", "note"),
    LAWS: ("law", "article", "gist", "checked"),
    GUIDES: ("title", "id", "status", "checked"),
}


def fields(table: Table) -> list[Field]:
    """The form of a row. What a question belongs to is one field: the columns `case_id` and `guide` together."""
    return [_field(table, column) for column in table.columns if (table, column.name) not in _TOGETHER]


_TOGETHER = {(QUESTIONS, "case_id"), (QUESTIONS, "guide")}


def _field(table: Table, column: Column) -> Field:
    kind, rows, hint, choices = _FORMS[table].get(column.name, ("line", 1, "", ()))
    required = column.name not in _OPTIONAL[table]
    return Field(column.name, column.headings[0], kind, rows, hint, choices, required)
