"""What was done, by whom: filtered, as CSV, and whether it is still what was written."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from core import dates
from handlers.console import downloads
from handlers.console.access import Gate
from office import words
from office.action_log import ActionLog, verified
from office.model import Account, Action, LogLine, Right

PAGE = 50
MOST = 100_000
HEADINGS = ("行", "時間", "誰", "動作", "對象", "說明", "雜湊")


class LogPages:
    """/log and its CSV."""

    def __init__(self, gate: Gate, actions: ActionLog, zone: ZoneInfo) -> None:
        self._actions = actions
        self._zone = zone
        gate.add("log", "/log", self.page, Right.OFFICE)
        gate.add("log.csv", "/log.csv", self.csv, Right.OFFICE)
        gate.add("log.verify", "/log/verify", self.verify, Right.OFFICE)

    def page(self, account: Account, verification: object = None) -> ResponseReturnValue:
        wanted = self._wanted()
        pages = max(1, -(-self._actions.count(wanted) // PAGE))
        number = min(max(1, request.args.get("page", 1, type=int)), pages)
        return render_template(
            "console/log.html",
            lines=self._actions.find(wanted, PAGE, (number - 1) * PAGE),
            pages=pages,
            number=number,
            actors=self._actions.actors(),
            chosen=request.args,
            verification=verification,
        )

    def verify(self, account: Account) -> ResponseReturnValue:
        return self.page(account, verified(self._actions))

    def csv(self, account: Account) -> Response:
        lines = self._actions.find(self._wanted(), MOST)
        return downloads.csv("紀錄.csv", HEADINGS, map(self._row, lines))

    def _row(self, line: LogLine) -> list[str]:
        at = dates.moment(datetime.fromtimestamp(line.at, self._zone))
        action = words.ACTIONS.get(Action(line.action), line.action) if line.action in list(Action) else line.action
        return [str(line.number), at, line.actor, action, line.subject, line.detail, line.digest]

    def _wanted(self) -> dict[str, Any]:
        """The filter of the page's form; a day that is none is passed over."""
        wanted: dict[str, Any] = {name: request.args.get(name, "") for name in ("actor", "action")}
        for name, shift in (("since", 0), ("until", 1)):
            if day := _day(request.args.get(name, "")):
                wanted[name] = datetime.combine(day + timedelta(days=shift), time(), self._zone).timestamp()
        return wanted


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < date.max else None
