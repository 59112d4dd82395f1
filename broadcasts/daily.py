"""The tip of a day: out of which it is chosen, how, and what is remembered."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import logs
from broadcasts.model import TipDay
from broadcasts.repositories import TipDayRepository
from broadcasts.tips import Tip
from core.plain_text import shorten
from retrieval.laws import Article, Law
from retrieval.library import Case, Entry, Guide, Library

log = logging.getLogger(__name__)


def tips_of(library: Library) -> Iterator[Tip]:
    """Every countermeasure of every case, and every step of the guides that the office has approved."""
    for case in library.cases:
        yield from (_tip(case, measure) for measure in case.countermeasures)
    for guide in library.guides:
        yield from (_tip(guide, step) for step in guide.steps if guide.approved)


class Rotation:
    """The order of tips after the keys `before`: each next one is of the least often sent.

    Never the last one's source while there is another; the source with most left comes first, so that none is left to
    follow itself at the end of a round. `planned`: keys that days to come have already, as good as sent.
    """

    def __init__(self, known: Sequence[Tip], before: Sequence[str], planned: Sequence[str] = ()) -> None:
        self._known = known
        self._sent = Counter((*before, *planned))
        self._last, self._turn = "", 0
        self._seen: dict[str, int] = {}
        self._left: dict[str, list[Tip]] = {}
        for key in before:
            self.follow(key)

    def follow(self, key: str) -> None:
        """A day whose tip is settled, and counted already."""
        self._last, self._turn = key.partition(":")[0], self._turn + 1
        self._seen[self._last] = self._turn

    def next(self) -> Tip:
        """Choose the next one, and go on behind it."""
        self._left = self._left or self._least_sent()
        source = min([each for each in self._left if each != self._last] or self._left, key=self._order)
        tip = self._left[source].pop(0)
        if not self._left[source]:
            del self._left[source]
        self._sent[tip.key] += 1
        self.follow(tip.key)
        return tip

    def _least_sent(self) -> dict[str, list[Tip]]:
        """By source, in the order of the library."""
        fewest = min(self._sent[tip.key] for tip in self._known)
        left: dict[str, list[Tip]] = {}
        for tip in self._known:
            if self._sent[tip.key] == fewest:
                left.setdefault(tip.source, []).append(tip)
        return left

    def _order(self, source: str) -> tuple[int, int, int, str]:
        tips = self._left[source]
        return -len(tips), self._seen.get(source, 0), tips[0].case_id, tips[0].guide


@dataclass
class DailyTip:
    """The tip of a day: chosen when it is first asked for, the same for everybody from then on."""

    tip_days: TipDayRepository
    library: Callable[[], Library]
    zone: ZoneInfo
    now: Callable[[ZoneInfo], datetime] = datetime.now
    last: tuple[date, str] | None = None
    _known: tuple[Library, Mapping[str, Tip]] | None = None

    def today(self) -> Tip:
        """The tip of today, a skipped day's too; with the store down, this process's own choice."""
        return self.of(self.now(self.zone).date())

    def of(self, day: date) -> Tip:
        """The tip of any day."""
        known = self.known()
        try:
            self.last = (day, self._fixed(day, known))
        except Exception as error:
            log.warning("tip of the day not remembered: %s", logs.describe(error))
            if not self.last or self.last[0] != day or self.last[1] not in known:
                return list(known.values())[day.toordinal() % len(known)]
        return known[self.last[1]]

    def at_present(self, day: date) -> Tip:
        """What the day has, or would be given now; settles nothing. Raises what the store raises."""
        known, days = self.known(), self.tip_days.all()
        settled = next((each.key for each in days if each.day == day and each.key in known), None)
        return known[settled] if settled else next_tips(list(known.values()), days, day).next()

    def is_skipped(self, day: date) -> bool:
        """Whether somebody has decided that the day's tip is not sent. Raises what the store raises."""
        decided = self.tip_days.get(day)
        return bool(decided and decided.skipped)

    def known(self) -> Mapping[str, Tip]:
        """Every tip of the live library by its key."""
        library = self.library()
        if self._known is None or self._known[0] is not library:
            self._known = library, {tip.key: tip for tip in tips_of(library)}
        return self._known[1]

    def _fixed(self, day: date, known: Mapping[str, Tip]) -> str:
        fixed = self.tip_days.get(day)
        if fixed and fixed.key in known:
            return fixed.key
        wanted = next_tips(list(known.values()), self.tip_days.all(), day).next().key
        self.tip_days.fix(day, wanted, fixed.key if fixed else None)
        won = self.tip_days.get(day)
        return won.key if won and won.key in known else wanted


def next_tips(known: Sequence[Tip], days: Sequence[TipDay], day: date) -> Rotation:
    """The order of tips from that day on, settled days counted. What a skipped one would have had comes another day."""
    sent = [each for each in days if not each.skipped]
    before = [each.key for each in sent if each.day < day]
    return Rotation(known, before, [each.key for each in sent if each.day >= day])


def _tip(entry: Entry, measure: str) -> Tip:
    law = entry.laws[0] if entry.laws else Law("", (Article("", ""),))
    article = next((article for article in law.articles if article.gist), law.articles[0])
    return Tip(
        case_id=entry.id if isinstance(entry, Case) else 0,
        guide=entry.id if isinstance(entry, Guide) else "",
        title=entry.title,
        situation=shorten(entry.lead),
        law=law.citation,
        gist=article.gist,
        url=article.url,
        measure=measure,
    )
