"""What the office is told in words, on the command line and in the console; the pages' own sentences are in their
templates. An ethics officer may edit the texts between quotation marks.
"""

from office.credentials import MIN_PASSWORD
from office.model import Action, Refusal, Role

ROLES = {Role.EDITOR: "編輯（案例庫）", Role.SENDER: "推播（提醒）", Role.OWNER: "管理者"}

REFUSED = {
    Refusal.NOT_LET_IN: (
        "帳號或密碼不對。連續錯五次的帳號會先鎖十五分鐘，這時密碼對了也進不來；急的話請管理者按「重設」。"
    ),
    Refusal.WRONG: "密碼或驗證碼不對。",
    Refusal.LOCKED: "這個帳號連續五次沒有通過，先鎖住，十五分鐘後再試；急的話請管理者按「重設」。",
    Refusal.BAD_NAME: "帳號名稱只能用文字、數字與 . @ - _，最多 40 個字。",
    Refusal.TAKEN: "帳號 {name} 已經有人用了，請換一個名稱；忘了密碼請用「重設」（admin reset）。",
    Refusal.SHORT: f"密碼至少要 {MIN_PASSWORD} 個字，可以用一句話。",
    Refusal.SAME: "新密碼要和原來的不一樣。",
    Refusal.LAST_OWNER: "{name} 是最後一位管理者，不能停用或改成別的角色。請先讓另一個帳號當管理者。",
    Refusal.NO_SUCH: "沒有帳號 {name}。",
    Refusal.EXPIRED: "這個邀請連結已經用過或過期了，請管理者再邀請一次。",
    Refusal.ALREADY_ON: "第二道驗證已經開了。換手機的話，先關閉，再重新開啟。",
}

NOT_THE_SAME = "兩次輸入的密碼不一樣，請再輸入一次。"
NO_ADDRESS = "這不是編號，請填{form}；在聊天室打「我的編號」就看得到。"
GONE_INVITATION = "它可能用過了、過期了（三天內有效），或被收回。請管理者再邀請一次。"

ACTIONS = {
    Action.LOGIN: "登入",
    Action.LOGIN_FAILED: "登入失敗",
    Action.LOGOUT: "登出",
    Action.PASSWORD: "換密碼",
    Action.SECOND_FACTOR: "第二道驗證",
    Action.ACCOUNT: "帳號異動",
    Action.EDIT: "編輯草稿",
    Action.IMPORT: "上傳試算表",
    Action.PUBLISH: "上線",
    Action.RESTORE: "退回版本",
    Action.MISSED: "問不到的",
    Action.TIP: "提醒",
    Action.TIP_DAY: "提醒行事曆",
    Action.SUBSCRIBERS: "訂閱名單",
    Action.ERASED: "刪除個人資料",
    Action.BACKUP: "備份與還原",
    Action.FORGOTTEN: "到期刪除紀錄",
}

# What the log of actions says
STILL_LOCKED = "帳號鎖住時又試了一次"
LOCKS = "連續失敗，帳號鎖住"
BY_APP = "驗證碼"
BY_RECOVERY_CODE = "備用碼"
TURNED_ON = "開啟"
TURNED_OFF = "關閉"
ADDED = "新增，角色是{role}"
INVITED = "邀請，角色是{role}"
WITHDRAWN = "收回邀請"
ACCEPTED = "用邀請連結開通，角色是{role}"
ROLE_NOW = "角色改成{role}"
DISABLED = "停用"
ENABLED = "恢復使用"
RESET = "重設密碼與第二道驗證"
ADDRESSES = "改測試訊息的收件處"

# Drafts of the library
DRAFT = "草稿"
DRAFT_DISCARDED = "捨棄"
CASE = "第 {number} 案"
EDITS = "{count} 處不同"
ROW_TAKEN = "已經有一筆同樣的了，請改用別的，或去改那一筆"
ROW_REMOVED = "移除"
QUESTIONS_ADDED = "加入 {count} 句"

# What a draft would change, and whether it goes live
CHECK_BEGINS = "準備比對"
CHECK_READS = "讀目前的案例庫"
CHECK_IDENTITY = "看編號是不是還指同一件事"
DRAFT_MOVED = "草稿或案例庫剛才變了，請再看一次這一頁，再按上線。"
NOT_CHECKED = "還在比對，請等結果出來再上線。"
MATTERS_OPEN = "有案例換成了另一件事，請先決定原來的問法要留還是要移除。"
NOT_AGREED = "有幾點要先看過：請勾選「我看過，仍要上線」。"
VERSION = "第 {number} 版"
SHIPPED = "程式附的案例庫"
BACK_TO = "退回第 {number} 版"
BACK_TO_SHIPPED = "退回程式附的案例庫"
NO_VERSION = "沒有第 {number} 版，可能打錯了。"
UNREADABLE_VERSION = "第 {number} 版現在讀不出來，請選別的版本；要用它的內容，請找資訊單位。"
MISSED_QUESTIONS = "問不到的"
TAUGHT = "教會 {count} 則"
DISCARDED = "丟棄 {count} 則"
PUT_BACK = "放回 {count} 則"

# 問不到的
NOTHING_TICKED = "還沒有勾選說法。請先勾選要處理的，再按一次。"
NO_LABEL = "還沒有選「教成哪一個」。請選案例、一般提醒或「沒有案例」，再按「教會」。"
GONE_LABEL = "選的那一個已經不在案例庫裡。請重新選，再按「教會」。"
NOT_TAUGHT = "這些說法現在不能當問法，還留在這裡。{reason}"
GONE_QUESTIONS = "這些已經有人處理過，或滿 90 天刪除了。"
NOW_TAUGHT = "教會 {count} 則，成為「{label}」的問法，放進你的草稿了。到「這次會改變什麼」上線後，機器人才會這樣回答。"
NOW_PUT_BACK = "放回 {count} 則。已經放進草稿的問法還在草稿裡；不要的話，請到草稿拿掉。"
NOW_DISCARDED = "丟棄 {count} 則。"

# Wordings that look as if they held private data
LOOKS_PRIVATE = "裡面像是有{kinds}。案例庫的文字大家都看得到，請改成看不出是誰的寫法；確定可以公開，就照常使用。"

# Subscribers, at the command line
EXPORTED = "匯出 {count} 人"
IMPORTED = "匯入 {count} 人"

# Privacy, at the command line and in the log of actions
ERASED_PERSON = "{channel} 的一個人（加鑰雜湊 {digest}）"
ERASED_ROWS = "刪除 {count} 筆"
FILES = {
    "bot.sqlite3.before-restore": "還原之前的資料庫，確定沒問題就可以刪除",
    "bot.sqlite3": "資料庫",
    "queue.sqlite3": "佇列：只有「有事可做」，沒有內容",
    "journal": "資料庫故障時記下的退訂、訂閱、投票，恢復後存進去就刪除",
    "secret_key": "簽署用的鑰匙",
    "metrics": "統計：只有數字",
    "cache": "下次啟動用的：案例庫的索引與斷詞詞典，沒有任何人問過的話",
    "before-restore": "還原之前的資料，確定沒問題就可以刪除",
    "last_backup": "最近一次備份的時間，沒有內容",
}
