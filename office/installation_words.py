"""What the page about the installation says. Whoever looks after the server may edit the texts between quotation marks.

Names in {braces} are filled in by the program.
"""

TITLE = "安裝狀況"
TAKEN = "{moment} 的狀況。這裡沒有密碼、權杖、任何人的編號，也沒有人問過的內容，可以整份寄給資訊單位。"
WRONG = "要處理"

STATE = "能不能回答"
READY = "回答問題"
READY_YES = "可以"
NOTICE = "案例庫"
NOTICE_NONE = "讀得到最新的版本"

CHANNELS = "頻道"
CHANNEL_ON = "已啟用"
CHANNEL_OFF = "沒有啟用：還沒設定 {settings}"

WORKER = "背景工作（送提醒）"
WORKER_SEEN = "最近一次回報"
WORKER_NEVER = "從來沒有回報過。請執行 python bot.py serve，或 Procfile 的 worker"
WORKER_AT = "{moment}（{seconds} 秒前），{name}"
WORKER_LATE = "{moment}，{name}。已經超過 {limit} 秒沒有回報，可能停了；提醒不會送出。請重新啟動 serve 或 worker"
WORKERS = "在工作的"
WORKERS_COUNT = "{count} 個"

QUEUE = "佇列"
QUEUE_KIND = "放在"
QUEUE_REDIS = "Redis"
QUEUE_SQLITE = "SQLite（在 VAR_DIR 裡）"
BATCHES = "還沒送完的批次"
BATCHES_COUNT = "{count} 批"
PENDING = "還沒收到提醒的人"
PENDING_COUNT = "{count} 人"

DATABASE = "資料庫"
DATABASE_KIND = "種類"
SCHEMA = "資料表版本"
SCHEMA_NEWEST = "{number}（最新）"
SCHEMA_OLD = "{number}，程式需要 {newest}。請執行 python bot.py migrate"
SIZE = "大小"
UNREADABLE = "讀不到（{fault}）"

LIBRARY = "案例庫"
LIBRARY_VERSION = "使用中"
LIBRARY_SHIPPED = "程式附的"
LIBRARY_NUMBER = "第 {number} 版"
LIBRARY_HOLDS = "內容"
LIBRARY_COUNTS = "{cases} 個案例、{questions} 個問法、{guides} 則一般提醒"

VERSIONS = "版本"
PROGRAM = "程式"
PYTHON = "Python"
SYSTEM = "作業系統"
NOT_INSTALLED = "沒有安裝"

SETTINGS = "設定"
UNSET = "未設定"
SECRET = "已設定（機密）"  # noqa: S105 - the word, not one
PEOPLE = "{count} 個（編號不顯示）"
