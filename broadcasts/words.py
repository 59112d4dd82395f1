"""Every sentence about tips in a chat: the tip itself, what admins are asked before it is sent, and how it stands.

An ethics officer may edit the texts between quotation marks; names in {braces} are filled in by the program.
"""

from broadcasts.model import HoldReason, QuotaPolicy, Reason, RecipientStatus, Status

# The card of a tip
TIP_TITLE = "提醒"
TIP_LABEL = "今日提醒（第 {id} 案）"
TIP_SUMMARY = "今日提醒：{measure}（{title}）"
TIP_LAW = "為什麼"
TIP_MEASURE = "可以這樣做"
LAW_TEXT = "看法條"
OPEN_CASE = "看案例"
TIP_GUIDE_LABEL = "今日提醒（一般提醒）"
OPEN_GUIDE = "看這則一般提醒"
TIP_EMPTY = "提醒沒有文字，請寫一句話。"
TIP_TOO_LONG = "提醒太長：{size} 個字，最多 {limit} 個字（表情符號算兩個），請精簡。"
TIP_TOO_MANY_LINKS = "提醒裡有 {count} 個網址和電話，最多 {limit} 個，請少放幾個。"
TIP_LINK_TOO_LONG = "有一個網址太長（編碼後超過 {limit} 個字元），平台不收。請換一個短的網址。"
TIP_ERASED = "內容已刪除"
TIP_CASE = "相關案例：{title}"

# Sending a tip
CONFIRM = "確認"
BAD_TIP_TITLE = "這一則不能送"
CANCEL = "取消"
CONFIRM_PIGGYBACK = "確認：LINE 隨回答附上"
CONFIRM_SOME = "確認：LINE 送到額度用完"
PREVIEW_LABEL = "預覽，還沒送出"
PREVIEW_PEOPLE = "將送給 {people}。"
PREVIEW_NOBODY = "目前沒有人訂閱。"
PREVIEW_QUOTA = "LINE 會用掉 {cost} 則額度，本月還剩 {left} 則。"
PREVIEW_UNLIMITED = "LINE 會用掉 {cost} 則，本月沒有上限。"
PREVIEW_UNKNOWN = "LINE 會用掉 {cost} 則；現在查不到本月剩下的額度。"
PREVIEW_SHORT = (
    "額度不夠送給每個人。可以隨今天的回答免費附上（有來問的人才看得到），或送到額度用完（上次沒收到的人優先）。"
)
PREVIEW_APPROVALS = "需要 {count} 位管理者確認，60 分鐘內沒有確認就作廢。"
PREVIEW_APPROVALS_BY_THEN = "需要 {count} 位管理者確認，到時候沒有湊齊就作廢。"
GOES_OUT_AT = "排在 {when} 送出。"
ASK_TO_CONFIRM = "請看過內容再按確認。"
CONFIRMED = "開始送出，送完會告訴你結果。"
CONFIRMED_FOR_LATER = "排好了，時間到就會送出。"
NEEDS_MORE_TITLE = "已記下你的確認"
NEEDS_MORE_BODY = "還需要另外 {count} 位管理者確認。我會通知他們；他們打「推播」也會看到這一則。"
TOO_FEW_ADMINS = (
    "但目前只有 {admins} 位管理者，湊不齊，這一則會作廢。"
    "請系統管理者在 {settings} 加上其他人（請對方打「我的編號」就看得到編號）。"
)
PREVIEW_PRIVATE = "裡面像是有{kinds}，會照這樣送給每個人。請確認可以公開；可以的話（例如機關的電話）就照常送。"
PREVIEW_AGAIN = "同樣的內容今天已經送過一次，再送大家會收到兩則。"
UNDER_WAY = "第 {id} 則提醒目前是「{status}」。"
SEE_STANDING = "看第 {id} 則進度"
QUOTA_POLICY_CHOSEN = {
    QuotaPolicy.PIGGYBACK: "LINE 會隨今天的回答免費附上（有來問的人才看得到）。",
    QuotaPolicy.SOME: "LINE 會送到額度用完（上次沒收到的人優先）。",
}
LOOK_AGAIN = "更新進度"
PAUSE = "暫停"
RESUME = "繼續"
GIVE_UP = "不送了"
RESEND = "再送給無法確定的人"
TOO_LATE_TITLE = "這一則已經不能改了"
TOO_LATE_BODY = "它可能已經送出、取消或逾時作廢。打「推播」可以重新開始。"
BROADCAST_DOWN_TITLE = "現在不能推播"
BROADCAST_DOWN_BODY = "資料庫暫時無法使用，請稍後再試。"
PEOPLE = "{channel} {count} 人"

