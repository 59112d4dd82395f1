"""The list of gaps: what was handed over, in groups; teach, discard, begin something new from it."""

from collections.abc import Iterable, Iterator

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.handover import KEPT_DAYS
from handlers.console.access import Gate
from handlers.console.library_pages import MOST_CHOICES
from office import words
from office.missed import Group, Missed, NotTaught, label_of
from office.model import Account, Right
from retrieval.library import NO_CASE, Label, named

POST = ("POST",)
# What can be begun from a group, and the table whose form is given `missed`: keys for Missed.wordings.
FORMS = {"case": "cases", "guide": "guides"}
MOST_IN_ADDRESS = 60
MOST_KEYS = 2000


class MissedPages:
    """/missed and what is under it."""

    def __init__(self, gate: Gate, missed: Missed) -> None:
        self._missed = missed
        gate.add("missed", "/missed", self.page, Right.LIBRARY)
        gate.add("missed.teach", "/missed/teach", self.teach, Right.LIBRARY, POST)
        gate.add("missed.discard", "/missed/discard", self.discard, Right.LIBRARY, POST)
        gate.add("missed.put_back", "/missed/put-back", self.put_back, Right.LIBRARY, POST)
        gate.add("missed.begin", "/missed/begin/<kind>", self.begin, Right.LIBRARY, POST)

    def page(self, account: Account) -> ResponseReturnValue:
        return self._page(account)

    def teach(self, account: Account) -> ResponseReturnValue:
        """What is ticked becomes ways of asking in the account's draft."""
        keys, chosen = _ticked(), request.form.get("label", "")
        label = label_of(chosen)
        if not keys or not chosen:
            return self._page(account, words.NO_LABEL if keys else words.NOTHING_TICKED)
        if label != NO_CASE and label not in self._missed.library.entries:
            return self._page(account, words.GONE_LABEL)
        try:
            self._tell(self._missed.teach(account.actor, keys, label), words.NOW_TAUGHT, label)
        except NotTaught as error:
            return self._page(account, words.NOT_TAUGHT.format(reason=error))
        return redirect(url_for("missed"))

    def discard(self, account: Account) -> ResponseReturnValue:
        """Asks first, since nobody can bring them back."""
        keys = _ticked()
        if not keys:
            return self._page(account, words.NOTHING_TICKED)
        if not request.form.get("sure"):
            texts = self._missed.wordings(account.actor, keys)
            return render_template("console/missed_discard.html", texts=texts, keys=" ".join(keys))
        self._tell(self._missed.discard(account.actor, keys), words.NOW_DISCARDED)
        return redirect(url_for("missed"))

    def put_back(self, account: Account) -> ResponseReturnValue:
        keys = _ticked()
        if not keys:
            return self._page(account, words.NOTHING_TICKED)
        self._tell(self._missed.put_back(account.actor, keys), words.NOW_PUT_BACK)
        return redirect(url_for("missed"))

    def begin(self, account: Account, kind: str) -> ResponseReturnValue:
        """To the form of a new case or guide, with what is ticked as a start: its keys, since addresses are logged."""
        keys = _ticked()
        if kind not in FORMS:
            abort(404)
        if not keys:
            return self._page(account, words.NOTHING_TICKED)
        return redirect(url_for("library.new", name=FORMS[kind], missed=keys[:MOST_IN_ADDRESS]))

    def _tell(self, count: int, said: str, label: Label = NO_CASE) -> None:
        if count:
            flash(said.format(count=count, label=named(label)))
        else:
            flash(words.GONE_QUESTIONS, "fault")

    def _page(self, account: Account, fault: str = "") -> ResponseReturnValue:
        """With a fault, what was ticked and chosen stays so."""
        overview = self._missed.overview(account.actor)
        at_fault = request.form.get("group", "") if fault else ""
        page = render_template(
            "console/missed.html",
            overview=overview,
            library=self._missed.library,
            kept_days=KEPT_DAYS,
            label_of=label_of,
            most_choices=MOST_CHOICES,
            fault=fault,
            at_fault=at_fault,
            ticked={*_ticked_at_first(overview.groups, at_fault), *(request.form.getlist("keys") if fault else ())},
            chosen=request.form.get("label", "") if fault else "",
        )
        return page, 400 if fault else 200


def _ticked_at_first(groups: Iterable[Group], except_for: str) -> Iterator[str]:
    """Of what waits, all wordings that were looked up, but those of the group whose form has just come back."""
    for group in groups:
        if group.key != except_for:
            yield from (" ".join(wording.keys) for wording in group.wordings if wording.found)


def _ticked() -> list[str]:
    """The keys of the wordings that are ticked; a wording that was handed over often has several."""
    return [key for ticked in request.form.getlist("keys") for key in ticked.split()][:MOST_KEYS]
