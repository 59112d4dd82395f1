"""Articles and their facts, and which of them a citation names (the grammar is citations.py)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from retrieval import citations
from retrieval.citations import WHOLE_LAW, Reference
from retrieval.law_names import official_name, usual_unit


class LawEntry(NamedTuple):
    """A row of the table of laws, in the words of its owner."""

    law: str
    article: str
    link: str = ""
    gist: str = ""
    penalty: str = ""
    checked: str = ""


@dataclass(frozen=True)
class Article:
    """One article of a law. `url`, `gist` and `penalty` are empty where nothing is verified.

    `unit` is 條 or 點 as it was cited, empty in a table that does not say it.
    """

    law: str
    article: str
    url: str = ""
    gist: str = ""
    penalty: str = ""
    unit: str = ""

    @property
    def name(self) -> str:
        """As people say it: 「中華民國刑法第132條」."""
        return self.law if self.article == WHOLE_LAW else self.law + self.number

    @cached_property
    def number(self) -> str:
        """The same without the law's name where it has a number: 「第132條」."""
        if self.article == WHOLE_LAW:
            return self.law
        unit = self.unit or usual_unit(self.law)
        first, _, last = self.article.partition("-")
        if unit == "點" and first.isdecimal() and last.isdecimal() and int(first) < int(last):
            return f"第{first}點至第{last}點"
        main, _, branch = self.article.replace("之", "-").partition("-")
        return f"第{main}{unit}" + (f"之{branch}" if branch else "")


@dataclass(frozen=True)
class Law:
    """A citation in the words of the library (without list number and closing full stop) and its articles."""

    citation: str
    articles: tuple[Article, ...]


class LawBook:
    """What is known of articles, by official name and article key. A row whose article is unreadable is never found."""

    def __init__(self, articles: Iterable[Article] = ()) -> None:
        rows = [_as_read(article) for article in articles]
        self._known = {(row.law, row.article): row for row in rows}
        self._names = tuple(dict.fromkeys(row.law for row in rows))

    @classmethod
    def of(cls, entries: Iterable[LawEntry]) -> "LawBook":
        """The book of a library's table of laws."""
        return cls(Article(*entry[:5]) for entry in entries)

    def read(self, citation: str) -> Law:
        """The articles a citation names, at least one (WHOLE_LAW where it names no number)."""
        references = citations.read(citation, self._names)
        return Law(citation.strip(citations.EDGES), tuple(self._article(reference) for reference in references))

    def knows(self, article: Article) -> bool:
        """Whether the table has a row for it."""
        return self._row(_as_read(article)) is not None

    def _article(self, reference: Reference) -> Article:
        cited = Article(reference.law, reference.article, unit=reference.unit)
        row = self._row(cited)
        return replace(row, unit=reference.unit) if row else cited

    def _row(self, cited: Article) -> Article | None:
        """第49條之76 and points 49 to 76 are both "49-76": with a dash the units have to agree."""
        row = self._known.get((cited.law, cited.article))
        return row if row and ("-" not in cited.article or row.unit == cited.unit) else None


def _as_read(article: Article) -> Article:
    """An article of a table in the writing of citations: 刑法, 第一百三十二條 -> 中華民國刑法, 132, 條."""
    law = official_name(article.law)
    unit = article.unit or next((sign for sign in "條點" if sign in article.article), usual_unit(law))
    return replace(article, law=law, article=citations.article_key(article.article, unit) or article.article, unit=unit)
