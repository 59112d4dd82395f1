"""Every sentence the bot says in a conversation; tips have broadcasts/words.py, the words it listens for core/heard.py.

An ethics officer may edit the texts between quotation marks; names in {braces} are filled in by the program.
"""

BROADCAST = "推播"  # what admins say to send a tip; for others it is a question like any other

# Words that open something, with what they open behind: 「案例 2」, 「案例 2 已經發生了」, 「提醒 ai-tools」.
HAPPENED_WORD = "已經發生了"
GUIDE_WORD = "提醒"

# Buttons
MENU = "案例選單"
HELP = "使用說明"
HELPED = "有幫助"
NOT_HELPED = "沒幫助"
NONE_OF_THESE = "都不是"
NOT_THIS = "不是這個"
HAPPENED = "已經發生了，先做什麼"
WHOLE_CASE = "看案例、法規和建議做法"
GUIDES = "其他常見問題"
NEXT_PAGE = "下一頁"
FIRST_PAGE = "回第一頁"

# The card of a case
CASE_LABEL = "最接近的案例（第 {id} 案）"
CASE_LIKELY_LABEL = "可能是這一案（第 {id} 案）"
CASE_OPENED_LABEL = "第 {id} 案"
IS_IT_THIS = "不太確定，請先看看是不是你的情況。"
LAWS = "涉及法規"
PENALTY = "罰則：{penalty}"
NO_PENALTY = "本條無罰則"  # how data/laws.csv says that an article has none of its own
YOU_CAN = "你可以做"
ONLY_AGENCY = "先不要做。這一案的建議做法都是機關要做的（在下面）；你的情況，問過{office}再決定。"
AGENCY_SHOULD = "機關應做"
STORY = "案情"
UNFOLD = "看完整案情和條文說明"
UNFOLD_GUIDE = "看條文說明"
FOLD = "回到做法"
OTHER_CASES = "也可以看看這些案例"
DID_IT_HELP = "有幫助嗎？"
ASK_WHOM = "不確定、已經發生了，找誰"
OFFICE_WITH_CONTACT = "{office}：{contact}"
CALL = "打電話 {phone}"
OFFICE_PAGE = "{office}的網頁"
DISCLAIMER = "這是程式自動回覆的宣導參考，不是法律意見；責任由權責機關和法院認定。"
CASE_SUMMARY = "{title}（第 {id} 案）。{measure}涉及{laws}。"

# What to do first once it has happened
HAPPENED_LABEL = "已經發生了（第 {id} 案）"
FIRST_AID_BODY = "主管自己牽涉在內時，直接找政風單位。不是你做的、是你看到的，請看「想檢舉不法」。"
FIRST_AID_HEADING = "先做這些，照順序"
WITNESS = "我是看到的人，想檢舉不法"
FIRST_AID_SUMMARY = "已經發生了，先做：{step}"
FIRST_AID = (
    "停：收回訊息、撤下貼文、關掉分享連結，請收到的人不要再傳。",
    "留：不要刪掉看得出經過的紀錄，記下什麼時候、傳了什麼、給了誰。",
    "說：立刻告訴主管和政風單位；牽涉電腦、帳號或遺失裝置，同時找資訊單位。",
    "不要為了說明，把內容再傳一次；當事人由機關通知。",
)  # for a case that has no steps of its own

# General answers
GUIDE_LABEL = "一般提醒"
GUIDE_DRAFT_LABEL = "一般提醒（草案，還沒經{office}核定）"
GUIDE_STEPS = "可以這樣做"
GUIDE_LAWS = "相關法規"
GUIDE_SUMMARY = "{title}。{answer}"
GUIDES_TITLE = "其他常見問題"
GUIDES_BODY = "不屬於哪一個案例，但大家常問的。點一個看說明和做法。"
NO_GUIDES_BODY = "目前沒有一般提醒。請從案例選單找，或直接打問題。"

# Several cases are close
CHOOSE_TITLE = "你的情況比較像哪一個？"
CHOOSE_BODY = "還不能確定，請點最接近的一個；都不像，就點「都不是」。"
CHOOSE_ONE_TITLE = "你的情況是這個嗎？"
EXAMPLE = "例如有人問：「{question}」"
CHOOSE_SUMMARY = "還不能確定是哪一個，請選一個：{titles}"

