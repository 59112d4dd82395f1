"""Fuzzing: odd texts and JSON for every door, how many of them, and what may not happen behind a door.

`make test` tries a few hundred examples, the same ones each time; `make fuzz` (FUZZ=10000) tries so many new ones on
each door, tells how far it is, and holds the process to GROWTH and the longest example to LONGEST_SECONDS.
"""

import faulthandler
import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import wraps
from typing import Any

import psutil
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some

MANY = int(os.environ.get("FUZZ", "0"))
GROWTH = 1.5  # of what the process holds once it is warm
WARM = 0.1  # the share of the examples after which it is
LONGEST_SECONDS = 5  # of processor time, in which a machine that is busy is left out, a garbage collection is not
HANGS_AFTER = 20
ROUND = 1000

_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("fuzz", deadline=None, suppress_health_check=_CHECKS)
settings.register_profile("few", derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])


Test = Callable[..., None]


def examples(few: int) -> Callable[[Test], Test]:
    """So many examples in `make test`. In `make fuzz` as many as it is told, in rounds: hypothesis remembers every
    example of a round, and what the process keeps should be ours.
    """
    rounds, size = (-(-MANY // ROUND), min(MANY, ROUND)) if MANY else (1, few)

    def repeated(test: Test) -> Test:
        one_round = settings(settings.get_profile("fuzz" if MANY else "few"), max_examples=size)(test)

        @wraps(one_round)
        def run(*arguments: Any, **named: Any) -> None:
            for _ in range(rounds):
                one_round(*arguments, **named)

        return run

    return repeated


class Door:
    """What is watched while one door is fuzzed.

    `usual`: beginnings of log lines that odd input may bring about; any other warning or error is a fault that
    somebody swallowed.
    """

    def __init__(self, name: str, usual: tuple[str, ...] = ()) -> None:
        self.usual = usual
        self._name = name
        self._log = _Complaints()
        self._tried = 0
        self._slowest = 0.0
        self._at_start = 0

    @contextmanager
    def trying(self, example: object) -> Iterator[None]:
        """One example: it may not hang, and nothing may be swallowed."""
        hang = threading.Timer(HANGS_AFTER, _give_up, (example,))
        hang.daemon = True
        hang.start()
        started = time.process_time()
        try:
            yield
        finally:
            hang.cancel()
            seconds = time.process_time() - started
            self._note(seconds)
        assert seconds <= LONGEST_SECONDS or not MANY, f"{seconds:.1f} s"
        swallowed = [line for line in self._log.taken() if not line.startswith(self.usual)]
        assert not swallowed, swallowed

    def __enter__(self) -> "Door":
        logging.getLogger().addHandler(self._log)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._log)
        if MANY:
            self._tell("done")

    def hold(self) -> None:
        """After `make fuzz`: the process has not grown."""
        assert not self._at_start or _resident() <= GROWTH * self._at_start, f"{_mib(self._at_start)} at the start"

    def _note(self, seconds: float) -> None:
        self._tried += 1
        self._slowest = max(self._slowest, seconds)
        if MANY and not self._at_start and self._tried >= MANY * WARM:
            self._at_start = _resident()
        if MANY and self._tried % ROUND == 0:
            self._tell("…")

    def _tell(self, how: str) -> None:
        grown = f"{_mib(self._at_start)} when warm, {_mib(_resident())} now"
        line = f"{self._name}: {self._tried} of {MANY}, slowest {self._slowest:.2f} s, {grown} {how}"
        print(line, file=sys.stderr, flush=True)


class _Complaints(logging.Handler):
    """Warnings and errors that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    def taken(self) -> list[str]:
        taken, self._lines = self._lines, []
        return taken


def _give_up(example: object) -> None:
    """Nobody can stop a thread that hangs: the process ends, after saying where it was and on what."""
    print(f"hangs for {HANGS_AFTER} s: {example!r:.2000}", file=sys.__stderr__, flush=True)
    faulthandler.dump_traceback(2)
    os._exit(70)


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


_addresses = itertools.count(1)


def somewhere(path: str = "", query: str = "") -> dict[str, Any]:
    """Where a request comes from and goes to, past the test client's own reading of addresses; each time it comes from
    a client address that nobody had: limits by address are no matter here.
    """
    number = next(_addresses)
    environ = {"REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    environ |= {"PATH_INFO": path} if path else {}
    return {"environ_overrides": environ | ({"QUERY_STRING": query} if query else {})}


# Texts

_HEARD = """
選單 退訂 訂閱 說明 緊急處理 今日提醒 我的編號 第2案 案例二 已經發生：2 一般提醒 推播 推播：字 你好 謝謝 收到 ？ 取消
確認 /start /menu /stop@x ／ＴＩＰ menu stop help id 2 刑法第132條 刑法第１３２條 §132 個資法第20條至第99999條
可以把確診名單傳給家人嗎 用Google表單調查薪資 空拍機拍營區 A123456789 0912-345-678 王大明先生
某字第1130012345號 a@b.tw 4111111111111111 https://a.gov.tw/x?y=%E5%AD%97 http://[ tel: 127.0.0.1
"""
_ODD = (
    "\x00 \ud800 \udfff \ud83d\ude00 \u202e \u2066 \u200b \u200d \ufeff \u00ad \u3164 \u115f \ufffd \uffff \U0010ffff "
    "\u0301 e\u0301\u0301\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467 🇹🇼 ㋿ ﷺ "
    "ﬁ ß İ ı ǆ Ω Å 〇 廿 兩 ½ ² ① 〡 \ue000 𠮷 \r\n "
    "\n \t \v \x1b[31m \x85 \u2028 <b> </script> &lt; & \" ' ` { } {{x}} {0} %s %n %00 $( ; -- \\ / .. ../ = + @ # ? * "
    "0 -1 1e999 NaN None null true 9999999999999999999 ９ ٣ 1/0"
)
_REPEATED = ("字", "a", " ", "9", "\u0301", "😀", "(", "第", "\n", "0-", "A123456789", "0912 345 678 ", "刑法第132條、")
any_text = some.text(some.characters(), max_size=40) | some.text(
    some.characters(exclude_categories=(), max_codepoint=0x10FFFF), max_size=40
)
pieces = some.sampled_from(_HEARD.split()) | some.sampled_from(_ODD.split(" ")) | some.text(max_size=6)
long_texts = some.builds(
    lambda piece, times: piece * times, some.sampled_from(_REPEATED), some.sampled_from((70, 700, 5001))
)
_texts = some.one_of(
    some.sampled_from(_HEARD.split()),
    some.lists(pieces, max_size=12).map("".join),
    any_text,
    long_texts,
    some.tuples(some.sampled_from(_HEARD.split()), long_texts).map("".join),
)
texts = some.deferred(lambda: _texts)  # deferred: the failing example is what is to be read, not how it is made
"""What somebody may type or send: our own words, odd characters, halves of surrogate pairs, at any length."""

encodable_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode("utf-8"))
"""The same as it comes out of UTF-8."""

# JSON

scalars = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.sampled_from((0, -1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30)),
    some.floats(),
    texts,
)


def _holding(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    return inner | some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8) | pieces, inner, max_size=3)


json_values = some.deferred(lambda: _holding(_holding(scalars)))
"""Any value that a JSON text of Python can hold, infinities and NaN among them."""


@some.composite
def damaged(draw: Callable[[Any], Any], whole: some.SearchStrategy[Any], most: int = 3) -> Any:
    """A JSON value with some places of it replaced by any JSON, left out, or doubled; `whole` makes new values."""
    value = deepcopy(draw(whole))
    for _ in range(draw(some.integers(0, most))):
        places = list(_places(value))
        if not places:
            return value
        holder, key = places[draw(some.integers(0, len(places) - 1))]
        how = draw(some.integers(0, 9))
        if how == 0:
            del holder[key]
        elif how == 1 and isinstance(holder, list):
            holder.append(holder[key])
        else:
            holder[key] = draw(json_values)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place inside a value, as what holds it and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


# Bodies

bodies = some.one_of(
    some.binary(min_size=1, max_size=200),
    texts.filter(len).map(lambda text: text.encode("utf-8", "surrogatepass")),
    texts.map(lambda text: text.encode("utf-16", "surrogatepass")),
    some.builds(bytes.__mul__, some.sampled_from((b"[", b'{"a":', b"9", b"\xff", b"\xa4\xa4")), some.just(50_000)),
    some.sampled_from((b"-", b"{}", b"[]", b"\xef\xbb\xbf{}", b'"\\ud800"', b"a=b&=&&a=%", b"--x\r\n\r\n--x--")),
)
"""The bytes of a request that are no JSON, or JSON that no reader should try."""
content_types = some.sampled_from(
    (
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; charset=nonsense",
        "\u00e9",
        "",
    )
)

# Requests

bytewise = (texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | some.binary(max_size=20)).map(
    lambda data: data[:2000].decode("latin-1")
)
"""As a server hands paths and headers on: each byte as one character."""
HEADERS = (
    "Host Cookie Origin Referer Accept Accept-Language Accept-Encoding Range If-None-Match If-Modified-Since Forwarded "
    "X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-HTTP-Method-Override Authorization HX-Request HX-Target "
    "Sec-Fetch-Site User-Agent Content-Encoding"
)
headers = some.dictionaries(
    some.sampled_from(HEADERS.split()),
    bytewise.map(lambda value: value.replace("\r", " ").replace("\n", " ")),
    max_size=3,
)
segments = bytewise | some.integers(-3, 10**9).map(str) | some.just("9" * 5000)
fields = some.dictionaries(
    some.text(max_size=8) | some.just("q"), encodable_texts | some.lists(encodable_texts, max_size=3), max_size=4
)
"""Fields of a form, or of a query, whatever they are called."""
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X")
methods = some.sampled_from(METHODS)
