"""The laws on a card: citations, what their articles cost and say, and the way to the full text."""

from collections.abc import Iterator

from core import words
from core.messages import Button, Item, Section
from core.plain_text import shorten
from retrieval.laws import Article, Law
from retrieval.library import Case, Entry

BRIEF_PENALTY = 45


def section(entry: Entry) -> Section:
    """The laws that a case or guide cites, each explained where it can be unfolded."""
    heading = words.LAWS if isinstance(entry, Case) else words.GUIDE_LAWS
    return Section(heading, tuple(map(_law_item, entry.laws)), folded=True)


def _law_item(law: Law) -> Item:
    """A citation; what its articles cost and say, and in brief what they cost."""
    known = [article for article in law.articles if article.gist]
    facts = [line for article in known for line in _facts(article, several=len(known) > 1)]
    costs = [
        (f"{article.number}：" if len(known) > 1 else "") + shorten(article.penalty, BRIEF_PENALTY).rstrip("；")
        for article in known
        if _costs(article)
    ]
    of_one_law = len({article.law for article in law.articles}) == 1
    labels = [article.number if of_one_law else article.name for article in law.articles]
    links = [Button(label, url=each.url) for label, each in zip(labels, law.articles, strict=True) if each.url]
    return Item(law.citation, "\n".join(facts), tuple(links), "\n".join(costs))


def _facts(article: Article, several: bool) -> Iterator[str]:
    """What it costs, and what it says."""
    number = article.number if several else ""
    if _costs(article):
        yield number + words.PENALTY.format(penalty=article.penalty)
    yield (f"{number}：" if number else "") + article.gist


def _costs(article: Article) -> bool:
    return bool(article.penalty) and not article.penalty.startswith(words.NO_PENALTY)
