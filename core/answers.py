"""One question, answered: the value that every channel's reply is made from, and its JSON."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core import metrics, privacy, words
from core.counts import Counts, Uncounted
from retrieval.laws import Article
from retrieval.library import Case, Entry, Guide, SearchResult

if TYPE_CHECKING:
    from retrieval.search import Index

MAX_QUESTION = privacy.LONGEST
_CRISIS = re.compile(words.CRISIS)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """A question as it may be shown (private data masked), and what was found for it."""

    question: str
    found: SearchResult
    notice: str | None = None
    examples: tuple[str, ...] = ()
    """Where the verdict is "choose": for each of what is shown how others asked about it, "" where nobody did."""
    message: str = ""
    """The platform's id of the message that asked, where one can be taken back."""

    @property
    def case(self) -> Case | None:
        return self.found.candidates[0].case if self.found.verdict == "answer" else None

    @property
    def entry(self) -> Entry | None:
        """What is shown whole: the case, or the guide where no case fits."""
        return self.case or (self.found.guide if self.found.verdict == "none" else None)


class Answerer:
    """Answers questions from the index that is live at that moment."""

    def __init__(self, index: Callable[[], "Index"], counts: Counts | None = None) -> None:
        self.index = index
        self.counts = counts or Uncounted()

    def answer(self, question: str, channel: str, take_back: str = words.NOT_AGAIN) -> Answer:
        """Mask, search, count. Takes any text; keeps none of it. `take_back`: what to do about what was masked."""
        started = time.perf_counter()
        masked = privacy.mask(question)
        index, asked = self.index(), _LONE_SURROGATE.sub("\ufffd", masked.text)
        found = index.search(asked)
        examples = tuple(index.example(asked, each) for each in found.shown) if found.verdict == "choose" else ()
        metrics.QUESTIONS.labels(channel, found.verdict).inc()
        metrics.ANSWER_SECONDS.labels(channel).observe(time.perf_counter() - started)
        answer = Answer(asked, found, _notice(masked, take_back), examples)
        self.counts.add(channel, found.verdict, str(answer.entry.id) if answer.entry else "")
        return answer


def tells_of_crisis(text: str) -> bool:
    """Whether who wrote it needs a person before any card."""
    return bool(_CRISIS.search(text))


def _notice(masked: privacy.Masked, take_back: str) -> str | None:
    notices = [words.CRISIS_NOTICE] if tells_of_crisis(masked.text) else []
    notices += [words.MASKED.format(kinds="、".join(masked.kinds)) + take_back] if masked.kinds else []
    notices += [words.TOO_LONG.format(limit=MAX_QUESTION)] if masked.is_cut else []
    return " ".join(notices) or None


def as_json(answer: Answer) -> dict[str, Any]:
    """The JSON object of `ask --json` and of POST /api/ask."""
    return {
        "question": answer.question,
        "verdict": answer.found.verdict,
        "case": _case_json(answer.case) if answer.case else None,
        "candidates": [
            {"id": candidate.case.id, "title": candidate.case.title, "score": round(candidate.score, 4)}
            for candidate in answer.found.candidates
        ],
        "notice": answer.notice,
        "guide": _guide_json(answer.found.guide) if answer.found.guide else None,
    }


def _case_json(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "title": case.title,
        "situation": case.situation,
        "laws": [{"citation": law.citation, "articles": list(map(_article_json, law.articles))} for law in case.laws],
        "countermeasures": list(case.countermeasures),
    }


def _guide_json(guide: Guide) -> dict[str, str]:
    return {"id": guide.id, "title": guide.title, "status": "approved" if guide.approved else "draft"}


def _article_json(article: Article) -> dict[str, str | None]:
    return {"law": article.law, "article": article.article, "url": article.url or None}
