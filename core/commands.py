"""What a message means where the whole of it is a command, a nod or a greeting; the same on every face.

A message is brought into one normal form, and what may stand around a command is peeled off both ends. Only what is
left as a whole counts: a sentence that merely holds such a word is a question.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from core import heard
from core.words import BROADCAST

LONGEST = 60  # characters of a normal form: nobody says 退訂 at more length
MOST_READ = 1000  # characters as typed, unseen ones among them

_SPACE_BY_HAN = re.compile("(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_LOOSE_HYPHEN = re.compile("(?<![a-z0-9])-|-(?![a-z0-9])")
_BETWEEN_CLAUSES = re.compile(r"[^\w\u200b-\u200f\u2060\ufeff]+")
_KEPT_SIGNS = "-+%"  # 「ai-tools」, and what makes 「+1」 and 「10%」 no number of a case
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"}
_HANGUL_FILLERS = "\u115f\u1160"  # letters without any shape
_OWN_TIP = re.compile(rf"[\s/／\u200b-\u200f\u2060\ufeff]*{BROADCAST}[:：\s]+(?=.*\w)(.*)", re.S)

_ASKING = re.compile(heard.ASKING)
_NODS = re.compile(f"(?:{'|'.join(heard.NODS)})++")
_GREETED, _BESIDE = f"(?:{'|'.join(heard.GREETINGS)})", f"(?:{heard.BESIDE_GREETINGS})"
_GREETINGS = re.compile(f"{_BESIDE}*+{_GREETED}(?:{_GREETED}|{_BESIDE})*+")
_SHOWN = {"menu", "help", "tip", "id", "guides", "guide", "case", "happened", "number"}

Words = dict[str, list[str]]
"""By their first signs."""


def _by_first_sign(words: Iterable[str]) -> Words:
    table: Words = {" ": [" "]}
    for word in words:
        table.setdefault(word[0], []).append(word)
    return table


def _frame(openings: str, endings: str) -> tuple[Words, Words]:
    """What may stand around a command: its openings, and its endings read backwards."""
    return _by_first_sign(openings.split("|")), _by_first_sign(word[::-1] for word in endings.split("|"))


_ACTING = _frame(heard.OPENINGS, heard.ENDINGS)
_SHOWING = _frame(f"{heard.OPENINGS}|{heard.SHOWING_OPENINGS}", f"{heard.ENDINGS}|{heard.SHOWING_ENDINGS}")

_DIGIT_ROWS = "〇一二三四五六七八九", "零壹貳參肆伍陸柒捌玖"
_DIGITS = {sign: value for row in _DIGIT_ROWS for value, sign in enumerate(row)} | {"兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_UNITS_OTHERWISE = str.maketrans({"拾": "十", "佰": "百", "仟": "千", "廿": "二十", "卅": "三十", "〇": "零"})
_D = f"[{''.join(sign for sign, value in _DIGITS.items() if value)}]"
_NUMERAL = re.compile(f"(?:{_D}千(?=零|{_D}百|$))?零?(?:{_D}百(?=零|{_D}?十|$))?零?(?:{_D}?十)?零?{_D}?")


class Command(NamedTuple):
    """A verb of the conversation, and what is said with it."""

    verb: str
    arguments: tuple[str, ...] = ()


NOD = Command("nod")


def read(text: str) -> Command | None:
    """The command that the whole message is; None for anything else, a question above all."""
    if len(text := text.strip()) > MOST_READ:
        return None
    said = normal(text)
    if not said:
        return _wordless(text)
    return (_command(said) or _courtesy(said) or _wants_out(text)) if len(said) <= LONGEST else None


def own_tip(text: str) -> str:
    """The words behind 「推播：」 as they were typed; "" where there are none."""
    found = _OWN_TIP.fullmatch(text)
    return found[1].strip() if found else ""


def normal(text: str) -> str:
    """Traditional, lower case, nothing unseen and no signs; one space between words, none beside Chinese."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(heard.WRITTEN_OTHERWISE)
    kept = "".join(map(_kept, _LOOSE_HYPHEN.sub(" ", text)))
    return _SPACE_BY_HAN.sub("", " ".join(kept.split()))


def number(text: str) -> int | None:
    """A number in digits, or in Chinese below 10,000; None for what is none."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    if len(text) > 1 and all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    text = text.translate(_UNITS_OTHERWISE)
    if not _NUMERAL.fullmatch(text):
        return None
    value = digit = 0
    for sign in text:
        if unit := _UNITS.get(sign):
            value, digit = value + (digit or 1) * unit, 0
        else:
            digit = _DIGITS[sign]
    return value + digit


def _kept(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign in _KEPT_SIGNS or kind[0] in "LN" or kind == "Sc":
        return "" if sign in _HANGUL_FILLERS else sign
    return "" if kind in _UNSEEN and not sign.isspace() else " "


def _wordless(text: str) -> Command:
    """Signs and emoji are a nod, but who sends question marks, or nothing, is told how to ask."""
    seen = any(unicodedata.category(sign)[0] in "PS" for sign in text)
    return NOD if seen and not re.search("[?？❓❔]", text) else Command("blank")


def _courtesy(said: str) -> Command | None:
    if _GREETINGS.fullmatch(said):
        return Command("hello")
    return NOD if _NODS.fullmatch(said) else None


def _wants_out(text: str) -> Command | None:
    """Wanting out in several clauses, 「不要再傳了，我要退訂！」: whoever wants out always gets out."""
    clauses = [normal(clause) for clause in _BETWEEN_CLAUSES.split(text)]
    meant = {command.verb if (command := _command(clause) or _courtesy(clause)) else "" for clause in clauses if clause}
    return Command("stop") if "stop" in meant and meant <= {"stop", "nod", "hello"} else None


@cache
def _meant() -> list[tuple[str, re.Pattern[str], bool]]:
    """Made for the first message: who starts the program for something else does not wait for it."""
    return [(verb, re.compile(said), also_asked) for verb, said, also_asked in heard.MEANT]


def _command(said: str) -> Command | None:
    acting, showing = (list(_bodies(said, *frame)) for frame in (_ACTING, _SHOWING))
    for verb, meant, also_asked in _meant():
        for body, asked in showing if verb in _SHOWN else acting:
            found = meant.fullmatch(body) if also_asked or not asked else None
            if found and (command := _with_arguments(verb, list(filter(None, found.groups())))):
                return command
    return None


def _with_arguments(verb: str, arguments: list[str]) -> Command | None:
    """With numbers in digits; None where what stands in a number's place is none."""
    if verb == "guide" or not arguments:
        return Command(verb, tuple(arguments))
    value = number(arguments[0])
    return None if value is None else Command(verb, (str(value),))


def _bodies(said: str, openings: Words, endings: Words) -> Iterator[tuple[str, bool]]:
    """What is left without some openings and endings, the most first, and whether these ask."""
    starts = _reached(said, openings)
    ends = _reached(said[::-1], endings)
    for start in starts:
        for end in (len(said) - each for each in ends):
            if start < end:
                yield said[start:end], bool(_ASKING.search(f"{said[:start]} {said[end:]}"))


def _reached(text: str, words: Words) -> list[int]:
    """Where one can stand in a text after any number of words from its start; Latin words are whole."""
    reached = [0]
    for at in reached:
        for word in words.get(text[at : at + 1], ()):
            behind = at + len(word)
            whole = not (word.isascii() and text[behind : behind + 1].isascii() and text[behind : behind + 1].isalnum())
            if text.startswith(word, at) and (whole or word == " ") and behind not in reached:
                reached.append(behind)
    return sorted(reached)
