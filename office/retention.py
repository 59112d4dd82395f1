"""What is kept and for how long: the one table, which the clock, `privacy report` and the tests read."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from core.handover import KEPT_DAYS

DAY_SECONDS = 86400

HOLDS_PERSON, HOLDS_OFFICE, HOLDS_NOBODY = "個人", "本單位", ""


class Kept(NamedTuple):
    """A table of the store. `days`: for so long, None: see `until`, which says from when, or why there is no end.

    `whose`: whether it names people who use the bot, or people of the office; `since`: its column with a time.
    """

    table: str
    what: str
    days: int | None
    until: str
    whose: str = HOLDS_NOBODY
    since: str = ""


TABLE = (
    Kept(
        "subscribers",
        "訂閱提醒的人：頻道與編號、要或不要",
        90,
        "聯絡不上之後；訂閱中的和說過退訂的會留著",
        HOLDS_PERSON,
        "changed_at",
    ),
    Kept("recipients", "每則提醒送給誰、結果如何", 3, "送完、取消之後；人數另外留著", HOLDS_PERSON),
    Kept("events", "收過的訊息代號（加鑰雜湊），用來不重複回答", 3, "收到之後", HOLDS_NOBODY, "claimed_at"),
    Kept(
        "missed_questions",
        "同仁按鈕交給本單位的問句（遮蔽後）",
        KEPT_DAYS,
        "交出之後；收回訊息就刪除",
        HOLDS_NOBODY,
        "day",
    ),
    Kept("actions", "後台做過的事：誰、什麼時候、做了什麼", 730, "做了之後", HOLDS_OFFICE, "at"),
    Kept("broadcasts", "提醒的內容；取消、作廢的不留自己寫的文字", 730, "結束之後", HOLDS_OFFICE, "created_at"),
    Kept("broadcast_results", "每則提醒的人數", 730, "和提醒一起"),
    Kept(
        "approvals", "誰確認過哪一則提醒", 730, "和提醒一起；收件人刪除時，聊天室管理者的編號只留後四碼", HOLDS_OFFICE
    ),
    Kept("broadcast_channels", "每則提醒在各頻道的情形", 730, "和提醒一起"),
    Kept("batches", "傳送的批次與重送鑰匙", 3, "和收件人一起"),
    Kept("paces", "各頻道下一次可以傳送的時間", None, "只有一個時間，一直改寫"),
    Kept("accounts", "後台帳號：名稱、密碼雜湊、自己的測試編號", None, "帳號還在的時候", HOLDS_OFFICE),
    Kept("sessions", "登入中的瀏覽器（雜湊）", 1, "登入之後；30 分鐘沒動作就結束", HOLDS_OFFICE, "started_at"),
    Kept("invitations", "還沒用的邀請連結（雜湊）", 1, "過期之後（三天內有效）", HOLDS_OFFICE),
    Kept("library_drafts", "還沒上線的案例庫草稿", 365, "最後一次修改之後", HOLDS_OFFICE, "changed_at"),
    Kept("draft_checks", "草稿的比對結果", 365, "和草稿一起", HOLDS_OFFICE, "seen_at"),
    Kept("library_versions", "案例庫的各個版本", None, "可以退回任何一版", HOLDS_OFFICE, "imported_at"),
    Kept("tip_days", "哪一天送哪一則提醒", None, "只有日期與案例", HOLDS_NOBODY, "day"),
    Kept("votes", "卡片有沒有幫助：卡片代號、案例、哪一天", None, "沒有人的資料", HOLDS_NOBODY, "voted_at"),
    Kept("daily_counts", "每天的次數", None, "只有數字", HOLDS_NOBODY, "day"),
    Kept("daily_subscribers", "每天的訂閱人數", None, "只有數字", HOLDS_NOBODY, "day"),
    Kept("workers", "背景工作行程的名稱", 7, "最後出現之後", HOLDS_NOBODY, "seen_at"),
)
DAYS = {kept.table: kept.days for kept in TABLE if kept.days is not None}


class Forgetting(Protocol):
    """What the store forgets (store/forgetting.py, where each method is described)."""

    def recipients(self, before: float) -> None: ...
    def gone_subscribers(self, before: float) -> None: ...
    def tips(self, before: float) -> None: ...
    def drafts(self, before: float) -> None: ...
    def invitations(self, before: float) -> None: ...
    def workers(self, before: float) -> None: ...


class Actions(Protocol):
    """The log of actions (store/actions.py)."""

    def forget_before(self, before: float) -> None: ...


def chores(
    forgetting: Forgetting, actions: Actions, now: Callable[[], float] = time.time
) -> Iterator[tuple[str, Callable[[], None]]]:
    """(table, what forgets the old of it). Deliveries, sessions and handed-over questions have their own."""

    def forget(table: str, act: Callable[[float], None]) -> None:
        act(now() - DAYS[table] * DAY_SECONDS)

    forgets = {
        "recipients": forgetting.recipients,
        "subscribers": forgetting.gone_subscribers,
        "broadcasts": forgetting.tips,
        "library_drafts": forgetting.drafts,
        "invitations": forgetting.invitations,
        "workers": forgetting.workers,
        "actions": actions.forget_before,
    }
    for table, act in forgets.items():
        yield table, partial(forget, table, act)
