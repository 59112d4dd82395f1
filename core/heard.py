"""The words that the bot listens for, as core/commands.py reads them: Traditional, lower case, without signs.

An officer may add to the lists; tests/test_commands.py holds what is to be taken for a command, and what is not.
"""

# The characters of this file as Simplified has them, or as some write them; 您 and 妳 are 你, 它 is 他.
WRITTEN_OTHERWISE = str.maketrans(
    "并来系个们传优两别则刚动务劳协厉参问启单哟吗喽啰报学将对导师帮几广复择扰会东样机气没烦现发简终给经编总继续号里见览订讯托询该说谁请谢读让赞贰资赶输转办这进达选录长闭开阅关陆随电页题显马驾骚么点説閲啓裏您妳它",
    "並來係個們傳優兩別則剛動務勞協厲參問啟單喲嗎嘍囉報學將對導師幫幾廣復擇擾會東樣機氣沒煩現發簡終給經編總繼續號裡見覽訂訊託詢該說誰請謝讀讓讚貳資趕輸轉辦這進達選錄長閉開閱關陸隨電頁題顯馬駕騷麼點說閱啟裡你你他",
)

# What may stand before any command, in any number and order.
OPENINGS = (
    "請|請問|麻煩|麻煩你|拜託|拜託你|勞駕|不好意思|抱歉|你好|嗨|哈囉|早安|午安|晚安|小幫手|機器人|好|好的|嗯|那|那就|就"
    "|先|再|現在|直接|馬上|立刻|立即|快|趕快|我|想|要|想要|需要|希望|可以|可不可以|可否|能|能不能|能否"
    "|幫|幫忙|幫我|替我|把我|將我|給|給我|讓|讓我|一下|怎麼|怎樣|如何|該怎麼|去哪|哪裡|在哪|在哪裡"
    "|hi|hello|hey|ok|please|pls|plz|i|want|to|can you|bot"
)

# What may stand behind any command.
ENDINGS = (
    "謝謝|謝謝你|謝謝你們|謝了|多謝|謝|感謝|感謝你|感恩|拜託|拜託你|麻煩|麻煩了|麻煩你|麻煩你了|辛苦了|小幫手|機器人"
    "|一下|了|吧|啦|喔|哦|噢|唷|喲|呀|啊|阿|呢|囉|嘍|嘛|欸|耶|好|嗎|好嗎|好不好|可以嗎|行嗎"
    "|please|pls|plz|thanks|thank you|thx|tks|3q|ok|now|bot"
)

# What besides may stand around a command that only shows something.
SHOWING_OPENINGS = (
    "看|看看|查|查看|查詢|打|打開|開|開啟|叫出|顯示|秀|秀出|列出|回|回到|返回|進入|找|選|選擇|點|點開|按|輸入|到|去|來|來個"
    "|有|有沒有|show|show me|open|view|see|list|the|go"
)
SHOWING_ENDINGS = "在哪|在哪裡|給我|給我看|來看|看看|看|出來|頁面"

# Marks of a question among these. Beside them only what is said to be "also asked" below is a command.
ASKING = "嗎|行|可|能|怎|如何|好不好|哪|有沒有"

_TIPS = "(?:(?:今日|今天|每日|每天)?的?(?:小?提醒|推播|推送|通知|廣播|宣導|電子報))"
_SENT = f"(?:(?:你們?)?的?(?:{_TIPS}|訊息|消息|簡訊|東西))"
_GIVING = "(?:傳送|傳|寄|發送|發|送|給)"
_RECEIVING = "(?:收到|接收|接到|看到|收)"
_BOTHERING = "(?:推播|推送|通知|提醒|打擾|吵|煩|騷擾|訂閱?)"
_TO_ME = "(?:給我|到我這|我|來)"
_ANY_MORE = (
    f"(?:(?:再|繼續|主動|一直|隨便)+(?:給我|對我|跟我)?(?:{_GIVING}|{_RECEIVING}|{_BOTHERING}){_TO_ME}?{_SENT}?{_TO_ME}?"
    f"|{_GIVING}(?:{_TO_ME}{_SENT}?|{_SENT}{_TO_ME}?|了)|(?:給我|對我)?{_BOTHERING}我?{_SENT}?|{_RECEIVING}{_SENT}?)"
)
_CHINESE_NUMBER = "〇零一二兩三四五六七八九十百千廿卅壹貳參肆伍陸柒捌玖拾佰仟"
_NUMBER = f"([0-9]{{1,6}}|[{_CHINESE_NUMBER}]{{1,9}})"
_PAGE = f"(?: ?第?{_NUMBER}頁?)?"
_CASE = f"(?:案例?|case) ?(?:第|編號|no)? ?{_NUMBER}(?:號|案)?"
_CASE_NAMED_LAST = f"第{_NUMBER}(?:(?:號|個|則)?案例?|號)|{_NUMBER}號?案例?"
_HAPPENED = "(?:已經?|剛剛?|真的)?發生了?(?:先做什麼)?"