# How a tip stands
STATUS = {
    Status.DRAFT: "等待確認",
    Status.APPROVED: "準備送出",
    Status.SENDING: "傳送中",
    Status.PAUSED: "暫停",
    Status.DONE: "完成",
    Status.LAPSED: "逾時作廢",
    Status.CANCELLED: "已取消",
}
SCHEDULED = "排好了"
STANDING = {
    Status.DRAFT: "第 {id} 則提醒等待確認",
    Status.APPROVED: "第 {id} 則提醒準備送出",
    Status.SENDING: "第 {id} 則提醒傳送中",
    Status.PAUSED: "第 {id} 則提醒暫停了",
    Status.DONE: "第 {id} 則提醒送完了",
    Status.LAPSED: "第 {id} 則提醒逾時作廢",
    Status.CANCELLED: "第 {id} 則提醒已取消",
}
WHY_NOBODY = {
    Status.DRAFT: "還沒送出。",
    Status.APPROVED: "馬上就開始。",
    Status.DONE: "目前沒有人訂閱，所以沒有送給任何人。",
    Status.LAPSED: "沒有送給任何人。打「推播」可以重新開始。",
    Status.CANCELLED: "沒有送給任何人。",
}
WHY_LAPSED = {
    Reason.TOO_FEW_APPROVED: "到期限為止，確認的人數不夠。",
    Reason.MISSED: "過了時間一小時還沒能開始（程式沒有在執行，或查不到 LINE 的額度）。",
    Reason.RESTORED: "資料庫是從備份還原的，備份之後這一則可能已經送過了，所以不自動送。確定沒有送過，再重新推播。",
}
TALLY = "已送 {sent} 人，失敗 {failed} 人，無法確定 {unknown} 人，還沒送 {pending} 人。"
LEFT_OUT = "額度不夠，這次有 {count} 人沒有送，下次優先。"
PIGGYBACKING = {
    Status.SENDING: "LINE 額度不夠送給每個人，提醒今天會隨每個人的下一個回答免費附上。",
    Status.DONE: "LINE 的提醒是隨回答附上的；當天沒有來問的人沒有看到，算在失敗裡。",
}
PAUSED_BY_ADMIN = "管理者按了暫停。"
PAUSED_AS_RESTORED = (
    "資料庫是從備份還原的，備份之後可能已經送給了其中一些人，所以先停下來。"
    "繼續的話，有人會收到兩次；確定沒有送過再繼續，不然就不送了。"
)
GIVEN_UP = "還沒收到的人不會再收到。"
HELD = {
    HoldReason.QUOTA: "{channel} 停下來了：本月的訊息額度已用完，送不出去。加購額度或等下個月，再繼續。",
    HoldReason.TOKEN: "{channel} 停下來了：平台不接受權杖，請檢查 {setting}，改好後再繼續。",
    HoldReason.PLAN: "{channel} 停下來了：平台說這個帳號沒有傳送的權限，請檢查方案與 {setting}，再繼續。",
    HoldReason.FAILURES: "{channel} 停下來了：連續失敗太多次。請看服務的紀錄，確認平台正常後再繼續。",
}

# Why somebody did not get it: what the platform said (a pattern, English) and what it means
REASONS = {
    r"^erased$": "要求刪除自己的資料",
    r"^ride$": "隨回答附上的提醒，當天沒有來問",
    r"^topic closed": "群組裡的主題關閉或刪除了",
    r"^no right to write|^restricted": "群組不讓機器人發言（請群組管理員開放）",
    r"^paid messages": "對方只收付費的訊息",
    r"^upgraded": "群組升級後換了編號（請在群組裡重新訂閱）",
    r"^slow mode": "群組開了慢速模式，試過幾次都輪不到",
    r"^deleted: .*(group|chat) ": "群組解散了",
    r"^not to be written to": "對方沒有對機器人說過話，或本身是機器人",
    r"^(blocked|deleted|left|never there): ": "對方封鎖、離開或刪除了帳號",
    r"blocked|deactivated|not found|kicked|PEER_ID_INVALID": "對方封鎖、離開或刪除了帳號",
    r"\b401\b|unauthorized|authentication": "平台不接受權杖（請系統管理者檢查設定）",
    r"monthly limit": "本月的訊息額度用完了",
    r"no answer in time": "平台沒有及時回應",
    r"connection lost|cannot connect|_PROXY|SSL_CERT_FILE": "和平台的連線中斷",
    r"\b429\b|too many": "平台太忙，試過幾次都沒有成功",
    r"answered 5\d\d": "平台故障",
    r"answered 403": "對方不收機器人的訊息",
    r"answered 400": "平台不接受這個帳號或這則內容",
}
WHY_STATUS = {RecipientStatus.FAILED: "為什麼失敗", RecipientStatus.UNKNOWN: "為什麼無法確定"}
REASON_LINE = "  {reason}：{people} 人"
OTHER_REASON = "其他（平台說：{error}）"
NO_REASON = {
    RecipientStatus.FAILED: "開始送之後退訂或離開了",
    RecipientStatus.UNKNOWN: "送到一半中斷了，不知道有沒有收到",
    RecipientStatus.PENDING: "還沒送",
    RecipientStatus.CALLING: "正在送",
    RecipientStatus.SENT: "已送",
}

