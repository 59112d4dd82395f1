"""A tip is written: own words, the day's, or an earlier one again; now or at an hour. What comes of it is a draft."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from broadcasts import hours, schedule
from broadcasts.hours import BadTime
from broadcasts.model import Broadcast
from broadcasts.tips import MAX_TEXT, BadTip, Tip
from core import dates
from handlers.console.access import Gate
from handlers.console.tip_pages import TIP
from office.model import Account, Right
from office.tips import TipOffice

OWN, TODAY, COPY = "own", "today", "copy"
SHOWN_WORKDAYS = 10
DAY_BUT_AT_ONCE = "填了日期，卻選了「確認後馬上送」。要排那一天就選「排在這個時間」，要馬上送就把日期清空。"
NO_SUCH_CASE = "沒有第 {number} 案。請填案例編號，或空著不附案例。"
ERASED = "那一則的內容已刪除（取消、作廢的提醒不留自己寫的文字），請重新寫。"
TOO_LATE = "有人確認過了，不能再改。要換內容請先取消，再複製一份。"


class TipWritingPages:
    """/tips/new, and back to it from a draft."""

    def __init__(self, gate: Gate, office: TipOffice, zone: ZoneInfo) -> None:
        self._office = office
        self._zone = zone
        gate.add("tips.new", "/tips/new", self.new, Right.TIPS, ("GET", "POST"))
        gate.add("tips.edit", f"{TIP}/edit", self.edit, Right.TIPS, ("POST",))

    def new(self, account: Account) -> ResponseReturnValue:
        """What is wrong is said above what was typed."""
        if request.method == "GET":
            copied = self._copied(request.args)
            return self._form(self._at_first(copied), ERASED if copied and Tip.read(copied.tip).erased else "")
        form = request.form
        try:
            tip, start_at = self._tip(form), self._start_at(form)
        except (BadTip, BadTime) as error:
            return self._form(form, str(error)), 400
        number = self._office.draft(account.actor, tip, start_at, 2 if form.get("second") else 0)
        return redirect(url_for("tips.one", number=number))

    def edit(self, account: Account, number: int) -> ResponseReturnValue:
        """The draft goes, its words come back into the form."""
        broadcast = self._office.broadcasts.repository.get(number) or abort(404)
        if not self._office.discard(account.actor, broadcast):
            flash(TOO_LATE, "fault")
            return redirect(url_for("tips.one", number=number))
        return self._form(self._at_first(broadcast))

    def _tip(self, form: Mapping[str, str]) -> Tip:
        """What is to be sent. Raises BadTip."""
        kind, copied = form.get("kind", OWN), self._copied(form)
        if kind == TODAY:
            return self._office.calendar.daily.today()
        if kind == COPY and copied:
            tip = Tip.read(copied.tip)
            if not tip.erased:
                return tip
            raise BadTip(ERASED)
        number = form.get("case_id", "").strip().removeprefix("第").removesuffix("案").strip()
        is_number = number.isascii() and number.isdigit() and len(number) < 10
        case = self._office.calendar.daily.library().case(int(number)) if is_number else None
        if number and not case:
            raise BadTip(NO_SUCH_CASE.format(number=number[:20]))
        return Tip.own(form.get("text", "").replace("\r\n", "\n"), case)

    def _start_at(self, form: Mapping[str, str]) -> float:
        """The epoch of its hour, 0 for at once. Raises BadTime."""
        if form.get("when") != "later":
            if form.get("day"):
                raise BadTime(DAY_BUT_AT_ONCE)
            return 0
        return hours.read(f"{form.get('day', '')} {form.get('hour', '')}", self._zone, self._now()).timestamp()

    def _copied(self, arguments: Mapping[str, str]) -> Broadcast | None:
        """The earlier one that it is made after."""
        number = arguments.get("copy", "")
        is_number = number.isascii() and number.isdigit() and len(number) < 10
        return self._office.broadcasts.repository.get(int(number)) if is_number else None

    def _at_first(self, copied: Broadcast | None) -> dict[str, str]:
        """What the form holds before anything was typed."""
        if copied is None:
            return {"kind": OWN, "when": "now"}
        tip, is_later = Tip.read(copied.tip), copied.start_at > self._now().timestamp()
        hour = datetime.fromtimestamp(copied.start_at, self._zone)
        typed = {"copy": str(copied.id), "when": "later" if is_later else "now", "kind": OWN if tip.text else COPY}
        typed |= {"day": f"{hour:%Y-%m-%d}", "hour": f"{hour:%H:%M}"} if is_later else {}
        typed |= {"second": "yes"} if copied.approvals_needed > 1 else {}
        return typed | {"text": "" if tip.erased else tip.text, "case_id": str(tip.case_id or "") if tip.text else ""}

    def _form(self, typed: Mapping[str, str], fault: str = "") -> str:
        copied, today = self._copied(typed), self._now().date()
        tip = Tip.read(copied.tip) if copied else None
        days = (today + timedelta(number) for number in range(3 * SHOWN_WORKDAYS))
        return render_template(
            "console/tip_new.html",
            typed=typed,
            fault=fault,
            copied=tip.name if tip and not tip.text else "",
            todays=self._office.calendar.daily.at_present(today).name,
            cases=self._office.calendar.daily.library().cases,
            longest=MAX_TEXT,
            approvals=self._office.broadcasts.approvals,
            first_day=today.isoformat(),
            last_day=(today + hours.FARTHEST).isoformat(),
            workdays=[dates.short_day(day) for day in days if schedule.is_workday(day)][:SHOWN_WORKDAYS],
        )

    def _now(self) -> datetime:
        return self._office.calendar.daily.now(self._zone)
