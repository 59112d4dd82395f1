"""The grammar of citations: which articles of which laws a line such as 「刑法第132條及個資法§41」 names.

    line   = words run {words run} words   the words between two runs name the law of the second, or repeat the first
    run    = group {join group}            第132條第1項、第213條
    group  = number {join number} unit     第19、20條; only 條 and 點 are articles, 項 and 款 are passed over
    number = numeral [(之|-) numeral]      132, 一百三十二, 10之1

Who reads a wrong article follows a wrong link, so doubt reads nothing: a law that is not known by exactly its name
keeps the words it was cited with, and an article that belongs to no law is no reference.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from retrieval import law_names
from retrieval.law_names import KIND, one_writing, without_remarks

WHOLE_LAW = "全文"
LONGEST_RANGE = 30
EDGES = " 　。.；;、,，「」《》〈〉"

# The expressions below are strings: `re` makes each at its first use and keeps it. Most commands read no citation.

# Numerals. 參 and 陸 are words too, so a branch is written with them only where no word can follow.
_PLAIN = "0-9〇零○一二三四五六七八九十百千廿卅"
_FINANCIAL = "壹貳參叁肆伍陸柒捌玖拾佰仟"
_NUMERAL = f"[{_PLAIN}{_FINANCIAL}]++"
_DIGITS = str.maketrans("〇零○一二三四五六七八九" + _FINANCIAL, "0001234567891233456789十百千")
_PLACES = r"(?:([1-9])千)?(?:([1-9])百)?(?:(?:(?<=千)0)?([1-9])十)?(?:(?:(?<=[千百])0|(?<=十))([1-9]))?"

# Groups and runs. 第132條之一般規定 has no branch, 第一條件 no article, 第三點鐘 no point.
_WORD = (
    "(?!(?<=一)(?:[般切些致律樣旁半旦貫環造端定方面員]|部(?!分))"
    "|[種倍年月日天週次件元萬億%]|成(?!立)|個(?![人資])|人(?!員)|分之)"
)
_UNIT = (
    "(?:條(?!件|例(?![外如示])|約(?!定)|理(?!由)|目(?!的)|[款碼狀紋路線船河街魚龍命])"
    f"|點(?![鐘鍾半心滴]|整(?!理)|名(?![單稱義])|{_NUMERAL}分)|[項款目類編章節段])"
)
_AND = "(?:以及|[及與和或暨並])"
_TO = "[至到迄~]"
_JOIN = f"(?:、{_AND}?|{_AND}|{_TO})"
_NUMBER = f"{_NUMERAL}(?:[之-]{_NUMERAL}{_WORD})*+"
_LAST = f"(?:[{_PLAIN}]++{_WORD}(?![條點項款目])|{_NUMERAL}(?![一-鿿%]))"
_BRANCH = f"(?:[之-]{_LAST})*+"
_GROUP = f"{_NUMBER}(?:{_JOIN}第?{_NUMBER})*{_UNIT}{_BRANCH}(?:{_JOIN}之{_LAST})*"
_TOKEN = f"(?P<join>{_JOIN}|-)?第?(?P<number>{_NUMBER}|之{_NUMERAL})(?:(?P<unit>{_UNIT})(?P<branch>{_BRANCH}))?"
_ARABIC = f"[0-9]++(?:[之-][{_PLAIN}]++{_WORD})?"
_SECTION = f"§+第?({_ARABIC}(?:{_JOIN}{_ARABIC}(?=$|[^一-鿿%]|{_JOIN}|[第條]))*)條?"

# Names, and what may stand before and behind them.
_BEHIND_NAME = "|".join(f"(?<={kind})" for kind in f"{KIND}|訴".split("|"))
_RUN = f"(?:第|{_BEHIND_NAME}){_GROUP}(?:(?:(?:{_JOIN}|-)第?|第){_GROUP})*"
_SHAPED = f"(?![之的所])(?:.+(?:(?<![方違不合非無依司立執辦])法|{KIND[2:]})|.*公司法)"
_STOP = "[、。;:.!?/|()]"
_VERB = (
    "(?:違反|觸犯|涉犯|涉嫌|涉及|涉有|依據|依照|按照|根據|適用|準用|參照|參見|另見|構成|成立|該當|有關|關於|現行|我國"
    "|犯(?!罪)|按(?!摩)|見(?![習證義])|即(?!時)|依|係|另|且|又)"
)
_BEFORE_NAME = f"(?:^|{_AND}|{_TO}|{_STOP}|{_VERB})$"
_OPENING = f"(?:{_AND}|{_TO}|{_VERB})+"
_BETWEEN = f"{_STOP}|(?:{_BEHIND_NAME}|(?<=[罪條項款點定段書])){_AND}"
_TRAIL = f"(?:{_STOP}|{_AND}|{_TO})+$"
_REPEATS = f"(?:(?!.*(?:{KIND})).*罪|之?(?:規定|條文|同條|該條|前段|後段|但書))?"
_SAME = f"(?:.*(?:{_AND}|{_TO}|{_VERB}))?(?:[同該本其]|前揭|前開|上開|前述)({KIND})?(施行細則)?"


class Reference(NamedTuple):
    """An article as `read` gives it: Reference("中華民國刑法", "10-1", "條"). Points may be a range: "49-76"."""

    law: str
    article: str
    unit: str = "條"


class _Place(NamedTuple):
    main: int
    branch: int = 0


def read(text: str, names: Iterable[str] = ()) -> tuple[Reference, ...]:
    """The articles a text names, in order, at least one reference; `names` are official names besides the table's.

    A law without an article is WHOLE_LAW. Where nothing is named, the words of the text stand for the law, so that no
    row of a table can ever answer to them. What is in parentheses counts only where no article is outside.
    """
    known = law_names.known(tuple(names))
    signs = one_writing(text)
    outside, inside = (
        [*_references(_plain(words), known)] for words in (without_remarks(signs), re.sub("[()]", "。", signs))
    )
    found = outside if _cited(outside) or not _cited(inside) else inside
    whole = {reference.law for reference in found} - _cited(found)
    kept = [ref for ref in found if ref.law and (ref.article != WHOLE_LAW or ref.law in whole)]
    return tuple(dict.fromkeys(kept)) or (Reference(text.strip(EDGES), WHOLE_LAW),)


def article_key(cell: str, unit: str = "") -> str | None:
    """The article cell of a table as `read` writes it: 「第10條之1」, 10之1 -> "10-1"; None when it is not one article.

    `unit` is the law's, for cells without one: 15至20 is a range of points and no single 條.
    """
    words = _plain(without_remarks(one_writing(cell)))
    if words in ("", WHOLE_LAW):
        return WHOLE_LAW
    if not re.search("[條點]", words):
        words += unit or ("點" if re.search(_TO, words) else "條")
    run = re.fullmatch(_RUN, words if words.startswith("第") else f"第{words}")
    articles = _articles(run) if run else []
    return articles[0][0] if len(articles) == 1 else None


def _cited(references: Iterable[Reference]) -> set[str]:
    """The laws of which an article is cited."""
    return {reference.law for reference in references if reference.article != WHOLE_LAW}


def _plain(text: str) -> str:
    """Commas join, but 1,225 is no list; § with Arabic numerals is 第…條."""
    return re.sub(_SECTION, r"第\1條", re.sub(r",(?!\d{3}(?!\d))", "、", text))


def _references(text: str, known: Mapping[str, str]) -> Iterator[Reference]:
    """Every law and article in order; an article of a law that is not told has law ""."""
    named: list[str] = []
    position = 0
    for run in re.finditer(_RUN, text):
        if articles := _articles(run):
            yield from _name(_laws(text[position : run.start()], known, position > 0, owns=True), named)
            yield from (Reference(named[-1] if named else "", *article) for article in articles)
            position = run.end()
    yield from _name(_laws(text[position:], known, position > 0, owns=False), named)


def _name(laws: Iterable[str], named: list[str]) -> Iterator[Reference]:
    """The laws themselves, each added to those named before; 「同條例」 is the last of these that is one, or ""."""
    for law in laws:
        if same := re.fullmatch(_SAME, law):
            kinds = ("法", "條例", "通則") if same[1] == "法" else (same[1] or "",)
            before = next((other for other in reversed(named) if other.endswith(kinds)), "")
            law = before and before + (same[2] or "")
        named.append(law)
        yield Reference(law, WHOLE_LAW)


def _laws(words: str, known: Mapping[str, str], follows: bool, owns: bool) -> list[str]:
    """The laws named in the words before an article or at the end of the text, in order.

    `follows`: the words come directly after an article, so they begin with a remark on it (洩密罪及…).
    `owns`: they stand directly before one, so that their last words are its law, known or not.
    """
    laws: list[str] = []
    while words:
        size, law = _last(words, known, follows, owns)
        laws += [law] if law else []
        words, behind = words[:-size], words[-size:]
        owns = owns and bool(re.fullmatch(f"{_STOP}+", behind)) and not (follows and not re.search(_BETWEEN, words))
    return laws[::-1]


def _last(words: str, known: Mapping[str, str], follows: bool, owns: bool) -> tuple[int, str]:
    """How many characters the last name, remark or punctuation has, and the law that it names or ""."""
    if trail := re.search(_TRAIL, words):
        return len(trail[0]), ""
    compared = law_names.compared(words)
    for key, law in known.items():
        if compared.endswith(key) and re.search(_BEFORE_NAME, words[: -len(key)]):
            return len(key), law
    start = max((mark.end() for mark in re.finditer(_BETWEEN, words)), default=0)
    piece = words[start:]
    is_remark = follows and not start
    opening = re.search(_OPENING, piece) if is_remark else re.match(_OPENING, piece)
    name = piece[opening.end() :] if opening else piece
    if re.fullmatch(_SAME, piece) or (is_remark and not opening and not owns):
        return len(piece), piece if re.fullmatch(_SAME, piece) else ""
    return len(piece), name if re.fullmatch(_SHAPED, name) or (owns and not re.fullmatch(_REPEATS, name)) else ""


def _articles(run: re.Match[str]) -> list[tuple[str, str]]:
    """The articles of a run with their units; a number without a unit takes that of the next."""
    found: list[tuple[str, str]] = []
    before: tuple[_Place, str] | None = None
    for join, number, unit in _tokens(run):
        if number.startswith("之"):
            number, unit = (f"{before[0].main}{number}", before[1]) if before else ("", "")
        if unit not in ("條", "點"):
            continue
        places = _places(number, unit)
        if before and places and re.fullmatch(f"{_TO}|-", join) and before[1] == unit:
            places.insert(0, before[0])
            found.pop()
        found += [(article, unit) for article in _span(places, unit)]
        before = (places[-1], unit) if places else None
    return found


def _tokens(run: re.Match[str]) -> list[tuple[str, str, str]]:
    """A run as (join, number, unit): 「第19、20條」 -> ("", "19", "條"), ("、", "20", "條")."""
    tokens = []
    unit = ""
    for token in reversed([*re.compile(_TOKEN).finditer(run.string, run.start(), run.end())]):
        unit = token["unit"][0] if token["unit"] else unit
        tokens.append((token["join"] or "", token["number"] + (token["branch"] or ""), unit))
    return tokens[::-1]


def _places(number: str, unit: str) -> list[_Place]:
    """「10之1」 -> one place; 49-76 of points is two, the ends of a range; none when it is malformed."""
    values = [_value(numeral) for numeral in re.split("[之-]", number)]
    if not 1 <= len(values) <= 2 or None in values:
        return []
    numbers = [value for value in values if value]
    if unit == "點" and "-" in number and numbers[0] < numbers[-1]:
        return [_Place(numbers[0]), _Place(numbers[1])]
    return [_Place(*numbers)]


def _span(places: list[_Place], unit: str) -> list[str]:
    """The articles from the first place to the last; only the two ends where what lies between is not certain."""
    if len(places) < 2:
        return [_written(place, unit) for place in places]
    first, last = places[0], places[-1]
    if first.main == last.main and 0 < first.branch <= last.branch < first.branch + LONGEST_RANGE:
        return [_written(_Place(first.main, branch), unit) for branch in range(first.branch, last.branch + 1)]
    if first.branch or last.branch or first.main > last.main:
        return [_written(first, unit), _written(last, unit)]
    if unit == "點" and first != last:
        return [f"{first.main}-{last.main}"]
    if last.main - first.main < LONGEST_RANGE:
        return [str(main) for main in range(first.main, last.main + 1)]
    return [str(first.main), str(last.main)]


def _written(place: _Place, unit: str) -> str:
    """ "10-1"; a point 5之9 keeps its 之, because "5-9" is the range."""
    if not place.branch:
        return str(place.main)
    return f"{place.main}{'之' if unit == '點' and place.branch > place.main else '-'}{place.branch}"


def _value(numeral: str) -> int | None:
    """132, 一百三十二, 一三二 and 廿 as a number; None for what nobody writes: 十百, 一百三, 13○, 0."""
    if re.search("[0-9]", numeral) and not numeral.isascii():
        return None
    digits = numeral.translate(_DIGITS).replace("廿", "2十").replace("卅", "3十")
    if re.fullmatch("[1-9][0-9]{0,3}", digits):
        return int(digits)
    places = re.fullmatch(_PLACES, re.sub("(?<![1-9])十", "1十", digits))
    return int("".join(place or "0" for place in places.groups())) if places else None