# (verb, how it is said, also when it is asked): the whole message, less what may stand around it.
MEANT: tuple[tuple[str, str, bool], ...] = (
    ("menu", f"(?:案例|主|功能)?(?:選單|menu){_PAGE}|菜單|目錄|案例|cases", True),
    ("menu", "(?:全部|所有|有哪些)的?案例|案例(?:目錄|清單|列表|一覽|總覽)|回?第一頁", True),
    ("help", "(?:使用)?說明|使用(?:方法|方式|教學)|(?:怎麼|如何)(?:使?用|操作)|指令|help", True),
    ("help", "你(?:會|能|可以)(?:做什麼|什麼|做哪些事)|有(?:什麼|哪些)(?:功能|指令)", True),
    ("tip", "(?:今日|今天|本日|每日)的?小?提醒|看(?:看|一下)?提醒|tips?|today s tip", True),
    ("id", "我的(?:編號|(?:user ?)?id)(?:是?(?:什麼|多少|幾號?))?|my ?id", True),
    ("guides", f"(?:其他)?常見問題{_PAGE}|其他問題{_PAGE}|faq", True),
    ("guide", "提醒 ?([a-z0-9][a-z0-9-]{0,39})", True),
    ("case", f"{_CASE}|{_CASE_NAMED_LAST}", True),
    ("happened", f"(?:{_CASE}|{_CASE_NAMED_LAST}){_HAPPENED}", True),
    ("number", _NUMBER, False),
    ("none", "都不是|不是這個|不是這些|以上皆非|沒有?幫助", False),
    ("start", "開始(?:使用)?(?:並接收提醒)?|start", False),
    ("broadcast", "推播|broadcast", False),
    ("stop", f"(?:退[訂定]閱?)+(?:{_TIPS}|這個|此?服務)?|退閱|退出{_TIPS}|拒收{_SENT}?", True),
    ("stop", f"把?{_TIPS}(?:停[掉止]|取消|關[閉掉])", True),
    ("stop", f"(?:取消|[解移]除|停[掉止]|[終中]止|關[閉掉]|退[出掉])(?:我的|所有)?(?:訂閱|接收|{_TIPS}){_SENT}?", True),
    ("stop", f"停止(?:傳送|傳|發送|寄送|推送){_SENT}?{_TO_ME}?", True),
    ("stop", f"(?:不要|不想要?|別|請勿){_ANY_MORE}", True),
    ("stop", f"(?:不用|不必|不需要?){_ANY_MORE}|不(?:再|想再)?(?:{_RECEIVING}|訂閱?){_SENT}?", False),
    ("stop", "停|停止|不要了|不想要了|stop(?: ?(?:it|all|sending|messaging|me|tips?|messages?))*", False),
    ("stop", "unsub(?:scribe)?(?: me)?|opt[ -]?out|cancel(?: subscription)?|quit|end|no more", False),
    ("subscribe", f"(?:恢復|重新|再次?|繼續|開始|加入)*的?訂閱(?:回來|{_TIPS})?|(?:re)?subscribe(?: me)?", False),
    ("subscribe", "(?:可以|怎麼|如何)(?:恢復|重新|再)?訂閱嗎?", True),
    ("subscribe", "(?:恢復|重新|再|繼續)?(?:接收|收到?|開啟|打開|傳|恢復|繼續)(?:給我)?(?:每日)?(?:提醒|推播)", False),
)  # fmt: skip

# Words that hold a conversation together and ask nothing. Who says only these is not answered in a group.
NODS = (
    "(?:謝謝|感謝|感恩|多謝|謝)(?:你們|你|大家|各位|長官|老師|小幫手|機器人)?的?"
    "(?:提醒|分享|告知|通知|說明|幫忙|幫助|回[覆復]|回答|解答|解說|指導|協助|資訊)?",
    "已?收到|我?知道|我?會(?:再|多)?(?:注意|留意|小心|轉達|轉知|配合|遵守|照辦|改進)|原來如此|知悉|收悉|了解|瞭解|明白|懂|學到|受教|遵命|遵照辦理|沒問題|沒關係|沒事|不客氣|不用謝|不用",
    "好的|好滴|好|okay|okey|ok的|ok|oki|是的|是|對|讚|很棒|太[棒好]|真棒|棒|厲害|優秀|很?有幫助|很?有用|辛苦|加油|加一|已讀|已閱",
    "不好意思|抱歉|對不起|掰掰|拜拜|再見|哈|呵|嘻|嗯|恩|喔|哦|噢|啊|阿|呀|啦|囉|嘍|唷|喲|欸|耶|吧|呢|了|長官|大家|小幫手|機器人",
    r"thank ?you|thanks?|thx|tks|ty|3[qk]s?|got ?it|noted|roger|good|great|nice|cool|yes|yep|bye|xd+|lol|\+1| ",
)
GREETINGS = (
    "(?:你們|你|大家|各位)(?:好|早安?|午安|晚安)|哈囉|哈嘍|嗨|早安|午安|晚安|安安|早上好|早|在嗎|在不在|有人在?嗎|請問一下|請問|你是誰",
    "hello|hi|hey|good ?morning",
)
BESIDE_GREETINGS = "小幫手|機器人|長官|啊|阿|呀|喔|哦|了|bot| "
