"""Every sentence the bot says, and every word it listens for.

An ethics officer may edit the texts between quotation marks; names in {braces} are filled in by the program.
"""

# Words that are a command when they are the whole message.
COMMANDS = {
    "選單": "menu",
    "說明": "help",
    "今日提醒": "tip",
    "退訂": "stop",
    "訂閱": "subscribe",
    "我的編號": "id",
}
BROADCAST = "推播"  # the same, for admins only

# Buttons
MENU = "案例選單"
HELP = "使用說明"
HELPED = "有幫助"
NOT_HELPED = "沒幫助"
NONE_OF_THESE = "都不是"
NEXT_PAGE = "下一頁"
FIRST_PAGE = "回第一頁"

# The card of a case
CASE_LABEL = "最接近的案例（第 {id} 案）"
CASE_OPENED_LABEL = "第 {id} 案"
LAWS = "涉及法規"
ARTICLE = "第{number}條："
PENALTY = "罰則：{penalty}"
NO_PENALTY = "本條無罰則"  # how data/laws.csv says that an article has none of its own
COUNTERMEASURES = "建議做法"
OTHER_CASES = "也可以看看這些案例"
DID_IT_HELP = "這張卡片有幫助嗎？"
OFFICE = "拿不準或已經發生了，請洽{office}。"
OFFICE_WITH_CONTACT = "拿不準或已經發生了，請洽{office}：{contact}"
DISCLAIMER = "本卡片是宣導參考，不是法律意見；個案以主管機關認定為準。"
CASE_SUMMARY = "{title}（第 {id} 案）。涉及 {laws}。建議：{measure}"

# Several cases are close
CHOOSE_TITLE = "你的情況比較像哪一個？"
CHOOSE_BODY = "有幾個案例都有點像，請點最接近的一個。"
EXAMPLE = "例如有人問：「{question}」"
CHOOSE_SUMMARY = "還不能確定是哪一個案例，請選一個：{titles}"

# No case fits
NONE_TITLE = "沒有相符的案例"
NONE_BODY = (
    "我只認得 {count} 個洩密案例，這個問題和它們都不夠像，所以不猜。可以換個說法、多寫一點情境再問一次，或從選單裡找。"
)
NONE_SUMMARY = "沒有相符的案例，所以不猜。可以換個說法，或洽{office}。"
NONE_OF_THESE_TITLE = "好，那就不是這幾個案例"

# Greeting, help, menu
GREETING_TITLE = "你好，我是公務機密小幫手"
GREETING_BODY = (
    "準備做、或已經做了某件事，擔心洩密嗎？用自己的話打給我，例如「可以把確診名單傳給家人嗎」。"
    "我會找出最接近的案例、相關法規和建議做法。也可以直接點下面的案例。"
)
GROUP_GREETING_BODY = "在群組裡我不會主動說話。請先 @我，再打你的問題，例如「@我 可以把確診名單傳給家人嗎」。"
HELP_TITLE = "怎麼使用"
HELP_ITEMS = (
    "直接打問題，一句話就好，例如「隨身碟帶回家加班可以嗎」。",
    "打「選單」看全部案例，打「案例 2」看第 2 案。",
    "群組裡要先 @我，我才會回答。",
    "打「今日提醒」隨時看一則提醒；不想收就打「退訂」，想再收打「訂閱」。",
    "請不要輸入真實姓名、身分證字號或公文內容；我不會留存你的問題。",
)
HELP_HEADING = "小提示"
MENU_TITLE = "案例選單"
MENU_BODY = "點一個情況，看法規和建議做法。"
MENU_PAGE = "第 {page} 頁，共 {pages} 頁"
PRIVACY = "我不會留存你的問題；請不要輸入真實姓名、證號或公文內容。"

# Kind lines
ATTACHMENT_TITLE = "我只看得懂文字"
ATTACHMENT_BODY = "請用一句話描述情況。也請不要把公文、名冊或照片傳到對話裡。"
BLANK_TITLE = "請打一句話告訴我情況"
BLANK_BODY = "例如「印完的密件忘在印表機上怎麼辦」。也可以打「選單」看全部案例。"
OLD_BUTTON_TITLE = "這個按鈕已經不能用了"
OLD_BUTTON_BODY = "它可能是舊的，或案例已經更新。請從選單重新選，或直接打問題。"
NO_SUCH_CASE_TITLE = "沒有這個編號的案例"
NO_SUCH_CASE_BODY = "請從選單重新選，或直接打問題。"
THANKS_TITLE = "謝謝你的回覆"
THANKS_HELPED = "很高興有幫上忙。"
THANKS_NOT_HELPED = "我們會拿來改進。可以換個說法再問一次，或從選單裡找。"

STOPPED_TITLE = "好，不會再主動傳提醒給你"
STOPPED_BODY = "想問的時候隨時可以直接問我。想再收提醒，打「訂閱」就可以。"

# Telegram's menu of commands (shown beside the text box)
COMMAND_MENU = {
    "menu": "看全部案例",
    "help": "使用說明",
    "tip": "看今日提醒",
    "stop": "不再收提醒",
    "start": "開始使用，並接收提醒",
}