# No case fits
NONE_TITLE = "沒有相符的案例"
NONE_BODY = (
    "我認得 {count} 個洩密案例和一些常見問題，這個問題和它們都不夠像，所以不猜。"
    "可以換個說法、多寫一點情境再問一次，或從選單裡找。"
)
NONE_SUMMARY = "沒有相符的案例，所以不猜。可以換個說法，或洽{office}。"
NONE_OF_THESE_TITLE = "好，那就不是這幾個案例"

# What nobody could answer, handed over to the office by its asker
HANDOVER = "把這個問題（去除個資後）交給政風單位"
HANDOVER_HEADING = "想請政風單位補上答案的話，會交出去的是這段文字"
HANDOVER_HINT = "只有按下面的按鈕才會留存。裡面還看得出是誰、是哪件公文的話，先不要交，換個說法再問一次。"
HANDED_OVER_TITLE = "收到了，謝謝你"
HANDED_OVER_BODY = (
    "這段文字會留存 {days} 天，給政風單位補案例用。沒有記下是誰問的，所以沒辦法回覆你；"
    "急的事、已經發生的事，請直接找他們。"
)
NOT_HANDED_OVER_TITLE = "這次沒有留存"
HANDOVER_FAILED_BODY = "系統暫時存不進去。請晚一點再按一次，或直接找政風單位。"
HANDOVER_FULL_BODY = "今天收到的問題已經很多，不再收了。請明天再按，或直接找政風單位。"
HANDOVER_LOST_BODY = "這個按鈕上已經讀不到你的問題。請再問一次，再按新卡片上的按鈕。"

# Greeting, help, menu
GREETING_TITLE = "你好，我是公務機密小幫手"
GREETING_BODY = (
    "準備做、或已經做了某件事，擔心洩密嗎？用自己的話打給我，例如「可以把確診名單傳給家人嗎」。"
    "我會說你可以做什麼、找誰問、涉及哪些法規。也可以直接從案例裡找。"
)
GROUP_GREETING_BODY = (
    "在群組裡我不會主動說話。請先 @我，再打問題，例如「@我 可以把確診名單傳給家人嗎」。"
    "在這裡我只答重點；不方便讓大家看到的，請私下問我。"
)
HELP_TITLE = "怎麼使用"
HELP_ITEMS = (
    "直接打問題，一句話就好，例如「隨身碟帶回家加班可以嗎」。",
    "打「選單」看全部案例，打「案例 2」看第 2 案；「其他常見問題」是不屬於案例的提醒。",
    "事情已經發生了，卡片上的「已經發生了，先做什麼」有照順序的步驟。",
    "群組裡要先 @我，我才會回答。",
    "打「今日提醒」隨時看一則提醒；不想收就打「退訂」，想再收打「訂閱」。",
    "請不要輸入真實姓名、身分證字號或公文內容；除非你自己按鈕交給政風單位，我不會留存你的問題。",
)
HELP_HEADING = "小提示"
MENU_TITLE = "案例選單"
MENU_BODY = "點一個情況，看法規和建議做法。"
MENU_PAGE = "第 {page} 頁，共 {pages} 頁"
PRIVACY = "除非你自己按鈕交給政風單位，我不會留存你的問題；請不要輸入真實姓名、證號或公文內容。"

