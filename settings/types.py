"""How the text of a setting becomes its value; each reader raises ValueError with the remedy."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit
from zoneinfo import ZoneInfo

HOME = Path(__file__).resolve().parent.parent

as_text = str


_QUOTES = ('""', "''", "“”", "‘’", "＂＂", "＇＇")


def unquoted(value: str) -> str:
    """A value as it was meant: some take the quotes around it for a part of it, and editors make them round."""
    text = value.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] + text[-1] in _QUOTES else text


def as_matching(pattern: str, remedy: str) -> Callable[[str], str]:
    """A reader of texts that match the pattern whole, digits of half width; of any other it says the remedy."""

    def read(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(remedy)
        return value

    return read


as_time_of_day = as_matching(r"([01]\d|2[0-3]):[0-5]\d", "請填 24 小時制的 HH:MM，例如 09:00")
as_log_format = as_matching("text|json", "只能填 text 或 json")
as_second_factor = as_matching("optional|required", "只能填 optional 或 required")
as_token = as_matching(r"[!-~]+", "只能用英數字與半形符號，中間不留空白")


def as_http_url(value: str) -> str:
    parts = _parts(value)
    if not parts or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("請填完整網址，例如 https://bot.example.org")
    return value.rstrip("/")


def _parts(url: str) -> SplitResult | None:
    """The parts of an address, None for one that cannot be: an odd host, a port that is no number."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port != 0:
            return parts
    return None


def as_redis_url(value: str) -> str:
    parts = _parts(value)
    is_server = parts and parts.scheme in ("redis", "rediss") and parts.hostname
    is_socket = parts and parts.scheme == "unix" and parts.path.strip("/") and not parts.hostname
    if not parts or not (is_socket or (is_server and re.fullmatch(r"/?\d*", parts.path))):
        raise ValueError(
            "請填 redis://主機:埠/編號，例如 redis://127.0.0.1:6379/0；要密碼時 redis://:密碼@主機:埠/編號"
        )
    return value


def as_proxy_url(value: str) -> str:
    """Where there is no scheme it is http, as everywhere."""
    url = value if "://" in value else f"http://{value}"
    parts = _parts(url)
    if not parts or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("請填 http://主機:埠，例如 http://proxy.example.org:3128；不支援 SOCKS")
    return url


def as_page_url(value: str) -> str:
    """The address of a page, percent-encoded, as platforms take it."""
    as_http_url(value)
    return quote(value, safe="%/:?#[]@!$&'()*+,;=~")


@dataclass(frozen=True)
class Phone:
    """A telephone number as people write it, and as a tel: address."""

    written: str
    url: str

    def __str__(self) -> str:
        return self.written


def as_phone(value: str) -> Phone:
    """A number of Taiwan, with an extension or without; its address is of RFC 3966, the extension behind a pause.

    The pause is a comma, which phones dial; few know the standard's own ;ext=.
    """
    import phonenumbers  # only where a number is set: its tables take a moment to load

    plain = re.sub(r"(?i)\s*(?:分機|轉|#|ext\.?)\s*", "#", value)
    if re.fullmatch("[0-9]{3,6}", plain):  # 1999 and the like have no area code
        return Phone(value, f"tel:{plain}")
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(plain, "TW")
        if phonenumbers.is_possible_number(number):
            pause = f",{number.extension}" if number.extension else ""
            return Phone(value, f"tel:+{number.country_code}{phonenumbers.national_significant_number(number)}{pause}")
    raise ValueError("不是電話號碼，請填像 02-2345-6789 或 02-2345-6789 分機 123")


def as_file(value: str) -> Path:
    path = _path(value)
    if not path or not path.is_file():
        raise ValueError("找不到這個檔案，請確認路徑")
    return path


def as_folder(value: str) -> Path:
    path = _path(value)
    if not path:
        raise ValueError("這個路徑太長或繞成一圈，請換一個資料夾")
    return path


def _path(value: str) -> Path | None:
    """None for what the system can never find, such as a name that is too long, or a link that leads to itself."""
    try:
        path = (HOME / value).resolve()
        path.exists()
    except PermissionError:
        raise ValueError("這個帳號進不去它所在的資料夾，請調整權限，或換一個路徑") from None
    except (OSError, RuntimeError):
        return None
    return path


def as_ids(read_id: Callable[[str], str | None], example: str) -> Callable[[str], tuple[str, ...]]:
    """Ids in the form that `read_id` gives, None for what is no id."""

    def read(value: str) -> tuple[str, ...]:
        ids = tuple(text.strip() for text in value.split(",") if text.strip())
        if any(read_id(text) != text for text in ids):
            raise ValueError(f"請以逗號分隔，每個編號像 {example}")
        return ids

    return read


def as_zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("不認得這個時區，請填 Asia/Taipei 之類的名稱") from error


def as_count(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
        raise ValueError("請填 1 以上的整數")
    return int(value)


def as_count_or_none(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise ValueError("請填 0 以上的整數")
    return int(value)
