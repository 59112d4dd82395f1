"""總覽: a day, a week or a month in charts, tables and CSV. What takes long is fetched after the page."""

from collections.abc import Callable, Sequence

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from handlers.console import charts, downloads
from handlers.console.access import Gate, Open
from office.model import Account
from office.quota import Quota
from office.spans import EARLIEST, Span, read_span, span_of
from office.statistics import Statistics
from office.tables import Table

SHOWN_ROWS = 50  # of a table on the page; its CSV has them all


class OverviewPages:
    """The console's first page and what belongs to it; every account may see it."""

    def __init__(self, gate: Gate, statistics: Statistics, quota_left: Callable[[], Sequence[Quota]]) -> None:
        self._statistics = statistics
        self._quota_left = quota_left
        gate.add("overview", "/", self.page, Open.TO_ALL_ACCOUNTS)
        gate.add("overview.tips", "/overview/tips", self.tips, Open.TO_ALL_ACCOUNTS)
        gate.add("overview.quota", "/overview/quota", self.quota, Open.TO_ALL_ACCOUNTS)
        gate.add("overview.csv", "/overview/<name>.csv", self.csv, Open.TO_ALL_ACCOUNTS)

    def page(self, account: Account) -> ResponseReturnValue:
        span, today = self._span(), self._statistics.today()
        return render_template(
            "console/overview.html",
            report=self._statistics.report(span),
            span=span,
            kinds={kind: span_of(kind, min(span.last, today)) for kind in ("day", "week", "month")},
            earlier=span.earlier if span.first > EARLIEST else None,
            later=span.later if span.later.first <= today else None,
            charts=charts,
            shown_rows=SHOWN_ROWS,
        )

    def tips(self, account: Account) -> ResponseReturnValue:
        """Into the page by its script, or a page of its own."""
        span = self._span()
        table = self._statistics.tips(span)
        return _part("console/overview_tips.html", span=span, table=table, charts=charts, shown_rows=SHOWN_ROWS)

    def quota(self, account: Account) -> ResponseReturnValue:
        """As `tips`; it asks the platform."""
        return _part("console/overview_quota.html", quota=self._quota_left())

    def csv(self, account: Account, name: str) -> ResponseReturnValue:
        span = self._span()
        table = self._table(span, name)
        return downloads.csv(f"{table.title} {span.title}.csv", table.columns, table.texts())

    def _table(self, span: Span, name: str) -> Table:
        if name == "tips":
            return self._statistics.tips(span)
        return self._statistics.report(span).tables.get(name) or abort(404)

    def _span(self) -> Span:
        return read_span(request.args.get("span", ""), request.args.get("day", ""), self._statistics.today())


def _part(template: str, **values: object) -> str:
    """A part of the page, or with the frame around it where no script asked for it."""
    frame = "console/bare.html" if request.headers.get("HX-Request") else "console/base.html"
    return render_template(template, frame=frame, **values)
