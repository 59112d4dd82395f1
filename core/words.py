"""Every sentence the bot says, and every word it listens for.

An ethics officer may edit the texts between quotation marks; names in {braces} are filled in by the program.
"""

# Words that are a command when they are the whole message.
COMMANDS = {
    "選單": "menu",
    "說明": "help",
}

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
OTHER_CASES = "其他相近的案例"
DID_IT_HELP = "這張卡片有幫助嗎？"
OFFICE = "拿不準或已經發生了，請洽{office}。"
OFFICE_WITH_CONTACT = "拿不準或已經發生了，請洽{office}：{contact}"
DISCLAIMER = "本卡片是宣導參考，不是法律意見；個案以主管機關認定為準。"
CASE_SUMMARY = "{title}（第 {id} 案）。涉及 {laws}。建議：{measure}"

# Several cases are close
CHOOSE_TITLE = "你的情況比較像哪一個？"
CHOOSE_LEAD = "有幾個案例都有點像，請點最接近的一個。"
CHOOSE_SUMMARY = "還不能確定是哪一個案例，請選一個：{titles}"

# No case fits
NONE_TITLE = "沒有相符的案例"
NONE_LEAD = (
    "我只認得 {count} 個洩密案例，這個問題和它們都不夠像，所以不猜。可以換個說法、多寫一點情境再問一次，或從選單裡找。"
)
NONE_SUMMARY = "沒有相符的案例，所以不猜。可以換個說法，或洽{office}。"
NONE_OF_THESE_TITLE = "好，那就不是這幾個案例"

# Greeting, help, menu
GREETING_TITLE = "你好，我是公務機密小幫手"
GREETING_LEAD = (
    "準備做、或已經做了某件事，擔心洩密嗎？用自己的話打給我，例如「可以把確診名單傳給家人嗎」。"
    "我會找出最接近的案例、相關法規和建議做法。也可以直接點下面的案例。"
)
GROUP_GREETING_LEAD = "在群組裡我不會主動說話。請先 @我，再打你的問題，例如「@我 可以把確診名單傳給家人嗎」。"
HELP_TITLE = "怎麼使用"
HELP_ITEMS = (
    "直接打問題，一句話就好，例如「隨身碟帶回家加班可以嗎」。",
    "打「選單」看全部案例，打「案例 2」看第 2 案。",
    "群組裡要先 @我，我才會回答。",
    "請不要輸入真實姓名、身分證字號或公文內容；我不會留存你的問題。",
)
HELP_HEADING = "四件事"
MENU_TITLE = "案例選單"
MENU_LEAD = "點一個情況，看法規和建議做法。"
MENU_PAGE = "第 {page} 頁，共 {pages} 頁"
PRIVACY = "我不會留存你的問題；請不要輸入真實姓名、證號或公文內容。"

# Kind lines
ATTACHMENT_TITLE = "我只看得懂文字"
ATTACHMENT_LEAD = "請用一句話描述情況。也請不要把公文、名冊或照片傳到對話裡。"
BLANK_TITLE = "請打一句話告訴我情況"
BLANK_LEAD = "例如「印完的密件忘在印表機上怎麼辦」。也可以打「選單」看全部案例。"
OLD_BUTTON_TITLE = "這個按鈕已經不能用了"
OLD_BUTTON_LEAD = "它可能是舊的，或案例已經更新。請從選單重新選，或直接打問題。"
NO_SUCH_CASE_TITLE = "沒有這個編號的案例"
NO_SUCH_CASE_LEAD = "請從選單重新選，或直接打問題。"
THANKS_TITLE = "謝謝你的回覆"
THANKS_HELPED = "很高興有幫上忙。"
THANKS_NOT_HELPED = "我們會拿來改進。可以換個說法再問一次，或從選單裡找。"

# Notices
MASKED = "你的問題裡有{kinds}，已先遮住，不會留存。之後請不要輸入個人資料。"
ID_NUMBER = "身分證字號"
PHONE_NUMBER = "電話號碼"
MASK = "［{kind}］"
TOO_LONG = "問題很長，我只看了前 {limit} 個字。"
