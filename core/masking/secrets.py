"""What opens a door or leads to somebody: passwords, tokens, e-mail, accounts of networks, their addresses, plates."""

import ipaddress
import re

from core import words
from core.masking.detector import Detector, any_of, before, beside, secret

_LOCAL = r"[a-z0-9._%+'-]"
_AT = r" ?(?:@|[(] ?at ?[)]| at |[(]? ?小老鼠 ?[)]?) ?"
_DOT = r" ?(?:\.|[(] ?dot ?[)]| dot |點) ?"
_DOMAIN = rf"[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{1,5}}"

_START, _STOP = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_DASHED_PLATE = r"(?:[a-z]{3} ?- ?\d{3,4}|[a-z]{2} ?- ?\d{4}|\d{4} ?- ?[a-z]{2}|\d{3} ?- ?[a-z]{3})"
_PLATE = (
    r"(?:[a-z]{3}[ -]{0,3}\d{3,4}|[a-z]{2}[ -]{0,3}\d{4}|\d{4}[ -]{0,3}[a-z]{2}|\d{3}[ -]{0,3}[a-z]{3}"
    rf"|(?:[a-z]\d|\d[a-z])[ -]?\d{{4}}|\d{{4}}[ -]?[a-z]\d){_STOP}"
)
_PLATE_WORD = any_of(
    "車牌 車號 牌照 車輛 座車 貨車 卡車 警車 巡邏車 機車 汽車 轎車 車子 摩托車 公務車 休旅車 計程車 車主 這台車 "
    "那台車 白車 黑車 這輛 那輛"
)
_NO_PLATES = (
    "iso|cns|rfc|cve|sop|gpt|usb|pdf|iec|ict|qr|fy|kb|ver|vol|no|id|ai|tls|ssl|sha|"
    "aes|rsa|utf|big|am|pm|gb|mb|hp|sec|art|cpu|gpu|rtx|gtx|dc|law|app|api|mac|win|"
    "msg|doc|xls|ppt|csv|txt|hd|tv|dvd|arc"
)

_PASS = any_of("密碼 密鑰 金鑰 口令 通關碼 驗證碼 帳密 passwd passcode pwd otp psk token secret") + (
    r"|\bpass ?word|\bpin(?: ?碼)?|\bpw\b|\bapi[ _-]?key"
)
_SAID = r" ?(?:就?是|為|:|=|設成?|改成) ?"
_TYPED = r"(?![:=])[!-~]{3,100}(?<![,.;:?)])"

_NET = any_of(
    "line 賴 telegram tg 紙飛機 ig instagram fb facebook 臉書 微信號 微信 wechat whatsapp twitter 推特 threads "
    "脆 skype discord signal dcard ptt"
)
_LOGIN = any_of("帳號 賬號 帳戶名稱 使用者名稱 使用者代號 使用者 username user login")
_HANDLE = r"[a-z0-9][a-z0-9._-]{3,31}"


def has_digit(match: re.Match[str]) -> bool:
    return bool(re.search(r"\d", secret(match)))


def is_mixed(match: re.Match[str]) -> bool:
    """Whether letters and digits are mixed, as in no word of a language."""
    return has_digit(match) and bool(re.search(r"[A-Za-z]", secret(match)))


def is_random(match: re.Match[str]) -> bool:
    """Whether it looks drawn by chance: digits and letters of both cases, or hexadecimal throughout."""
    text = secret(match)
    cases = re.search(r"[a-z]", text) and re.search(r"[A-Z]", text)
    return is_mixed(match) and bool(cases or re.fullmatch(r"[0-9a-fA-F]+", text))


def is_plate(match: re.Match[str]) -> bool:
    """Abbreviations with a number look the same: ISO-9001, CVE-2024."""
    return not re.fullmatch(_NO_PLATES, re.sub(r"[^a-z]", "", secret(match).lower()))