# A sample to oneself
SAMPLE_CHANNEL_OFF = "{channel} 沒有開啟，不能試送到那裡。"
SAMPLE_NO_ADDRESS = "這不是 {channel} 的編號（應該是{form}）。在 {channel} 對機器人打「我的編號」就看得到。"
SAMPLE_GONE = "{channel} 送不到這個編號：請先在 {channel} 加機器人為好友，並對它說一句話。"
SAMPLE_LATER = "{channel} 現在連不上或太忙，請過一會兒再試送。"
SAMPLE_IN_DOUBT = "{channel} 沒有回應，可能已經送到。請看看手機；沒收到再試送一次。"
SAMPLE_FAILED = "{channel} 不收這則提醒（{error}）。"
SAMPLE_HELD = {
    HoldReason.QUOTA: "{channel} 本月的訊息額度已用完，不能試送。",
    HoldReason.TOKEN: "{channel} 不接受權杖，請系統管理者檢查 {setting}。",
    HoldReason.PLAN: "{channel} 說這個帳號沒有傳送的權限，請系統管理者檢查方案與 {setting}。",
    HoldReason.FAILURES: "{channel} 現在連不上，請過一會兒再試送。",
}

# The calendar of daily tips
NO_SUCH_TIP = "案例庫裡沒有這一則，可能剛剛改過。請重新選一則。"
DAY_IS_OVER = "這一天不能改：已經過了、已經送出，或不是上班日。"
DAY_TOO_FAR = "這一天太遠，還排不到。"
NO_DAILY_TIP = "沒有每日提醒：系統管理者還沒有設定 TIP_TIME。"

# When
TIME_UNREADABLE = "看不懂這個時間，請寫成 2026-11-26 09:00（年-月-日 時:分，24 小時制）。"
TIME_NOT_THERE = "沒有這一天或這個時間，請看看月份、日期和時分。"
TIME_OVER = "{when} 已經過了（現在是 {now}），請選之後的時間。"
TIME_TOO_FAR = "{when} 離現在超過一年，是不是年份打錯了？"

IS_WORKDAY = "{day}是上班日。"
IS_NO_WORKDAY = "{day}不是上班日（週末或放假），大家可能不會看。"

# Lists
TO_COME = "接下來"
BEFORE = "送過的（新的在上面）"
LISTED = "  第 {id} 則　{when}　{status}　{tip}"
LISTED_DAILY = "  每日提醒　{when}　{tip}"
SKIPPED = "（跳過，不送）"
NOTHING_TO_COME = "  沒有排好的提醒。"
NOTHING_BEFORE = "  還沒有送過。"

# What is written into the log of actions
COMMAND_LINE = "指令列"
PROGRAM = "程式（自動）"
TIP_NUMBER = "第 {id} 則提醒"
AT_ONCE = "確認後馬上送"
OWN_TIP = "自己寫的，{size} 個字"
DRAFTED = "新增，{when}：{tip}"
DAILY_MADE = "{day} 的每日提醒：{tip}"
APPROVED = "確認，可以送出"
APPROVED_LACKING = "確認，還差 {count} 位"
STARTED = "開始送出"
PAUSED = "暫停"
RESUMED = "繼續"
CANCELLED = "取消"
TRIED_OUT = "試送給自己"
RESENT = "再送給無法確定的 {count} 人"
LAPSED = "逾時作廢"
DAILY_OF = "{day}的每日提醒"
DAY_REPLACED = "換成：{tip}"
DAY_SKIPPED = "跳過，不送"
DAY_RESTORED = "回到原來的：{tip}"
