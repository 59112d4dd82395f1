"""Citations: which articles a line such as 「個人資料保護法第19條、第20條及第41條」 names, and their facts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

WHOLE_LAW = "全文"

_DIGITS = "〇一二三四五六七八九"
_NUMBER = r"(\d+|[〇零一二三四五六七八九十百千]+)"
_ARTICLE = re.compile(rf"第\s*{_NUMBER}\s*(?:條|點)(?:\s*之\s*{_NUMBER})?")
_RANGE = re.compile(rf"第\s*{_NUMBER}\s*點\s*至\s*第\s*{_NUMBER}\s*點|第\s*{_NUMBER}\s*條\s*至\s*第\s*{_NUMBER}\s*條")
_NOTE = re.compile(r"[（(].*?[）)]")
_EDGES = " 　。.；;、,，「」《》〈〉"


class LawEntry(NamedTuple):
    """A row of the table of laws, in the words of its owner."""

    law: str
    article: str
    link: str = ""
    gist: str = ""
    penalty: str = ""
    checked: str = ""


def article_key(cell: str) -> str | None:
    return cell.strip() or WHOLE_LAW


@dataclass(frozen=True)
class Article:
    """One article of a law. `url`, `gist` and `penalty` are empty where nothing is verified."""

    law: str
    article: str
    url: str = ""
    gist: str = ""
    penalty: str = ""

    @cached_property
    def name(self) -> str:
        """As people say it: 「中華民國刑法第132條」."""
        unit = "點" if self.law.endswith(("要點", "手冊", "注意事項")) else "條"
        if self.article == WHOLE_LAW:
            return self.law
        numbers = self.article.split("-") if unit == "點" else [self.article]
        return self.law + "至".join(_numbered(number, unit) for number in numbers)


@dataclass(frozen=True)
class Law:
    """A citation in the words of the library (without list number and closing full stop) and its articles."""

    citation: str
    articles: tuple[Article, ...]


class LawBook:
    """What is known of articles, by official name and number."""

    def __init__(self, articles: tuple[Article, ...] = ()) -> None:
        self._known = {(article.law, article.article): article for article in articles}
        self._names = sorted({article.law for article in articles}, key=len)

    @classmethod
    def of(cls, entries: Iterable[LawEntry]) -> "LawBook":
        """The book of a library's table of laws."""
        return cls(tuple(Article(*entry[:5]) for entry in entries))

    def read(self, citation: str) -> Law:
        """The articles a citation names, at least one (WHOLE_LAW where it names no number)."""
        words = citation.strip(_EDGES)
        named = _NOTE.sub("", words)
        first = _ARTICLE.search(named)
        law = self._official((named[: first.start()] if first else named).strip(_EDGES))
        return Law(words, tuple(self._article(law, number) for number in _numbers(named)))

    def knows(self, article: Article) -> bool:
        """Whether there is a row for it, verified or not."""
        return (article.law, article.article) in self._known

    def _article(self, law: str, number: str) -> Article:
        return self._known.get((law, number)) or Article(law, number)

    def _official(self, cited: str) -> str:
        """「刑法」 is how people cite 「中華民國刑法」: the official name ends with the cited one."""
        if cited in self._names or len(cited) < 2:
            return cited
        return next((name for name in self._names if name.endswith(cited)), cited)


def _numbers(named: str) -> list[str]:
    ranges = [
        f"{_arabic(pair[0])}-{_arabic(pair[1])}"
        for found in _RANGE.finditer(named)
        if (pair := [g for g in found.groups() if g])
    ]
    singles = []
    for found in _ARTICLE.finditer(_RANGE.sub("", named)):
        branch = f"-{_arabic(found[2])}" if found[2] else ""
        singles.append(_arabic(found[1]) + branch)
    return list(dict.fromkeys(ranges + singles)) or [WHOLE_LAW]


def _numbered(number: str, unit: str) -> str:
    main, _, branch = number.partition("-")
    return f"第{main}{unit}" + (f"之{branch}" if branch else "")


def _arabic(number: str) -> str:
    """「一百三十二」 or 「132」 -> "132"."""
    if number.isdigit() and number.isascii():
        return number
    total, digit = 0, 0
    for sign in number.replace("零", "〇"):
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
    return str(total + digit)
