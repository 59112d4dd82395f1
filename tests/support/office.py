"""An office over a real store and a small library, whose checks are worked at once."""

from pathlib import Path

import app
from office.desk import Desk
from office.draft import Draft
from office.model import Actor, Role
from retrieval.guide_rows import GUIDES
from retrieval.laws import LawEntry
from retrieval.library import Case, Guide, Library, Question, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import as_csv
from retrieval.live import LiveLibrary, ShippedLibrary
from store.store import Store
from tests.support.memory import TODAY

WANG, LI = Actor("王小明", Role.OWNER.rights), Actor("李編輯", Role.EDITOR.rights)
SENDER = Actor("陳推播", Role.SENDER.rights)
SECRET = "a-secret-that-no-list-shows"

_BANK = {
    ("空拍機拍的{}可以給人看嗎", 1): ("照片", "影片", "營區", "畫面", "檔案", "圍牆", "跑道", "大門"),
    ("會議錄音{}可以嗎", 2): ("給廠商", "傳出去", "留一份", "放上網", "寄回家", "給同事", "給記者", "轉檔"),
    ("{}怎麼辦理", 0): ("請假", "出差", "加班", "補休", "退休", "調職", "訓練", "考試"),
}
SMALL = assemble(
    (
        Case(1, "空拍", "空拍機拍到營區後上傳。", ("刑法第132條",), ("先申請",)),
        Case(2, "錄音", "錄下會議內容外流給廠商。", ("刑法第132條",), ("不外流",)),
    ),
    tuple(Question(form.format(word), number) for (form, number), words in _BANK.items() for word in words),
    (LawEntry("中華民國刑法", "132", "https://law.example.gov.tw/1", "洩密"),),
    (Guide("ai-tools", "AI 工具", "不要貼上公務資料。", ("先去識別",)),),
)
"""Two cases with eight ways of asking each, eight of nothing, a law, a guide."""


def shipped_in(folder: Path, library: Library = SMALL) -> ShippedLibrary:
    """The library as the files of a release."""
    files = ShippedLibrary(*(folder / f"{name}.csv" for name in ("cases", "questions", "laws", "guides")))
    for path, table in ((files.cases, CASES), (files.questions, QUESTIONS), (files.laws, LAWS), (files.guides, GUIDES)):
        path.write_bytes(as_csv(library, table))
    return files


def small_bot(folder: Path) -> app.Bot:
    """A bot in this folder that ships the small library; checks of drafts are worked before a page shows."""
    files = shipped_in(folder)
    paths = {f"{name.upper()}_PATH": str(getattr(files, name)) for name in ("cases", "questions", "guides")}
    bot = app.Bot(
        app.load_settings({"VAR_DIR": str(folder), "SECRET_KEY": SECRET, "OFFICE_CONTACT": "分機 1234", **paths})
    )
    bot.store.migrate()
    bot.library.shipped = files  # its laws too, which no setting names
    bot.desk = Desk(bot.store, bot.library, lambda account: bot.desk.check_draft(account), bot.today)
    return bot


class Office:
    """The desk of one process. `began`: whose checks were begun; `works`: whether they are worked."""

    def __init__(self, store: Store, shipped: ShippedLibrary, works: bool = True) -> None:
        self.store = store
        self.live = LiveLibrary(shipped, store.library_versions)
        self.began: list[str] = []
        self.works = works
        self.desk = Desk(store, self.live, self._check, lambda: TODAY)

    def _check(self, account: str) -> None:
        self.began.append(account)
        if self.works:
            self.desk.check_draft(account)

    def draft(self, actor: Actor) -> Draft:
        return self.desk.drafts.of(actor)

    def edits(self, actor: Actor) -> list[str]:
        return [edit.name for edit in self.draft(actor).edits]

    def publish(self, actor: Actor, note: str = "", agreed: bool = False) -> int:
        """As the page does it: what was seen is what goes live."""
        draft = self.draft(actor)
        self.desk.draft_checks.state(draft)
        return self.desk.versions.publish(actor, note, draft.digest, agreed)

    def library(self) -> Library:
        """What is live, as another process reads it."""
        return self.live.current()

    def written(self) -> list[tuple[str, str, str, str]]:
        lines = reversed(self.store.actions.find({}, 100))
        return [(line.actor, line.action, line.subject, line.detail) for line in lines]