def is_network_address(match: re.Match[str]) -> bool:
    """An address of IPv4 or IPv6; 「::」 alone names nobody."""
    written = secret(match).replace(" ", "")
    try:
        return bool(ipaddress.ip_address(written)) and len(written) > 3
    except ValueError:
        return False


_KEY = r"-{3,5}begin [a-z0-9 ]{0,30}key-{3,5}"
_PREFIXED = r"(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abprs]|hf|ya29|whsec)[_.-][\w.-]{12,}"

DETECTORS = (
    Detector(words.SECRET, rf"{_KEY}(?:[\s\S]{{0,4000}}?{_KEY.replace('begin', 'end')}|[\s\S]*)"),
    Detector(words.SECRET, rf"{_START}(?-i:eyJ)[\w-]{{8,}}(?:\.[\w-]{{2,}}){{0,4}}"),
    Detector(words.SECRET, _START + _PREFIXED),
    Detector(words.SECRET, rf"{_START}(?-i:AKIA|ASIA|AIza)[\w-]{{12,}}"),
    Detector(words.SECRET, rf"{_START}\d{{8,10}}:[\w-]{{30,}}"),
    Detector(words.SECRET, beside(any_of("bearer basic"), r"[\w.~+/=-]{8,}", " "), is_mixed),
    Detector(words.SECRET, r"(?<=://)[^\s/:@]{1,60}:[^\s/@]{1,60}(?=@)"),
    Detector(words.SECRET, beside(_PASS, _TYPED, _SAID)),
    Detector(words.SECRET, beside(_PASS, rf"(?=[!-~]{{4}}){_TYPED}(?![年月日碼位個天次])", " ?"), has_digit),
    Detector(words.SECRET, rf"{_START}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_STOP}"),
    Detector(words.CHAT_ACCOUNT, rf"{_START}[ucr][0-9a-f]{{32}}{_STOP}"),
    Detector(words.SECRET, r"(?<![\w+/=.-])[\w+/=-]{28,}", is_random),
    Detector(words.EMAIL, rf"(?<!{_LOCAL}){_LOCAL}++{_AT}{_DOMAIN}"),
    Detector(
        words.CHAT_ACCOUNT,
        beside(
            rf"(?:{_NET}) ?(?:的 ?)?(?:id|帳號|賬號|account|名稱|暱稱)",
            r"@?[a-z0-9][a-z0-9._-]{2,31}",
            r" ?(?:就?是|為|叫|:|=)? ?",
        ),
    ),
    Detector(words.CHAT_ACCOUNT, beside(_NET, rf"@?{_HANDLE}", r" ?(?:就?是|:|=) ?")),
    Detector(words.CHAT_ACCOUNT, beside(_NET, f"@{_HANDLE}", " ?")),
    Detector(words.CHAT_ACCOUNT, beside(any_of("賴 微信號 ig fb tg") + "|[加的]我? ?line", _HANDLE, " ?"), is_mixed),
    Detector(words.ACCOUNT_NUMBER, beside(_LOGIN, r"[a-z][\w.-]{2,31}", r" ?(?:就?是|為|:|=) ?")),
    Detector(words.NETWORK_ADDRESS, r"(?<![\d.版])\d{1,3}(?: ?\. ?\d{1,3}){3}(?!\.?\d)", is_network_address),
    Detector(
        words.NETWORK_ADDRESS,
        r"(?<![0-9a-z:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\d{1,3}\.){3}\d{1,3})?(?![0-9a-z:])",
        is_network_address,
    ),
    Detector(words.NETWORK_ADDRESS, r"(?<![0-9a-z:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-z:-])"),
    Detector(words.PLATE, beside(_PLATE_WORD, _PLATE)),
    Detector(words.PLATE, before("車", _PLATE), is_plate),
    Detector(words.PLATE, rf"(?<![a-z0-9-]){_DASHED_PLATE}(?! ?-? ?[a-z0-9])", is_plate),
)
