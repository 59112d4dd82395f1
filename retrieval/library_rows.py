"""Rows of the sheets 案例, 問法 and 法規 as cases, questions and laws, and back; every complaint with its cell.

Those of the sheet 一般提醒 are in guide_rows.py.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from retrieval import guide_rows
from retrieval.citations import article_key
from retrieval.guide_rows import GUIDES
from retrieval.law_names import official_name, usual_unit
from retrieval.laws import LawEntry
from retrieval.library import NO_CASE, Case, Entry, Label, Library, Question, Use
from retrieval.lists import items_of, numbers_of
from retrieval.sheets import cells
from retrieval.sheets.model import Problem, SheetError, SheetRow
from retrieval.sheets.reader import Column, Table

CASES = Table(
    (
        Column("id", ("編號", "案例編號", "案號", "序號", "案例")),
        Column("title", ("標題", "案例標題", "案例名稱", "名稱")),
        Column("situation", ("情境", "案情", "案例情境", "案情摘要", "案例內容")),
        Column("laws", ("涉及法規", "法規", "法令依據", "相關法規")),
        Column("countermeasures", ("建議做法", "策進建議", "因應作為", "防範措施")),
        Column("first_aid", ("已經發生了", "已經發生怎麼辦"), required=False),
        Column("agency", ("機關應做", "機關應做（第幾項）"), required=False),
        Column("advice", ("給問的人", "給問的人的話"), required=False),
    ),
    ("案例", "cases"),
)
QUESTIONS = Table(
    (
        Column("question", ("問法", "問題", "問句")),
        Column("case_id", ("案例", "案例編號", "編號")),
        Column("use", ("用途",), required=False),
        Column("note", ("備註", "註"), required=False),
        Column("guide", ("一般提醒",), required=False),
        Column("happened", ("已經發生",), required=False),
    ),
    ("問法", "題庫", "questions"),
)
LAWS = Table(
    (
        Column("law", ("法規", "法規名稱", "法律名稱")),
        Column("article", ("條號", "條文", "條次")),
        Column("link", ("連結", "網址")),
        Column("gist", ("要點", "條文要點", "摘要")),
        Column("penalty", ("罰則",)),
        Column("checked", ("核對日期", "查核日期"), dates=True),
    ),
    ("法規", "laws"),
)
# What the shipped cases have beside the five columns of cases.csv; a workbook has it in its cases.
DETAILS = Table((*CASES.columns[:2], *CASES.columns[5:]))
TABLES = (CASES, QUESTIONS, LAWS, GUIDES)

USES: dict[Use, str] = {"learn": "學習", "test": "驗收"}
NO_CASE_WORDS = ("0", "無", "沒有")
HAPPENED_WORDS, NOT_HAPPENED_WORDS = ("是", "1"), ("", "否", "0")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

# A case of this size still fits whole into one Telegram message (4,096) and one LINE bubble (30 KB),
# so no channel ever has to cut a law or a countermeasure.
MAX_TITLE = 100
MAX_SITUATION = 5000  # cards show its beginning
MAX_ITEMS = 20
MAX_ITEMS_TEXT = 2400
MAX_FIRST_AID = 1200
MAX_ADVICE = 120
MAX_ADVICE_ITEMS = 4
MAX_ARTICLES = 40
MAX_EXPLAINED = 4000  # Telegram leaves explanations out where they do not fit; LINE goes over to plain text
MAX_ID = 999_999
MAX_QUESTION = 500
MAX_NOTE = 1000
MAX_LAW = {"law": 60, "article": 40, "link": 500, "gist": 200, "penalty": 200, "checked": 40}


def read_cases(rows: Sequence[SheetRow]) -> tuple[Case, ...]:
    """Cases from sheet rows, their laws not yet read; raises SheetError with every problem found."""
    problems = [problem for row in rows for problem in _case_problems(row)]
    problems += cells.doubled(rows, "id", lambda row: cells.number(row.cells["id"]))
    if not rows:
        problems.append(Problem("案例", "只有欄名，沒有任何案例；請至少放一列案例"))
    if problems:
        raise SheetError(*problems)
    return tuple(map(_case, rows))


def read_questions(rows: Sequence[SheetRow], known: Collection[Label | None] | None) -> tuple[Question, ...]:
    """Ways of asking, each of a case or guide in `known` (None: of any). Raises SheetError."""
    uses = {word: use for use, shown in USES.items() for word in (use, shown)}
    questions: list[Question] = []
    problems: list[Problem] = []
    for row in rows:
        guide, use, question = cells.text(row, "guide"), cells.text(row, "use"), cells.text(row, "question")
        number = NO_CASE if guide and not row.cells["case_id"].strip() else _case_number(row.cells["case_id"])
        problems += _question_problems(row, question, uses)
        problems += _label_problems(row, number, guide, known)
        note = cells.text(row, "note")
        happened = cells.text(row, "happened") in HAPPENED_WORDS
        questions.append(
            Question(question, number or NO_CASE, row.number, uses.get(use, "learn"), note, guide, happened)
        )
    if problems:
        raise SheetError(*problems)
    return tuple(questions)


def read_laws(rows: Sequence[SheetRow]) -> tuple[LawEntry, ...]:
    """The table of laws; raises SheetError."""
    problems = [problem for row in rows for problem in _law_problems(row)]
    problems += cells.doubled(rows, "article", _article_in)
    if problems:
        raise SheetError(*problems)
    return tuple(LawEntry(*(cells.text(row, column.name) for column in LAWS.columns)) for row in rows)


def table_rows(library: Library) -> dict[Table, list[list[str]]]:
    """The library as rows of text under the columns of each table, as `read_file` takes them again."""
    return {
        CASES: [
            [
                *(str(case.id), case.title, case.situation),
                *map("\n".join, (case.citations, case.countermeasures, case.first_aid)),
                "、".join(map(str, case.agency)),
                "\n".join(case.advice),
            ]
            for case in library.cases
        ],
        QUESTIONS: [
            [
                *(question.text, str(question.case_id), USES[question.use], question.note, question.guide),
                HAPPENED_WORDS[0] * question.happened,
            ]
            for question in library.questions
        ],
        LAWS: [list(entry) for entry in library.laws],
        GUIDES: guide_rows.rows_of(library.guides),
    }


def article_of(law: str, article: str) -> tuple[str, str | None]:
    """What tells rows of the table of laws apart: 個資法 19 is 個人資料保護法 第19條. None: it is no article."""
    law = official_name(law)
    return law, article_key(article, usual_unit(law))


def _article_in(row: SheetRow) -> tuple[str, str | None]:
    return article_of(cells.text(row, "law"), row.cells["article"])


def _case(row: SheetRow) -> Case:
    return Case(
        id=cells.number(row.cells["id"]) or 0,
        title=" ".join(cells.text(row, "title").split()),
        situation=cells.text(row, "situation"),
        citations=items_of(cells.text(row, "laws")),
        countermeasures=items_of(cells.text(row, "countermeasures")),
        first_aid=items_of(cells.text(row, "first_aid")),
        agency=numbers_of(row.cells.get("agency", "")) or (),
        advice=items_of(cells.text(row, "advice")),
    )


def _case_number(cell: str) -> int | None:
    return NO_CASE if cell.strip() in NO_CASE_WORDS else cells.number(cell)


def _case_problems(row: SheetRow) -> Iterator[Problem]:
    yield from cells.formula_problems(row)
    number = cells.number(row.cells["id"])
    if number is None or not 1 <= number <= MAX_ID:
        yield Problem(row.place("id"), f"{cells.unfit(row.cells['id'], '編號')}，請填 1 以上的整數")
    limits = {"title": MAX_TITLE, "situation": MAX_SITUATION, "first_aid": MAX_FIRST_AID, "advice": MAX_ADVICE}
    yield from cells.length_problems(row, limits, needed=("title", "situation"))
    for column, most in (("laws", MAX_ITEMS), ("countermeasures", MAX_ITEMS), ("advice", MAX_ADVICE_ITEMS)):
        items = items_of(row.cells.get(column, ""))
        if not items and column != "advice":
            yield Problem(row.place(column), "空白，請至少填一項（每項一行）")
        elif len(items) > most:
            yield Problem(row.place(column), f"有 {len(items)} 項，最多 {most} 項，請合併或分成兩個案例")
    yield from _agency_problems(row)
    total = len(row.cells["laws"]) + len(row.cells["countermeasures"])
    if total > MAX_ITEMS_TEXT:
        yield Problem(
            row.place("countermeasures"), f"與法規合計 {total} 個字，一張卡片最多 {MAX_ITEMS_TEXT} 個字，請精簡"
        )


def _agency_problems(row: SheetRow) -> Iterator[Problem]:
    measures, listed = len(items_of(row.cells["countermeasures"])), numbers_of(row.cells.get("agency", ""))
    if listed is None or any(not 1 <= number <= measures for number in listed):
        what = f"「{row.cells['agency'].strip()}」不是建議做法的項次，請填 1 到 {measures} 的數字，例如 1、3，或清空"
        yield Problem(row.place("agency"), what)


def card_problems(entry: Entry) -> Iterator[Problem]:
    """What a card could not show of the laws: too many articles, or too long explanations of them."""
    where = f"第 {entry.id} 案" if isinstance(entry, Case) else f"「{GUIDES.names[0]}」{entry.id}"
    articles = {article for law in entry.laws for article in law.articles}
    explained = sum(len(article.gist) + len(article.penalty) for article in articles)
    if len(articles) > MAX_ARTICLES:
        yield Problem(where, f"引用了 {len(articles)} 條，最多 {MAX_ARTICLES} 條，請合併或分成兩個案例")
    if explained > MAX_EXPLAINED:
        what = f"各條的要點與罰則合計 {explained} 個字，一張卡片最多 {MAX_EXPLAINED} 個字，請在「法規」精簡"
        yield Problem(where, what)


def _question_problems(row: SheetRow, text: str, uses: Collection[str]) -> Iterator[Problem]:
    yield from cells.formula_problems(row)
    yield from cells.length_problems(row, {"question": MAX_QUESTION, "note": MAX_NOTE}, needed=("question",))
    use = row.cells.get("use", "").strip()
    if use and use not in uses:
        yield Problem(row.place("use"), f"「{use}」不是用途，請填 {'或 '.join(USES.values())}")
    happened = cells.text(row, "happened")
    if happened not in HAPPENED_WORDS + NOT_HAPPENED_WORDS:
        yield Problem(row.place("happened"), f"「{happened}」不是 是 或 否，請改成 {HAPPENED_WORDS[0]}，或清空")


def _label_problems(
    row: SheetRow, number: int | None, guide: str, known: Collection[Label | None] | None
) -> Iterator[Problem]:
    """What a question cannot belong to."""
    if number is None or (known is not None and number not in known):
        what = f"{cells.unfit(row.cells['case_id'], '案例編號')}，請填屬於哪一案（現有編號），沒有案例的填 0"
        yield Problem(row.place("case_id"), what)
    elif guide and number != NO_CASE:
        yield Problem(row.place("guide"), f"已經填了第 {number} 案；屬於案例就清空這一格，屬於一般提醒就把案例改成 0")
    if guide and known is not None and guide not in known:
        yield Problem(row.place("guide"), f"「{guide}」不是一般提醒的代號，請填「{GUIDES.names[0]}」裡有的，或清空")


def _law_problems(row: SheetRow) -> Iterator[Problem]:
    yield from cells.formula_problems(row)
    yield from cells.length_problems(row, MAX_LAW, needed=("law",))
    if not row.cells["article"].strip():
        yield Problem(row.place("article"), "空白，請填條號；整部法規請填「全文」")
    elif _article_in(row)[1] is None:
        yield Problem(row.place("article"), f"「{row.cells['article'].strip()}」不是條號，請填像 132、10-1 或 全文")
    link = row.cells["link"].strip()
    if link and not _WEB_ADDRESS.fullmatch(link):
        yield Problem(row.place("link"), "不是網址，請貼上以 https:// 開頭的完整網址，或清空")
