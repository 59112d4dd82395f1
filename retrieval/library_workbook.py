"""The library as one workbook: 案例, 問法, 法規, 一般提醒, and 說明, which says how to fill them in."""

from collections.abc import Sequence

from retrieval.guide_rows import APPROVED, DRAFT, GUIDES
from retrieval.library import Library
from retrieval.library_rows import CASES, HAPPENED_WORDS, LAWS, QUESTIONS, TABLES, USES, table_rows
from retrieval.sheets import cells
from retrieval.sheets.model import Sheet
from retrieval.sheets.writer import Choice, Layout, to_workbook

HELP_SHEET = "說明"
VERSION = "版本（請不要改）"  # what others have changed since is told apart by it
NEW_CASES, NEW_GUIDES = 100, 30  # so many more than there are can be chosen in 問法
WIDTHS = {
    CASES: (8, 28, 60, 44, 60, 60, 12, 44),
    QUESTIONS: (60, 8, 8, 30, 18, 10),
    LAWS: (28, 10, 40, 50, 50, 14),
    GUIDES: (18, 28, 60, 60, 36, 36, 8, 14, 40),
}
HELP = (
    (
        "這個檔案",
        "是整個案例庫。改好存檔，先檢查（cases check）看會改變什麼，再換上（cases import）；做法在 docs/library.md。",
    ),
    ("案例", "一列一個案例。「編號」是案例的身分：改寫標題或情境時編號不要動，問法才會跟著它；新案例用沒用過的編號。"),
    (
        "案例：涉及法規、建議做法",
        "一格裡一項一行（在 Excel 按 Alt+Enter 換行）。前面要不要寫 1. 2. 3. 都可以，機器人會拿掉。",
    ),
    (
        "問法",
        "一列一種問法，寫得像一般人在手機上打的字。「案例」填案例編號；用詞像、其實不屬於任何案例的，填 0 或「無」。",
    ),
    ("問法：幾句才夠", "一個新案例請寫八句以上，機器人才學得會；寫幾句用詞像、但不是這個案例的，填 0，它才不會亂答。"),
    ("問法：用途", "「學習」：機器人從這句學。「驗收」：只拿來考它，不給它看；考不過就不會換上。空白當作學習。"),
    ("問法：備註", "給自己看的，機器人不讀。"),
    ("問法：一般提醒", "不屬於任何案例、但有一般提醒可以回答的，「案例」填 0，這一欄選它的代號。"),
    ("問法：已經發生", "這句話說的是已經發生的事就填「是」，機器人會先給緊急處理的卡片；還沒做、只是問問的留空白。"),
    (
        "案例：已經發生了",
        "事情已經發生時照順序做什麼，一格裡一項一行。空白時，卡片上改給一般的緊急處理步驟。",
    ),
    (
        "案例：機關應做",
        "建議做法的第幾項是機關要做、問的人做不來的（訂規定、稽核…），例如 1、3。其餘在卡片上列為「你可以做」。",
    ),
    (
        "案例：給問的人",
        "一兩句直接告訴問的人要做、不要做什麼，卡片上放在「你可以做」的最前面；一格裡一項一行，可以空白。",
    ),
    (
        "一般提醒",
        "沒有案例相符時的回答，一列一則。「代號」是它的身分，不要改；「狀態」填「草案」卡片上會註明，看過沒問題就改成「核定」。",
    ),
    ("拿掉一般提醒", "刪掉那一列就好；它的問法先不用，日後同一個代號回來就會再用。"),
    (
        "法規",
        "一列一條。「條號」填 132、10-1、49-76（點次範圍）或「全文」。核對過條文才填「連結」，卡片上才點得到。",
    ),
    ("拿掉案例", "刪掉案例那一列就好。它的問法留在「問法」裡先不用；日後同一個編號的案例回來，問法也跟著回來。"),
    ("改壞了", "每次換上都留有版本：cases versions 看有哪些，cases restore 編號 就回得去。"),
    ("欄名", "請不要改欄名；欄的順序可以換，欄可以拉寬，可以篩選、上色。隱藏或篩選掉的列也算數。"),
)


def to_bytes(library: Library, version: int | None = None) -> bytes:
    """An .xlsx that `library_sheets.read_file` takes again, unchanged to the cell; it says of which version it is."""
    rows = table_rows(library)
    numbers = f"={HELP_SHEET}!$D$2:$D${len(library.cases) + NEW_CASES}"
    guides = f"={GUIDES.names[0]}!$A$2:$A${len(library.guides) + NEW_GUIDES}"
    choices = {
        QUESTIONS: {
            1: Choice(numbers, "案例編號；沒有案例可回答的填 0"),
            2: Choice(f'"{",".join(USES.values())}"', "學習：從這句學。驗收：只拿來考。空白當作學習"),
            4: Choice(guides, "一般提醒的代號；屬於案例的、沒有提醒可回答的留空白"),
            5: Choice(f'"{HAPPENED_WORDS[0]}"', "這句話說的是已經發生的事；還沒做、只是問問的留空白"),
        },
        GUIDES: {6: Choice(f'"{DRAFT},{APPROVED}"', "草案：卡片上註明還沒核定。核定：看過沒問題")},
    }
    numeric = {CASES: (0,), QUESTIONS: (1,)}
    layouts = [
        Layout(
            table.names[0],
            [column.headings[0] for column in table.columns],
            rows[table],
            WIDTHS[table],
            choices.get(table, {}),
            numeric.get(table, ()),
        )
        for table in TABLES
    ]
    return to_workbook([*layouts, _help(library, version)])


def version_of(sheets: Sequence[Sheet]) -> int | None:
    """Of which version a workbook is, as `to_bytes` wrote it; None where it does not say."""
    rows = (row for sheet in sheets if sheet.name == HELP_SHEET for row in sheet.rows.values() if len(row) > 1)
    return next((cells.number(row[1]) for row in rows if row[0] == VERSION), None)


def _help(library: Library, version: int | None) -> Layout:
    """What to fill in where; beside it the numbers that 問法 may choose from, new cases included."""
    listed = len(library.cases) + NEW_CASES
    name = CASES.names[0]
    numbers = ["0", *(f'=IF({name}!A{row}="","",{name}!A{row})' for row in range(2, listed + 1))]
    titles = ["沒有案例", *(f'=IF({name}!A{row}="","",{name}!B{row})' for row in range(2, listed + 1))]
    help = HELP if version is None else (*HELP, (VERSION, str(version)))
    rows = [[*(help[at] if at < len(help) else ("", "")), "", numbers[at], titles[at]] for at in range(len(numbers))]
    return Layout(HELP_SHEET, ("項目", "怎麼填", "", "編號", "現有案例"), rows, (26, 90, 4, 8, 40), formulas=True)
