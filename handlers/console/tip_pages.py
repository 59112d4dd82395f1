"""Tips: the list, and each one with its card, its approval, its progress and what can be done about it."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from broadcasts import admin_cards, failures, schedule, tips, words
from broadcasts.model import Broadcast, QuotaPolicy, Recipient, RecipientStatus, Result, Status, Step
from broadcasts.sample import NotSent
from broadcasts.tips import Tip
from handlers.console.access import Gate
from handlers.console.faces import faces
from office.model import Account, Actor, Right
from office.tips import TipOffice, admin_of, named

PAGE = 20
POST = ("POST",)
SMALL_QUOTA = (QuotaPolicy.SOME, QuotaPolicy.PIGGYBACK)
CAN_RESEND = (Status.DONE, Status.SENDING, Status.PAUSED)
TIP = "/tips/<int(max=2147483647):number>"  # as far as the database counts


class TipPages:
    """/tips and what is under a number there."""

    def __init__(self, gate: Gate, office: TipOffice, zone: ZoneInfo) -> None:
        self._office = office
        self._broadcasts = office.broadcasts
        self._zone = zone
        gate.add("tips", "/tips", self.page, Right.TIPS)
        gate.add("tips.one", TIP, self.one, Right.TIPS)
        gate.add("tips.progress", f"{TIP}/progress", self.progress, Right.TIPS)
        gate.add("tips.outlook", f"{TIP}/outlook", self.outlook, Right.TIPS)
        gate.add("tips.approve", f"{TIP}/approve", self.approve, Right.TIPS, POST)
        gate.add("tips.try", f"{TIP}/try", self.try_out, Right.TIPS, POST)
        gate.add("tips.step", f"{TIP}/<any(pause,resume,cancel,resend):step>", self.step, Right.TIPS, POST)

    def page(self, account: Account) -> ResponseReturnValue:
        """What is to come, then all of them, the newest first."""
        lists = self._office.calendar.lists
        pages = max(1, -(-lists.count() // PAGE))
        number = min(max(1, request.args.get("page", 1, type=int)), pages)
        waiting = self._broadcasts.repository.with_status(Status.DRAFT, Status.APPROVED)
        return render_template(
            "console/tips.html",
            waiting=sorted((each for each in waiting if each.when), key=lambda each: each.when),
            broadcasts=lists.newest(PAGE, (number - 1) * PAGE),
            number=number,
            pages=pages,
            title_of=title_of,
            status_of=status_of,
            named=named,
        )

    def one(self, account: Account, number: int) -> ResponseReturnValue:
        return self._one(account, self._broadcast(number))

    def progress(self, account: Account, number: int) -> ResponseReturnValue:
        """How far it is, for a page that asks again and again; a page that is overtaken is loaded anew."""
        broadcast = self._broadcast(number)
        if not _asked_by_htmx():
            return redirect(url_for("tips.one", number=number))
        if request.args.get("standing") != broadcast.standing:
            return Response(headers={"HX-Refresh": "true"})
        return render_template("console/tip_progress.html", **self._progress(broadcast))

    def outlook(self, account: Account, number: int) -> ResponseReturnValue:
        """Whom it reaches and what is left of the quota, which the platform is asked for: a part of its own."""
        broadcast, outlook = self._broadcast(number), self._broadcasts.outlook()
        page = "console/tip_outlook.html" if _asked_by_htmx() else "console/tip_outlook_page.html"
        return render_template(
            page,
            broadcast=broadcast,
            outlook=outlook,
            is_to_come=broadcast.status in (Status.DRAFT, Status.APPROVED),
            lines=admin_cards.outlook_lines(outlook, self._broadcasts.specs),
        )

    def approve(self, account: Account, number: int) -> ResponseReturnValue:
        """The first one says what is done with a small quota."""
        chosen = request.form.get("policy", "")
        policy = QuotaPolicy(chosen) if chosen in SMALL_QUOTA else None
        missing = self._office.approve(account.actor, number, policy)
        if missing is None:
            flash(words.TOO_LATE_TITLE + "：它可能已經送出、取消，或過了時間。", "fault")
        elif missing:
            flash(f"記下你的確認了，還要另外 {missing} 位確認。")
        else:
            flash(words.CONFIRMED_FOR_LATER if self._broadcast(number).start_at else "開始送出了。")
        return redirect(url_for("tips.one", number=number))

    def try_out(self, account: Account, number: int) -> ResponseReturnValue:
        """To one of the person's own addresses, which the account names: a form cannot send it elsewhere."""
        broadcast, channel = self._broadcast(number), request.form.get("channel", "")
        address = dict(account.addresses).get(channel)
        if not address:
            return self._one(account, broadcast, "你的帳號沒有這個頻道的編號，請先到「我的帳號」填好。"), 400
        try:
            self._office.try_out(account.actor, broadcast, Recipient(channel, address))
        except NotSent as error:
            return self._one(account, broadcast, str(error)), 400
        flash(f"試送出去了，請看看你的 {self._broadcasts.specs[channel].title}。")
        return redirect(url_for("tips.one", number=number))

    def step(self, account: Account, number: int, step: str) -> ResponseReturnValue:
        """Pause, resume, cancel, or send again to those in doubt."""
        steps: dict[str, tuple[Callable[[Actor, int], object], str]] = {
            "pause": (self._office.pause, "暫停了，還沒送的先不送。"),
            "resume": (self._office.resume, "繼續送了。"),
            "cancel": (self._office.cancel, "取消了，還沒收到的人不會再收到。"),
            "resend": (self._office.resend_unknown, "再送一次給不確定有沒有收到的人。"),
        }
        act, said = steps[step]
        if act(account.actor, number):
            flash(said)
        else:
            flash("它剛剛有了變化，這一步沒有做。請看看現在的情形。", "fault")
        return redirect(url_for("tips.one", number=number))

    def _one(self, account: Account, broadcast: Broadcast, fault: str = "") -> str:
        tip, approvers = Tip.read(broadcast.tip), self._broadcasts.repository.approvers(broadcast.id)
        is_draft = broadcast.status == Status.DRAFT
        return render_template(
            "console/tip.html",
            tip=tip,
            shown=faces(tips.card(tip, self._office.samples.office)),
            status=status_of(broadcast),
            asked_by=named(broadcast.admin),
            approvers=[named(admin) for admin in approvers],
            missing=max(0, self._broadcasts.approvals_of(broadcast) - len(approvers)),
            too_few=self._office.count_approvers() < self._broadcasts.approvals_of(broadcast),
            is_mine=admin_of(account.actor) in approvers,
            was_sent_today=is_draft and not broadcast.start_at and self._broadcasts.was_sent_today(broadcast.tip),
            private=admin_cards.private_lines(tip, self._office.samples.office) if is_draft else (),
            is_workday=schedule.is_workday(self._office.calendar.date_of(broadcast.when)),
            is_metered=any(sender.spec.is_metered for sender in self._broadcasts.senders.values()),
            policies=SMALL_QUOTA,
            addresses=[name for name, _ in account.addresses if name in self._broadcasts.senders],
            specs=self._broadcasts.specs,
            can=self._what_can_be_done(broadcast),
            fault=fault,
            **self._progress(broadcast),
        )

    def _progress(self, broadcast: Broadcast) -> dict[str, object]:
        results = self._office.calendar.lists.results(broadcast.id)
        return {
            "broadcast": broadcast,
            "tally": failures.tally(results),
            "channels": self._by_channel(results),
            "failed": failures.by_reason(results),
            "unknown": failures.by_reason(results, RecipientStatus.UNKNOWN),
            "why": words.WHY_LAPSED.get(broadcast.reason, ""),
            "said": admin_cards.notes(broadcast, self._broadcasts),
        }

    def _by_channel(self, results: Sequence[Result]) -> dict[str, object]:
        """The title of a channel -> its tally."""
        titles = {name: spec.title for name, spec in self._broadcasts.specs.items()}
        channels = sorted({result.channel for result in results})
        return {
            titles.get(name, name): failures.tally(each for each in results if each.channel == name)
            for name in channels
        }

    def _what_can_be_done(self, broadcast: Broadcast) -> set[str]:
        is_held = broadcast.standing != broadcast.status
        possible = {
            "pause": broadcast.status in Step.PAUSE.before and not is_held,
            "resume": broadcast.status in Step.RESUME.before or is_held,
            "cancel": broadcast.status in Step.CANCEL.before,
            "resend": broadcast.status in CAN_RESEND and not broadcast.forgotten,
        }
        return {step for step, is_possible in possible.items() if is_possible}

    def _broadcast(self, number: int) -> Broadcast:
        broadcast = self._broadcasts.repository.get(number) if number < 2**31 else None
        return broadcast or abort(404)


def title_of(broadcast: Broadcast) -> str:
    """Its words in short."""
    return Tip.read(broadcast.tip).name


def status_of(broadcast: Broadcast) -> str:
    """How it stands, in a word or two."""
    is_scheduled = broadcast.status == Status.APPROVED and broadcast.start_at
    return words.SCHEDULED if is_scheduled else words.STATUS[broadcast.status]


def _asked_by_htmx() -> bool:
    return bool(request.headers.get("HX-Request"))