# In a group, where others read along: nothing about whoever asks, the rest in private
SEE_IN_PRIVATE = "私下看完整說明"
HAPPENED_IN_PRIVATE = "已經發生了？私下看先做什麼"
ONLY_ME = "只給我看"
ASK_IN_PRIVATE = "私下問我"
OR_TYPE = "也可以私下傳「{typed}」給我，看完整說明。"
NO_LINK = "加我好友，私下問我。"  # where the buttons that would open the private chat are missing
GROUP_CHOOSE_TITLE = "可能和下面的情況有關"
GROUP_CHOOSE_BODY = "還不能確定。點最接近的一個，私下看說明。"
GROUP_NONE_BODY = "可以換個說法再 @我 一次；不方便在群組裡說的，私下問我。"
DELICATE_TITLE = "這件事請私下看"
DELICATE_BODY = "在群組裡不多說。"
GROUP_HELP_ITEMS = (
    "先 @我，再打問題，例如「@我 隨身碟帶回家加班可以嗎」。我只答重點，不提是誰問的。",
    "想看完整說明，或事情已經發生了，點按鈕私下看；不方便在群組裡說的，直接私下問我。",
    "「@我 選單」看全部案例，「@我 今日提醒」看一則提醒。",
    "請不要在群組裡寫出真實姓名、證號或公文內容。我不會留存你的問題。",
)
ASK_TITLE = "這裡只有你和我"
ASK_BODY = "請打一句話告訴我情況，例如「印完的密件忘在印表機上怎麼辦」。也可以打「選單」看全部案例。"
HOW_TO_SUBSCRIBE = "想偶爾收到一則提醒，打「訂閱」。"

# Kind lines
ATTACHMENT_TITLE = "我只看得懂文字"
ATTACHMENT_BODY = "請用一句話描述情況。也請不要把公文、名冊或照片傳到對話裡。"
BLANK_TITLE = "請打一句話告訴我情況"
BLANK_BODY = "例如「印完的密件忘在印表機上怎麼辦」。也可以打「選單」看全部案例。"
OLD_BUTTON_TITLE = "這個按鈕已經不能用了"
OLD_BUTTON_BODY = "它可能是舊的，或案例已經更新。請從選單重新選，或直接打問題。"
OLD_CARD_TITLE = "這張卡片太久了，沒有記下"
OLD_CARD_BODY = "評價只收三十天內的卡片。想回覆的話，請再問一次或重新打開這個案例。"
SLOW_DOWN_TITLE = "請慢一點"
SLOW_DOWN_BODY = "這一分鐘問得太多了，這一則沒有處理。請等 {seconds} 秒再問；在那之前只回選單、退訂這些指令。"
ENOUGH_KEPT_TITLE = "這一次沒有記下來"
ENOUGH_KEPT_BODY = "同一個來源一天能留下的回覆和交出的問題有上限，今天已經滿了。請明天再按，或直接洽詢政風單位。"
NO_SUCH_CASE_TITLE = "沒有這個編號的案例"
NO_SUCH_CASE_BODY = "請從選單重新選，或直接打問題。"
NO_SUCH_GUIDE_TITLE = "沒有這一則提醒"
NO_SUCH_GUIDE_BODY = "請打「其他常見問題」重新選，或直接打問題。"
THANKS_TITLE = "謝謝你的回覆"
THANKS_HELPED = "很高興有幫上忙。"
THANKS_NOT_HELPED = "我們會拿來改進。可以換個說法再問一次，或從選單裡找。"
VOTE_WRITTEN_DOWN = "資料庫暫時連不上，你的回覆先記在這裡，恢復後就算進去。"
VOTE_FAILED_BODY = "系統暫時存不進去，你的回覆沒有算到。請過幾分鐘再按一次。"

# What asks nothing: thanks and nods, a greeting
NOD_TITLE = "不客氣，有需要隨時問我"
NOD_BODY = "用一句話描述情況就可以，例如「隨身碟帶回家加班可以嗎」；打「選單」看全部案例。"
HELLO_TITLE = "你好，請說"
HELLO_BODY = "準備做、或已經做了某件事，擔心洩密嗎？用一句話告訴我，或從選單裡找。"

STOPPED_TITLE = "好，不會再主動傳提醒給你"
STOPPED_BODY = "想問的時候隨時可以直接問我。想再收提醒，打「訂閱」就可以。"
STOPPED_GROUP_BODY = "這個群組不會再收到提醒。想再收，@我 再打「訂閱」就可以。"

# Telegram's menu of commands (shown beside the text box)
COMMAND_MENU = {
    "menu": "看全部案例",
    "help": "使用說明",
    "tip": "看今日提醒",
    "stop": "不再收提醒",
    "start": "開始使用，並接收提醒",
}

