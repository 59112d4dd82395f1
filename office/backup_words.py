"""What `backup` and `restore` say. Whoever looks after the server may edit the texts between quotation marks.

Names in {braces} are filled in by the program.
"""

COUNTED = {
    "subscribers": "訂閱提醒的人（含退訂的）",
    "accounts": "後台帳號",
    "broadcasts": "提醒",
    "library_versions": "案例庫版本",
    "missed_questions": "交給政風單位的問題",
    "votes": "評價",
    "actions": "後台紀錄",
}
COUNT = "  {what}：{count} 筆"
COUNT_CHANGES = "  {what}：現在 {now} 筆，還原後 {then} 筆"
NOTHING_THERE = "現在沒有資料庫，或裡面沒有這個程式的資料表。"
UNREADABLE_NOW = "現在的資料庫讀不出來（{why}）"

EXISTS = "{path} 已經有了。請換一個檔名；確定要蓋掉的話加上 --yes。"
IN_VAR_DIR = "注意：{path} 在 VAR_DIR 裡，磁碟壞了會一起不見。請放到別的磁碟或別台機器。"
DONE = "已備份到 {path}（{size}）。"
HOLDS = "裡面有（{moment}）："
PRIVATE = (
    "裡面有訂閱名單、同仁交出的問題、後台帳號（含兩步驟驗證的密鑰），是個人資料：只有必要的人能讀，放到別台機器，過期就刪。"
    "檔案權限已設成只有自己能讀；要加密請另外做。"
)
LEFT_OUT = "這些機密不在裡面，請另外保管：{names}。"
NO_SECRETS = "設定裡的機密不備份（目前也沒有設定任何機密）。"
NOT_LOGGED = "後台紀錄沒有寫進去（{why}），備份本身是完整的。"
WROTE = "備份到檔案"

NO_SPACE = "磁碟空間不夠：需要 {needed}，{path} 只剩 {left}。請先清出空間。"
OTHER_STORE = (
    "這是 {theirs} 的備份，現在設定的是 {ours}，不能直接換。"
    "請把 DATABASE_URL 改成 {theirs} 再還原；"
    "只要搬訂閱名單與案例庫，請用 subscribers export/import、cases export/import。"
)
NEWER = "這份備份的資料表（{schema}）比這個程式新。請先把程式更新到做備份的那一版（{program}）以上，再還原。"
IN_USE_SQLITE = "資料庫正在使用中。請先停掉服務（serve、worker、網頁行程），再還原。"
IN_USE_POSTGRESQL = (
    "資料庫還有 {count} 個連線。請先停掉服務（serve、worker、網頁行程）再還原；"
    "確定都停了、只剩看資料的工具，可以加上 --force。"
)
FOUND = "備份是 {moment} 做的，資料表第 {schema} 版，檢查過是完整的。"
ASK = "現在的資料會換成備份裡的，要還原嗎？"
CANCELLED = "已取消，什麼都沒有改。"
RESTORED = "已還原成 {moment} 的資料，資料表是這個程式的版本。"
KEPT_FIRST = "現在的資料先備份在 {path}。"
FORMER = "換下來的放在 {path}：確定沒問題以後請刪掉（裡面是個人資料）；要換回去，停掉服務再把它還原或改回原名。"
HELD = (
    "有 {count} 則提醒在備份時還沒送完或正要送：備份之後可能已經送過，所以先停下來，"
    "不會自動送。請到後台「提醒」或用 tip list 看，確定沒有送過再繼續。"
)
DAY_OVER = "今天的每日提醒可能已經送過，今天不會自動再送一次。"
STOPS_KEPT = "備份之後退訂的 {count} 人，維持退訂。"
STOPS_UNKNOWN = "讀不到備份之後的退訂：那段時間退訂的人會又收到提醒。有這樣的名單，請逐一處理。"
SCHEDULED = "排在以後的 {count} 則提醒會照時間送；備份之後才取消的，請再取消一次。"
OTHER_KEY = (
    "簽署用的鑰匙（SECRET_KEY 或 VAR_DIR/secret_key）和備份時不是同一把：已經發出去的卡片不能再評價，"
    "從 LINE 收回訊息時找不到先前交出的問題。找得到當時那一把就放回去，再重新啟動。"
)
AFTERWARDS = (
    "登入後台的人都要重新登入。備份之後停用的帳號、換過的密碼，回到備份時的樣子，請再看一次 admin list；"
    "備份之後用 privacy erase 刪除的人也會回來，請再刪一次。"
)
SECRETS_BACK = "這些機密不在備份裡，要確認已經設好：{names}。"
RESTORED_LOG = "從 {moment} 的備份還原"
