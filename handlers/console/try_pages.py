"""試問: a question put to the live library, why it answers so, and the wording taken into the draft in one click."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import privacy
from handlers.console.access import Gate
from handlers.console.library_pages import labels
from handlers.console.services import Services
from office.missed import label_of
from office.model import Account, Right
from retrieval.sheets.model import SheetError

if TYPE_CHECKING:
    from retrieval.search import Index

LONGEST = 500
POST = ("POST",)


class TryPages:
    """/library/try. What is typed is kept nowhere, unless it is added."""

    def __init__(self, gate: Gate, services: Services) -> None:
        self._index: Callable[[], Index] = services.index
        self._drafts = services.desk.drafts
        gate.add("library.try", "/library/try", self.ask, Right.LIBRARY, ("GET", "POST"))
        gate.add("library.teach", "/library/try/teach", self.teach, Right.LIBRARY, POST)

    def ask(self, account: Account) -> ResponseReturnValue:
        """The answer as a part of the page where the box stands, or as a page of its own."""
        question = privacy.mask(request.form.get("question", "").strip()).text[:LONGEST]
        draft = self._drafts.of(account.actor)
        shown = {"question": question, "draft": draft, "labels": labels(draft.library)}
        if question:
            index = self._index()
            shown |= {"found": index.search(question), "why": index.explain(question)}
        part = request.headers.get("HX-Request")
        return render_template("console/try_result.html" if part else "console/try.html", **shown)

    def teach(self, account: Account) -> ResponseReturnValue:
        """The wording becomes one of a case, of a guide, or of nothing."""
        question, label = request.form.get("question", "").strip(), label_of(request.form.get("label", ""))
        try:
            self._drafts.add_questions(account.actor, [question], label, bool(request.form.get("happened")))
        except SheetError as error:
            flash("、".join(map(str, error.problems)), "fault")
            return redirect(url_for("library.try"))
        flash("這句話放進草稿了。下面是它會改變什麼。")
        return redirect(url_for("draft"))
