"""What the numbers are called, in charts, tables and files. An ethics officer may edit the texts between quotation
marks.
"""

from office.tables import Series

BY_CHANNEL = "每天的問題，依頻道"
BY_VERDICT = "每天的問題，依結果"
SHOWN = "看過的案例與一般提醒"
VOTES = "案例有沒有幫助"
SUBSCRIBERS = "訂閱提醒的人數"
TIPS = "送出的提醒"

DAY = "日期"
NUMBER = "編號"
TITLE = "標題"
TIP = "提醒"
STATUS = "狀態"

QUESTIONS = "題"
TIMES = "次"
PEOPLE = "人"
VOTED = "票"

WEB = "網頁"
CASE = "第 {id} 案"
GUIDE = "一般提醒"
NO_LONGER_THERE = "{id}（現在的案例庫裡沒有）"

VERDICTS = (
    Series("answer", "直接給案例"),
    Series("choose", "請他從幾個裡選"),
    Series("guide", "給一般提醒"),
    Series("none", "沒有案例"),
)
HOW_SHOWN = (Series("answer", "回答時給的"), Series("opened", "自己點開的"))
HELPED = (Series("helped", "有幫助"), Series("nothelped", "沒幫助"))
RESULTS = (
    Series("sent", "送到"),
    Series("failed", "失敗"),
    Series("unknown", "無法確定"),
    Series("pending", "還沒送"),
)

CHART_TOLD = "最多的是 {name}，{number} {unit}。各列數字在圖下方的表格。"
CHART_EMPTY = "這段期間還沒有數字。"
