"""Numbers that name a person or what is theirs: identity, telephone, cards, accounts."""

import re

from core import words
from core.masking.detector import (
    GAP,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    Detector,
    any_of,
    before,
    beside,
    digits,
    numbered,
    secret,
)

# Letters of an identity number with the two digits that they count as (10 for A, 34 for I, 35 for O …).
_LETTERS = {letter: value for value, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1, 1)
_CHINA_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_ID = rf"(?:[a-z][1289]|(?<![a-z])[a-z](?:{GAP}[1289]|[a-d]))(?:{GAP}\d){{8}}{NO_DIGIT_AFTER}"
_CHINA_ID = rf"{NO_DIGIT_BEFORE}[1-9](?:{GAP}\d){{16}}{GAP}[\dx]{NO_DIGIT_AFTER}"
_EXTENSION = rf"(?:{GAP}(?:轉接?)?(?:分機|轉接?|內線|ext(?:ension)?|x|#|\*){GAP}:?{GAP}\d{{1,6}})?"
_COUNTRY = rf"(?:(?:\+|00){GAP})?8{GAP}8{GAP}6{GAP}(?:0{GAP})?"
_FROM_ABROAD = rf"{NO_DIGIT_BEFORE}[(]?{_COUNTRY}[2-9](?:{GAP}\d){{7,8}}{NO_DIGIT_AFTER}"
_MOBILE = rf"(?<![\da-z])[(]?[0o]{GAP}9(?:{GAP}\d){{8}}{NO_DIGIT_AFTER}"
_LANDLINE = rf"{NO_DIGIT_BEFORE}[(]?(?P<number>0{GAP}[2-8](?:{GAP}\d){{7,8}}){NO_DIGIT_AFTER}"

_ID_WORD = any_of("身分證 身份證 居留證 統一證號 證號 證件") + r"|\bid\b"
_PHONE_WORD = any_of("電話 市話 家電 專線 傳真 手機 行動 門號 聯絡方式 tel fax phone mobile")
_CARD_WORD = any_of("卡號 信用卡 金融卡 提款卡 悠遊卡 一卡通 簽帳卡")
_ACCOUNT_WORD = any_of(
    "帳號 帳戶 賬號 賬戶 戶頭 匯款 匯到 匯入 匯錢 轉帳 轉到 轉入 存摺 存簿 局號 劃撥 薪轉 account a/c"
)
_TAX_WORD = any_of("統編 統一編號 稅籍編號 vat tax.?id")
_OTHER_WORD = any_of(
    "台胞證 臺胞證 通行證 居民證 回鄉證 入出境許可證 入出境證 居留 駕照 駕駛執照 軍人身分證 軍人身份證 兵籍 識別證 "
    "服務證 榮民證 身障手冊 學號 准考證 員工編號 員編 工號 職號 人事代號 人員代號 病歷 學生證 保單 會員編號 投保"
)


def is_national_id(match: re.Match[str]) -> bool:
    """The check digit of an identity or resident number, the old one of foreigners (two letters) too."""
    first, second, *rest = re.findall("[A-Z0-9]", secret(match).upper())
    tens, ones = divmod(_LETTERS[first], 10)
    figures = (_LETTERS[second] % 10 if second.isalpha() else int(second), *map(int, rest))
    total = tens + 9 * ones + sum(a * b for a, b in zip(figures, _WEIGHTS, strict=True))
    return total % 10 == 0


def is_china_id(match: re.Match[str]) -> bool:
    """ISO 7064 MOD 11-2, as GB 11643 has it."""
    number = re.sub(r"[^0-9X]", "", secret(match).upper())
    total = sum(int(a) * b for a, b in zip(number[:17], _CHINA_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[-1]


def is_card(match: re.Match[str]) -> bool:
    """Luhn's check digit; one and the same digit throughout is no card."""
    number = digits(match)
    doubled = (int(a) * 2 for a in number[-2::-2])
    total = sum(int(a) for a in number[-1::-2]) + sum(a - 9 if a > 9 else a for a in doubled)
    return total % 10 == 0 and len(set(number)) > 1


def is_landline(match: re.Match[str]) -> bool:
    """Area code and number are 9 or 10 digits in all; 0800 and 0809 are public."""
    number = re.sub(r"\D", "", match["number"])
    return len(number) in (9, 10) and not number.startswith(("0800", "0809"))


def is_foreign_phone(match: re.Match[str]) -> bool:
    """As libphonenumber knows the numbers of each country."""
    import phonenumbers  # only where one is to be looked at: its tables take a moment to load

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits(match)))
    except phonenumbers.NumberParseException:
        return False


def is_no_day(match: re.Match[str]) -> bool:
    """Eight digits that read as a day are no telephone number."""
    return not re.fullmatch(r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d", digits(match))


DETECTORS = (
    Detector(words.ID_NUMBER, _ID, is_national_id),
    Detector(words.ID_NUMBER, beside(_ID_WORD, _ID)),  # with a digit mistyped
    Detector(words.ID_NUMBER, _CHINA_ID, is_china_id),
    Detector(words.PHONE_NUMBER, _FROM_ABROAD + _EXTENSION),
    Detector(words.PHONE_NUMBER, _MOBILE + _EXTENSION),
    Detector(words.PHONE_NUMBER, _LANDLINE + _EXTENSION, is_landline),
    Detector(words.PHONE_NUMBER, rf"\+{GAP}{numbered(7, 15)}{_EXTENSION}", is_foreign_phone),
    Detector(words.PHONE_NUMBER, beside(_PHONE_WORD, rf"9(?:{GAP}\d){{8}}{NO_DIGIT_AFTER}")),
    Detector(
        words.PHONE_NUMBER,
        beside(_PHONE_WORD, rf"[2-9]\d{{2,3}}{GAP}\d{{4}}{NO_DIGIT_AFTER}{_EXTENSION}"),
        is_no_day,
    ),
    Detector(words.HEALTH_CARD, beside(r"健保(?:IC)?", numbered(12))),
    Detector(words.HEALTH_CARD, before("健保卡", numbered(12))),
    Detector(words.CARD_NUMBER, rf"{NO_DIGIT_BEFORE}(?=[2-6]){numbered(13, 19)}", is_card),
    Detector(words.CARD_NUMBER, beside(_CARD_WORD, numbered(12, 19))),
    Detector(words.ACCOUNT_NUMBER, beside(_ACCOUNT_WORD, rf"[(]?{numbered(6, 20)}(?![元塊萬])")),
    Detector(words.ACCOUNT_NUMBER, before("帳戶|帳號", numbered(6, 16))),
    Detector(words.TAX_ID, beside(_TAX_WORD, numbered(8))),
    Detector(words.TAX_ID, before("統編", numbered(8))),
    Detector(words.PASSPORT, beside(any_of("護照 passport"), rf"(?:[a-z]{{1,2}}{GAP})?{numbered(7, 9)}")),
    Detector(words.PASSPORT, before("護照", numbered(9))),
    Detector(words.DOCUMENT_OF_PERSON, beside(_OTHER_WORD, rf"(?:[a-z]{{1,3}}{GAP})?{numbered(5, 12)}(?![年月])")),
)
