"""What the office sees of its bot: questions, cases shown, votes, subscribers, tips. Sums of days, nothing finer."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from broadcasts import words as tip_words
from broadcasts.model import SentTip, Status, Tally
from broadcasts.tips import Tip
from core.counts import OPENED
from core.plain_text import shorten
from office import statistics_words as words
from office.spans import Span
from office.tables import Row, Series, Table
from retrieval.library import Entry, Library

TIP_SHOWN = 40  # characters of a tip that name it in a table


class Counts(Protocol):
    """What was counted day by day (the store). Every method may raise."""

    def by_day(self, first: date, last: date) -> Sequence[tuple[date, str, str, int]]: ...
    def by_entry(self, first: date, last: date) -> Sequence[tuple[str, str, int]]: ...
    def subscribers(self, first: date, last: date) -> Sequence[tuple[date, str, int]]: ...


class Votes(Protocol):
    """Whether cases helped (the store). May raise."""

    def by_case(self, first: date | None = None, last: date | None = None) -> Mapping[int, tuple[int, int]]: ...


class SentTips(Protocol):
    """Tips that were sent (the store). May raise."""

    def between(self, first: float, last: float) -> Sequence[SentTip]: ...


class Tallies(Protocol):
    """What became of a tip's recipients (the store). May raise."""

    def tally(self, broadcast_id: int) -> Tally: ...


class Sources(Protocol):
    """Where the numbers are (the store)."""

    @property
    def counts(self) -> Counts: ...
    @property
    def votes(self) -> Votes: ...
    @property
    def sent_tips(self) -> SentTips: ...
    @property
    def broadcasts(self) -> Tallies: ...


class Figures(NamedTuple):
    """A span in numbers. `questions` is all that was asked, `opened` the cases and guides that were opened besides."""

    questions: int = 0
    answer: int = 0
    choose: int = 0
    guide: int = 0
    none: int = 0
    opened: int = 0


@dataclass(frozen=True)
class Report:
    """A span: its figures, those of the span before, and a table for each chart."""

    span: Span
    figures: Figures
    before: Figures
    by_channel: Table
    by_verdict: Table
    shown: Table
    votes: Table
    subscribers: Table

    @property
    def tables(self) -> dict[str, Table]:
        """By their names."""
        tables = (self.by_channel, self.by_verdict, self.shown, self.votes, self.subscribers)
        return {table.name: table for table in tables}


