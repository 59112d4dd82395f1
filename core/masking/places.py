"""Where somebody lives, when they were born, and the numbers of documents and cases."""

import re

from core import words
from core.masking.detector import HAN, NO_DIGIT_AFTER, NO_DIGIT_BEFORE, Detector, any_of, beside, numbered

_N = "[0-9零〇○一二三四五六七八九十百千]{1,7}"
_SIGN = "[0-9零〇○一二三四五六七八九]"
_NOT_NAME = "的了是在住到於我你他她送寄從及與有被把號請問這那件收"  # never in what a place or a series is called
_CALLED = rf"(?: ?(?![{_NOT_NAME}])[{HAN}])"

_CITY = (
    "(?:[台臺][北中南東]|新北|高雄|桃園|新竹|基隆|苗栗|彰化|南投|雲林|嘉義|屏東|宜蘭|花蓮|澎湖|金門|連江|馬祖)[縣市]? ?"
)
_DISTRICT = rf"{_CALLED}{{1,3}} ?[鄉鎮市區] ?"
_VILLAGE = rf"{_CALLED}{{1,3}} ?[村里] ?"
_REGION = rf"(?:{_CITY})?(?:{_DISTRICT})?(?:{_VILLAGE})?(?:{_N} ?鄰 ?)?"
_ROAD = rf"{_CALLED}{{1,4}}? ?(?:(?<![走線網道馬鐵電思])路|街|大道)(?: ?{_N} ?段)?"
_SUB = rf"(?:[之-]{_N})?"
_LANE, _ALLEY = rf" ?{_N}{_SUB} ?巷", rf"(?: ?{_N}{_SUB} ?弄)?"
_DOOR = rf" ?{_N} ?{_SUB} ?號"
_FLOOR = rf"{_SUB}(?: ?,? ?(?:地下 ?)?b?{_N} ?(?:樓|f(?![a-z])){_SUB})?(?: ?[a-z]?{_N} ?室)?"

_ADDRESS_WORD = any_of("地址 住址 住處 戶籍 戶籍地 門牌 通訊處 居所")
_BORN_WORD = any_of("生日 出生年月日 出生日期 出生 生於 誕生 生辰 birthdate dob born") + r"|birth ?day|date of birth"
_DOCUMENT_WORD = any_of(
    "公文文號 公文號 文號 發文字號 收文號 收文文號 來文字號 字號 案號 案件編號 案件號碼 陳情編號 受理編號 "
    "收件編號 流水號 公文編號 檔號 電子公文 案件"
)
_YEAR_DAY = rf"(?:(?:民國|西元) ?)?{_N} ?(?:年|[./-]) ?{_N} ?(?:月|[./-]) ?{_N}(?: ?[日號])?"
_DAY = rf"{_YEAR_DAY}|{_N} ?月 ?{_N} ?[日號]|{NO_DIGIT_BEFORE}(?:\d{{6,8}}|\d{{4}}(?!年)){NO_DIGIT_AFTER}"
_TO_DAY = r"[^0-9a-z\n\ufffc零〇○一二三四五六七八九十民西]{0,8}?"
_OF_YEAR = rf"{NO_DIGIT_BEFORE}(?:1[01]\d|[6-9]\d) ?(?:年 ?度? ?)?"
_AGENCY = (  # signs of which the codes of agencies are made, so that a code takes no word of the question along
    "府院部署局處市縣鄉鎮區所會校北新桃竹苗中彰投雲嘉南高屏宜花東澎金連臺台授法務廉財經濟交通內政外國防農勞環警消人事主計秘研企總客原海巡退輔"
    "僑核資訊地建都工民社福水衛疾醫食藥教育學體青產商觀光稅土檢察刑保預考訓給任訴他調"
)
_CODE = rf"(?:(?: ?[{_AGENCY}]| ?[(]{_CALLED} ?[)]){{1,9}}|{_CALLED}{{1,2}})"
_SERIES = rf"(?:{_N} ?年 ?度? ?)?{_CODE} ?字 ?第? ?"
_PUBLIC = re.compile("釋字|憲判字|憲裁字|[台臺][上抗]字|一義字|二智字|大法庭")


def is_private_document(match: re.Match[str]) -> bool:
    """Interpretations, judgements of the highest courts and promulgations are quoted in public."""
    return not _PUBLIC.search(match.string, max(0, match.start() - 12), match.end())


DETECTORS = (
    Detector(words.ADDRESS, rf"{_REGION}{_ROAD}(?:{_LANE}{_ALLEY})?{_DOOR}{_FLOOR}"),
    Detector(words.ADDRESS, rf"{_REGION}{_ROAD}{_LANE}{_ALLEY}"),
    Detector(words.ADDRESS, rf"{_CITY}(?:{_DISTRICT})?{_VILLAGE}(?:{_N} ?鄰 ?)?(?:{_CALLED}{{1,4}}?)?{_DOOR}{_FLOOR}"),
    Detector(words.ADDRESS, rf"{_VILLAGE}{_N} ?鄰(?:{_DOOR}{_FLOOR})?"),
    Detector(words.ADDRESS, rf"{_VILLAGE}{_DOOR}{_FLOOR}"),
    Detector(words.ADDRESS, beside(_ADDRESS_WORD, rf"[{HAN}0-9 -]{{0,30}}?{_DOOR}{_FLOOR}", "[ :是為在]{0,3}")),
    Detector(words.ADDRESS, r"\bno\. ?\d{1,4},? ?[a-z0-9., -]{2,60}?\b(?:rd|road|st|street|ave|lane|blvd)\b\.?"),
    Detector(words.ADDRESS, r"2[1-6]\.\d{4,},? ?1(?:1[89]|2[0-3])\.\d{4,}"),  # latitude and longitude of Taiwan
    Detector(words.DOCUMENT_NUMBER, rf"{_SERIES}[a-z]?{_SIGN}(?: ?-?{_SIGN}){{1,13}}[a-z]? ?號", is_private_document),
    Detector(
        words.DOCUMENT_NUMBER,
        rf"{_OF_YEAR}[{HAN}]{{0,2}}[偵他訴易簡聲執緝調監] ?(?:字 ?)?第? ?(?:{_N} ?號|\d{{3,7}}{NO_DIGIT_AFTER})",
    ),
    Detector(
        words.DOCUMENT_NUMBER,
        rf"{NO_DIGIT_BEFORE}(?P<secret>1[01]\d(?: ?-?\d){{6,8}}) ?號? ?(?:函|令|公文|書函|開會通知|簽呈|號)",
        is_private_document,
    ),
    Detector(
        words.DOCUMENT_NUMBER,
        beside(_DOCUMENT_WORD, rf"(?:[a-z]{{1,4}}-?)?{numbered(5, 14)}(?![年月元])"),
    ),
    Detector(words.BIRTH_DATE, beside(_BORN_WORD, _DAY, _TO_DAY)),
    Detector(words.BIRTH_DATE, rf"(?P<secret>{_YEAR_DAY}) ?出?生(?![效產活病意態日涯物存命字動理])"),
    Detector(words.BIRTH_DATE, beside("民國|西元", rf"{_N} ?年(?= ?(?:出生|生的|次))", " ?")),
)