# Tips
STOP_TIPS = "退訂"
SUBSCRIBED_TITLE = "好，之後會收到提醒"
SUBSCRIBED_BODY = "工作日偶爾傳一則短短的做法給你。不想收的時候，打「退訂」就停。"
SUBSCRIBED_GREETING = "你會偶爾收到一則提醒；不想收，點「退訂」就停，之後打「訂閱」可以恢復。"
NO_TIPS_HERE_TITLE = "這裡不會主動傳提醒"
NO_TIPS_HERE_BODY = "想看的時候打「今日提醒」就可以。"
ID_TITLE = "你的編號"
ID_BODY = "{address}\n要推播提醒的管理者，請把這個編號交給系統管理者，設定在 {setting}。"
NO_ID_TITLE = "這裡沒有編號"
NO_ID_BODY = "請在 {channels} 和我一對一的聊天室裡打「我的編號」。"
TIP_TITLE = "提醒"
TIP_LABEL = "今日提醒（第 {id} 案）"
TIP_SUMMARY = "今日提醒：{measure}（{title}）"
TIP_LAW = "為什麼"
TIP_MEASURE = "可以這樣做"
LAW_TEXT = "看法條"
OPEN_CASE = "看案例"
TIP_EMPTY = "提醒沒有文字，請寫一句話。"
TIP_TOO_LONG = "提醒太長：{size} 個字，最多 {limit} 個字（表情符號算兩個），請精簡。"

# Sending a tip
CONFIRM = "確認"
BAD_TIP_TITLE = "這一則不能送"
CANCEL = "取消"
CONFIRM_RIDE = "確認：LINE 隨回答附上"
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
ASK_TO_CONFIRM = "請看過內容再按確認。"
CONFIRMED = "開始送出，送完會告訴你結果。"
NEEDS_MORE_TITLE = "已記下你的確認"
NEEDS_MORE_BODY = "還需要另外 {count} 位管理者確認。我會通知他們；他們打「推播」也會看到這一則。"
TOO_FEW_ADMINS = (
    "但目前只有 {admins} 位管理者，湊不齊，這一則會作廢。"
    "請系統管理者在 {settings} 加上其他人（請對方打「我的編號」就看得到編號）。"
)
PREVIEW_AGAIN = "同樣的內容今天已經送過一次，再送大家會收到兩則。"
UNDER_WAY = "第 {id} 則提醒目前是「{status}」。"
SEE_STANDING = "看第 {id} 則進度"
REACH_CHOSEN = {
    "ride": "LINE 會隨今天的回答免費附上（有來問的人才看得到）。",
    "some": "LINE 會送到額度用完（上次沒收到的人優先）。",
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
OR = " 或 "

# How a tip stands
STATUS = {
    "draft": "等待確認",
    "approved": "準備送出",
    "sending": "傳送中",
    "paused": "暫停",
    "done": "完成",
    "lapsed": "逾時作廢",
    "cancelled": "已取消",
}
STANDING = {
    "draft": "第 {id} 則提醒等待確認",
    "approved": "第 {id} 則提醒準備送出",
    "sending": "第 {id} 則提醒傳送中",
    "paused": "第 {id} 則提醒暫停了",
    "done": "第 {id} 則提醒送完了",
    "lapsed": "第 {id} 則提醒逾時作廢",
    "cancelled": "第 {id} 則提醒已取消",
}
WHY_NOBODY = {
    "draft": "還沒送出。",
    "approved": "馬上就開始。",
    "done": "目前沒有人訂閱，所以沒有送給任何人。",
    "lapsed": "沒有送給任何人。打「推播」可以重新開始。",
    "cancelled": "沒有送給任何人。",
}
TALLY = "已送 {sent} 人，失敗 {failed} 人，無法確定 {unknown} 人，還沒送 {pending} 人。"
LEFT_OUT = "額度不夠，這次有 {count} 人沒有送，下次優先。"
RIDING = {
    "sending": "LINE 額度不夠送給每個人，提醒今天會隨每個人的下一個回答免費附上。",
    "done": "LINE 的提醒是隨回答附上的；當天沒有來問的人沒有看到，算在失敗裡。",
}
PAUSED_BY_ADMIN = "管理者按了暫停。"
GIVEN_UP = "還沒收到的人不會再收到。"
HELD = {
    "quota": "{channel} 停下來了：本月的訊息額度已用完，送不出去。加購額度或等下個月，再繼續。",
    "token": "{channel} 停下來了：平台不接受權杖，請檢查 {setting}，改好後再繼續。",
    "plan": "{channel} 停下來了：平台說這個帳號沒有傳送的權限，請檢查方案與 {setting}，再繼續。",
    "faults": "{channel} 停下來了：連續失敗太多次。請看服務的紀錄，確認平台正常後再繼續。",
}

# Notices
MASKED = "你的問題裡有{kinds}，已先遮住，不會留存。之後請不要輸入個人資料。"
ID_NUMBER = "身分證字號"
PHONE_NUMBER = "電話號碼"
MASK = "［{kind}］"
TOO_LONG = "問題很長，我只看了前 {limit} 個字。"
