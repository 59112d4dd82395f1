"""The calendar of daily tips: a month, and one day of it with other tips to choose from."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from broadcasts import tips
from broadcasts.calendar import BadDay
from broadcasts.tips import Tip
from core import dates
from handlers.console.access import Gate
from handlers.console.faces import faces
from handlers.console.tip_pages import status_of, title_of
from office.model import Account, Right
from office.tips import TipOffice

POST = ("POST",)
SHOWN = 20  # tips to choose from


class TipCalendarPages:
    """/tips/calendar and the days under it."""

    def __init__(self, gate: Gate, office: TipOffice) -> None:
        self._office = office
        self._calendar = office.calendar
        gate.add("tips.calendar", "/tips/calendar", self.month, Right.TIPS)
        gate.add("tips.day", "/tips/calendar/<day>", self.day, Right.TIPS)
        gate.add("tips.replace", "/tips/calendar/<day>/replace", self.replace, Right.TIPS, POST)
        gate.add("tips.skip", "/tips/calendar/<day>/skip", self.skip, Right.TIPS, POST)
        gate.add("tips.restore", "/tips/calendar/<day>/restore", self.restore, Right.TIPS, POST)

    def month(self, account: Account) -> ResponseReturnValue:
        """The month that is asked for, else this one."""
        today = self._calendar.today()
        first = (_day(f"{request.args.get('month', '')}-01") or today).replace(day=1)
        return render_template(
            "console/tip_calendar.html",
            days=self._calendar.month(first.year, first.month),
            first=first,
            today=today,
            before=(first - timedelta(1)).replace(day=1),
            after=(first + timedelta(31)).replace(day=1),
            tip_time=self._calendar.tip_time,
            title_of=title_of,
            status_of=status_of,
        )

    def day(self, account: Account, day: str) -> ResponseReturnValue:
        return self._day(_known(day))

    def replace(self, account: Account, day: str) -> ResponseReturnValue:
        return self._changed(_known(day), lambda on: self._office.replace_day(account.actor, on, _key()), "換好了。")

    def skip(self, account: Account, day: str) -> ResponseReturnValue:
        said = "這一天不會送提醒；有人打「今日提醒」還是看得到。"
        return self._changed(_known(day), lambda on: self._office.skip_day(account.actor, on), said)

    def restore(self, account: Account, day: str) -> ResponseReturnValue:
        said = "回到排定的提醒了。"
        return self._changed(_known(day), lambda on: self._office.restore_day(account.actor, on), said)

    def _changed(self, day: date, act: Callable[[date], None], said: str) -> ResponseReturnValue:
        try:
            act(day)
        except BadDay as error:
            return self._day(day, str(error)), 400
        flash(f"{dates.day(day)}：{said}")
        return redirect(url_for("tips.calendar", month=f"{day:%Y-%m}"))

    def _day(self, day: date, fault: str = "") -> str:
        of, asked = self._calendar.day(day), request.args.get("q", "").strip()
        return render_template(
            "console/tip_day.html",
            of=of,
            shown=faces(tips.card(of.tip, self._office.samples.office)) if of.tip else None,
            asked=asked,
            choices=list(islice((tip for tip in self._found(asked) if tip != of.tip), SHOWN)),
            most=SHOWN,
            tip_time=self._calendar.tip_time,
            title_of=title_of,
            status_of=status_of,
            fault=fault,
        )

    def _found(self, asked: str) -> Iterator[Tip]:
        """Tips of the library that hold every word that is asked for."""
        wanted = asked.casefold().split()
        for tip in self._calendar.daily.known().values():
            held = f"{tip.measure} {tip.title} {tip.case_id} {tip.situation}".casefold()
            if all(word in held for word in wanted):
                yield tip


def _key() -> str:
    return request.form.get("key", "")


def _known(text: str) -> date:
    return _day(text) or abort(404)


def _day(text: str) -> date | None:
    """A day of a year that a calendar shows."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