@dataclass(frozen=True)
class Statistics:
    """`channels`: channel -> what it is called. Every method may raise what the store raises."""

    store: Sources
    library: Callable[[], Library]
    channels: Mapping[str, str]
    zone: ZoneInfo
    now: Callable[[ZoneInfo], datetime] = datetime.now
    _final: dict[int, Tally] = field(default_factory=dict)

    def today(self) -> date:
        return self.now(self.zone).date()

    def report(self, span: Span) -> Report:
        """A span's days up to today."""
        counted = self.store.counts.by_day(span.first, span.last)
        questions = [(day, channel, verdict, times) for day, channel, verdict, times in counted if verdict != OPENED]
        return Report(
            span=span,
            figures=_figures(counted),
            before=_figures(self.store.counts.by_day(span.earlier.first, span.earlier.last)),
            by_channel=self._by_channel(span, [(day, channel, times) for day, channel, _, times in questions]),
            by_verdict=self._by_verdict(span, [(day, verdict, times) for day, _, verdict, times in questions]),
            shown=self._shown(span),
            votes=self._votes(span),
            subscribers=self._subscribers(span),
        )

    def tips(self, span: Span) -> Table:
        """The tips of a span and what became of each; apart from the report, since counting recipients takes long."""
        first, after = (self._midnight(day) for day in (span.first, span.last + timedelta(days=1)))
        tallies = [(tip, self._tally(tip)) for tip in self.store.sent_tips.between(first, after)]
        rows = [
            Row((self._day(tip), _words_of(tip), tip_words.STATUS[tip.status]), _in_order(tally))
            for tip, tally in tallies
            if any(tally) or tip.status != Status.CANCELLED
        ]
        headings = (words.DAY, words.TIP, words.STATUS)
        return Table("tips", words.TIPS, words.PEOPLE, headings, words.RESULTS, tuple(rows))

    def _by_channel(self, span: Span, counted: Sequence[tuple[date, str, int]]) -> Table:
        channels = self._channels(channel for _, channel, _ in counted)
        rows = self._daily(span, channels, counted, 0)
        return Table("channels", words.BY_CHANNEL, words.QUESTIONS, (words.DAY,), channels, rows)

    def _by_verdict(self, span: Span, counted: Sequence[tuple[date, str, int]]) -> Table:
        rows = self._daily(span, words.VERDICTS, counted, 0)
        return Table("verdicts", words.BY_VERDICT, words.QUESTIONS, (words.DAY,), words.VERDICTS, rows)

    def _subscribers(self, span: Span) -> Table:
        """A day on which no process counted has no number."""
        counted = self.store.counts.subscribers(span.first, span.last)
        channels = self._channels(channel for _, channel, _ in counted)
        rows = self._daily(span, channels, counted, None)
        return Table("subscribers", words.SUBSCRIBERS, words.PEOPLE, (words.DAY,), channels, rows)

    def _daily(
        self, span: Span, series: Sequence[Series], counted: Iterable[tuple[date, str, int]], otherwise: int | None
    ) -> tuple[Row, ...]:
        sums: Counter[tuple[date, str]] = Counter()
        for day, key, times in counted:
            sums[day, key] += times
        days = (day for day in span.days if day <= self.today())
        return tuple(Row((day,), tuple(sums.get((day, key), otherwise) for key, _ in series)) for day in days)

    def _channels(self, seen: Iterable[str]) -> tuple[Series, ...]:
        """Those with something to show, in the order in which they are known."""
        found = set(seen)
        known = [name for name in self.channels if name in found]
        return tuple(Series(name, self.channels.get(name, name)) for name in (*known, *sorted(found - {*known})))

    def _shown(self, span: Span) -> Table:
        """Cases and guides, the most seen first."""
        sums: dict[str, list[int]] = {}
        for entry, verdict, times in self.store.counts.by_entry(span.first, span.last):
            sums.setdefault(entry, [0, 0])[verdict == OPENED] += times
        entries = self._entries()
        rows = sorted((Row(_labels(entries, entry), tuple(times)) for entry, times in sums.items()), key=_most_first)
        headings = (words.NUMBER, words.TITLE)
        return Table("shown", words.SHOWN, words.TIMES, headings, words.HOW_SHOWN, tuple(rows))

    def _votes(self, span: Span) -> Table:
        """Cases, the most voted on first."""
        entries = self._entries()
        counted = self.store.votes.by_case(span.first, span.last)
        rows = sorted((Row(_labels(entries, str(case)), votes) for case, votes in counted.items()), key=_most_first)
        return Table("votes", words.VOTES, words.VOTED, (words.NUMBER, words.TITLE), words.HELPED, tuple(rows))

    def _entries(self) -> dict[str, Entry]:
        return {str(label): entry for label, entry in self.library().entries.items()}

    def _tally(self, tip: SentTip) -> Tally:
        """Counted once where it cannot change any more: nobody is left, and nobody can be sent it again."""
        if known := self._final.get(tip.id):
            return known
        tally = self.store.broadcasts.tally(tip.id)
        if tip.status == Status.DONE and not tally.pending and not tally.unknown:
            self._final[tip.id] = tally
        return tally

    def _day(self, tip: SentTip) -> date:
        return datetime.fromtimestamp(tip.at, self.zone).date()

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, time(), self.zone).timestamp()


def _figures(counted: Iterable[tuple[date, str, str, int]]) -> Figures:
    sums: Counter[str] = Counter()
    for _, _, verdict, times in counted:
        sums[verdict] += times
    verdicts = {series.key: sums[series.key] for series in words.VERDICTS}
    return Figures(questions=sum(verdicts.values()), opened=sums[OPENED], **verdicts)


def _labels(entries: Mapping[str, Entry], label: str) -> tuple[str, str]:
    """Number and title as they are now."""
    number = words.CASE.format(id=label) if label.isdecimal() else words.GUIDE
    entry = entries.get(label)
    return number, entry.title if entry else words.NO_LONGER_THERE.format(id=label)


def _words_of(tip: SentTip) -> str:
    stored = Tip.read(tip.tip)
    return shorten(" ".join((stored.text or stored.measure).split()), TIP_SHOWN)


def _in_order(tally: Tally) -> tuple[int, ...]:
    return tuple(getattr(tally, series.key) for series in words.RESULTS)


def _most_first(row: Row) -> int:
    return -row.total