# Subscribing, and one's own id
OR = " 或 "
STOP_TIPS = "退訂"
SUBSCRIBED_TITLE = "好，之後會收到提醒"
SUBSCRIBED_BODY = "工作日偶爾傳一則短短的做法給你。不想收的時候，打「退訂」就停。"
SUBSCRIBE_TIPS = "訂閱"
TIPS_IN_GREETING = {
    "active": "你會偶爾收到一則提醒；不想收，點「退訂」就停，之後打「訂閱」可以恢復。",
    "stopped": "你之前退訂了，所以我不會主動傳提醒給你；想再收，打「訂閱」就可以。",
    "never": "我不會主動傳提醒給你；想收，打「訂閱」就可以。",
    "written down": "資料庫暫時連不上，收不收提醒的設定我先記下了，恢復後就照著做。",
}
WRITTEN_DOWN_TITLE = "先記下了，還沒有生效"
STOP_WRITTEN_DOWN_BODY = "資料庫暫時連不上。你的退訂已經記在這裡，一恢復就生效，不用再打一次；之前可能還會收到一則。"
SUBSCRIBE_WRITTEN_DOWN_BODY = "資料庫暫時連不上。你的訂閱已經記在這裡，一恢復就生效，不用再打一次。"
NOT_NOTED_TITLE = "這次沒有記下來"
STOP_FAILED_BODY = "系統暫時存不進去，提醒還沒有停。請過幾分鐘再打一次「退訂」。"
SUBSCRIBE_FAILED_BODY = "系統暫時存不進去，還沒有訂閱。請過幾分鐘再打一次「訂閱」。"
NO_TIPS_HERE_TITLE = "這裡不會主動傳提醒"
NO_TIPS_HERE_BODY = "想看的時候打「今日提醒」就可以。"
ID_TITLE = "你的編號"
ID_BODY = "{address}\n要推播提醒的管理者，請把這個編號交給系統管理者，設定在 {setting}。"
NO_ID_TITLE = "這裡沒有編號"
NO_ID_BODY = "請在 {channels} 和我一對一的聊天室裡打「我的編號」。"

# Notices
MASKED = "你的問題裡像是有{kinds}，已先遮住，不會留存。"
NOT_AGAIN = "之後請不要輸入這類資料。"
TAKE_BACK_HERE = "這段話只在你的畫面上，清除對話就沒有了。"  # where a channel says nothing else: the page, the terminal
MASK = "［{kind}］"
ID_NUMBER = "身分證字號"
PHONE_NUMBER = "電話號碼"
EMAIL = "電子郵件"
PLATE = "車牌號碼"
CARD_NUMBER = "卡號"
ACCOUNT_NUMBER = "帳號"
PASSPORT = "護照號碼"
HEALTH_CARD = "健保卡號"
DOCUMENT_OF_PERSON = "證件編號"
TAX_ID = "統一編號"
ADDRESS = "地址"
DOCUMENT_NUMBER = "公文或案件文號"
NAME = "姓名"
BIRTH_DATE = "出生日期"
CHAT_ACCOUNT = "通訊帳號"
SECRET = "密碼或金鑰"  # noqa: S105 - what it is called
NETWORK_ADDRESS = "網路位址"
PRIVATE_KINDS = (
    *(ID_NUMBER, PHONE_NUMBER, EMAIL, PLATE, CARD_NUMBER, ACCOUNT_NUMBER, PASSPORT, HEALTH_CARD, DOCUMENT_OF_PERSON),
    *(TAX_ID, ADDRESS, DOCUMENT_NUMBER, NAME, BIRTH_DATE, CHAT_ACCOUNT, SECRET, NETWORK_ADDRESS),
)

# Whoever writes this needs a person before any card.
CRISIS = "想死|不想活|活不下去|想自殺|想輕生|結束生命"
CRISIS_TITLE = "你的平安最要緊"
CRISIS_NOTICE = (
    "聽起來你現在很難受。工作上的事可以慢慢處理，請現在找一位信任的人陪你，"
    "或撥安心專線 1925（24 小時）；有立即危險請打 119。"
)
TOO_LONG = "問題很長，我只看了前 {limit} 個字。"
