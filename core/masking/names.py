"""Names of people, where a title or a label stands beside them."""

from core import words
from core.masking.detector import HAN, Detector, any_of, beside
from core.masking.surnames import ALONE, SURNAME

_NEVER = (  # in a given name
    "的了嗎呢吧嘛啦喔耶們這那哪個是在被把與或及也都就還很不沒要給讓跟叫說講打去到從誰什麼怎請問您你我他她它妳並且但而否有"
    "位後姓某"
)
_GIVEN = rf"(?: ?(?![{_NEVER}]|小 ?姐|先 ?生|女 ?士|太 ?太)[{HAN}〇○◯●*])"
_NAME = rf"{SURNAME}{_GIVEN}{{1,2}}"
_LATIN = r"(?-i:[A-Z])[a-z'-]{1,20}"
_BLANKED = (  # 陳○○, 王○明, 林X美
    rf"{SURNAME} ?(?:[〇○◯●*] ?[〇○◯●*{HAN}]|[〇○◯●*](?![{HAN}])|oo(?![a-z])|xx(?![a-z])|[ox](?!公司)[{HAN}])"
)
_TITLE = (
    any_of("先生 小姐 女士 太太 夫人 同學 老師 醫師 醫生 護理師 護士 律師 教授 法官 檢察官 書記官 警員 員警 警官")
    + "|君(?![子主王])"
)
_OFFICE = any_of(
    "科長 課長 股長 組長 隊長 主任 處長 局長 所長 校長 院長 司長 署長 廳長 館長 站長 廠長 課員 科員 專員 專委 "
    "秘書 主秘 技正 技士 技佐 視察 督察 稽查員 稽核 佐理員 辦事員 書記 工友 約僱 幹事 組員 里長 村長 鄉長 鎮長 "
    "議員 委員 代表 助理 巡官 巡佐 小隊長 分隊長 分局長 副局長 副處長 經理 董事長 總經理 老闆 董事 社工 教官 "
    "工程師 藥師 消防員 替代役 同仁 同事"
)
_LABEL = any_of(
    "檢舉人 舉報人 吹哨人 告發人 告訴人 陳情人 申訴人 投訴人 申請人 當事人 關係人 承辦人員 承辦人 承辦 聯絡人 "
    "連絡人 聯繫人 收件人 寄件人 被付懲戒人 行為人 被害人 受害人 加害人 嫌疑人 嫌犯 犯嫌 被告 原告 證人 線民 "
    "病患 病人 患者 確診者 個案 案主 案家 員工 同仁 同事 職員 學生 學員 考生 家長 民眾 住戶 屋主 房東 房客 車主 "
    "持卡人 戶長 負責人 代理人 受款人 立書人 被保險人 聲請人 債務人 納稅義務人 受刑人 通報人 報案人 里民 村民 "
    "役男 新生兒 死者 傷者 媽媽 爸爸 父親 母親 女兒 兒子 妻子 丈夫 配偶 鄰居 主管 長官"
)
_NAMED = any_of("姓名 名字 名叫 叫做 本名 真名 全名 署名")
_BETWEEN = "(?: ?[:=是為叫] ?| {1,2}|-|[(]| ?姓名:? ?)?"
_END = rf"(?=[^{HAN}\w]|$|[的被是說在把向跟和與給有因要會先就也到去來已還對住之這將讓告])"

DETECTORS = (
    Detector(words.NAME, rf"(?P<secret>{_NAME}) ?(?:{_TITLE}|{_OFFICE})"),
    Detector(words.NAME, rf"(?P<secret>{ALONE}) ?(?:{_TITLE}|{_OFFICE})"),
    Detector(words.NAME, beside(f"{_LABEL}|{_NAMED}", _NAME, _BETWEEN)),
    Detector(words.NAME, beside(_OFFICE, rf"{SURNAME}{_GIVEN}{{2}}{_END}", "")),
    Detector(words.NAME, beside("[我他她]叫|我是|叫作", rf"{SURNAME}{_GIVEN}{{2}}{_END}", "")),
    Detector(words.NAME, beside("姓名", rf"[{HAN}]{{2,4}}(?![{HAN}])", " ?: ?")),
    Detector(words.NAME, beside(f"{_LABEL}|{_NAMED}", rf"[{HAN}]{{1,6}}(?:\.[{HAN}]{{1,6}}){{1,2}}", " ?:[ (]?")),
    Detector(words.NAME, _BLANKED),
    Detector(words.NAME, beside(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\b", rf"{_LATIN}(?: {_LATIN}){{0,2}}", r"\.? ?")),
    Detector(words.NAME, beside(rf"{_LABEL}|{_NAMED}|\bname", rf"{_LATIN}(?:,? {_LATIN}){{1,3}}", " ?[:=] ?")),
)
