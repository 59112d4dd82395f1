"""「這次會改變什麼」: a draft before it goes live, and the versions that went."""

from collections import defaultdict

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from handlers.console.access import Gate
from handlers.console.library_pages import table_named
from handlers.console.services import Services
from office import private_wordings
from office.model import Account, Right
from office.versions import NotReady
from retrieval.edits import Edit
from retrieval.library_rows import TABLES
from retrieval.sheets.cells import CONTROL
from retrieval.sheets.reader import Table

SHOWN_EDITS = 200
SHOWN_CHANGES = 300
LONGEST_NOTE = 500
NOTE = "note"  # in the browser's session: what was typed stays while something else is decided first
POST = ("POST",)


class DraftPages:
    """/library/draft, /library/versions and what is under them."""

    def __init__(self, gate: Gate, services: Services) -> None:
        self._drafts = services.desk.drafts
        self._checks = services.desk.draft_checks
        self._versions = services.desk.versions
        add = gate.add
        add("draft", "/library/draft", self.page, Right.LIBRARY)
        add("draft.check", "/library/draft/check", self.check, Right.LIBRARY)
        add("draft.again", "/library/draft/again", self.again, Right.LIBRARY, POST)
        add("draft.publish", "/library/draft/publish", self.publish, Right.LIBRARY, POST)
        add("draft.discard", "/library/draft/discard", self.discard, Right.LIBRARY, POST)
        add("draft.insist", "/library/draft/insist", self.insist, Right.LIBRARY, POST)
        add("draft.matters", "/library/draft/matters", self.decide, Right.LIBRARY, POST)
        add("versions", "/library/versions", self.versions, Right.LIBRARY)
        add("versions.compare", "/library/versions/compare", self.compare, Right.LIBRARY)
        add("versions.restore", "/library/versions/restore", self.restore, Right.LIBRARY, POST)

    def page(self, account: Account) -> ResponseReturnValue:
        return self._page(account)

    def check(self, account: Account) -> ResponseReturnValue:
        """How far the check is, as a part of the page that asks again by itself."""
        draft = self._drafts.of(account.actor)
        shown = {"draft": draft, "state": self._checks.state(draft), "note": session.get(NOTE, "")}
        return render_template("console/draft_check.html", **shown)

    def again(self, account: Account) -> ResponseReturnValue:
        self._checks.again(self._drafts.of(account.actor))
        return redirect(url_for("draft"))

    def publish(self, account: Account) -> ResponseReturnValue:
        note, digest = _typed_note(), request.form.get("digest", "")
        try:
            number = self._versions.publish(account.actor, note, digest, bool(request.form.get("agreed")))
        except NotReady as error:
            session[NOTE] = note
            return self._page(account, fault=str(error)), 409
        session.pop(NOTE, None)
        flash(f"第 {number} 版上線了，幾秒內各頻道都會用它回答。要退回去，在下面按「退回上一版」。")
        return redirect(url_for("versions"))

    def discard(self, account: Account) -> ResponseReturnValue:
        self._drafts.discard(account.actor)
        flash("草稿捨棄了，案例庫沒有更動。")
        return redirect(url_for("library"))

    def insist(self, account: Account) -> ResponseReturnValue:
        """Of a row that somebody else changed meanwhile, the actor's own comes all the same."""
        self._drafts.insist(
            account.actor, table_named(request.form.get("table", "")), tuple(request.form.getlist("key"))
        )
        flash("好，這一筆用你的；上線前請再看一次差別。")
        return redirect(url_for("draft"))

    def decide(self, account: Account) -> ResponseReturnValue:
        """What becomes of the questions of numbers whose case is another matter now."""
        numbers = [int(text) for text in request.form.getlist("number") if text.isdecimal()]
        decided = self._drafts.keep_questions if request.form.get("fate") == "keep" else self._drafts.drop_questions
        decided(account.actor, numbers)
        return redirect(url_for("draft"))

    def _page(self, account: Account, fault: str = "") -> str:
        draft = self._drafts.of(account.actor)
        stale = {(edit.table, edit.key) for edit, _ in draft.edited.stale}
        edits = [edit for edit in draft.edits if (edit.table, edit.key) not in stale]
        return render_template(
            "console/draft.html",
            **{"draft": draft, "fault": fault, "state": self._checks.state(draft), "note": session.get(NOTE, "")},
            tables=_by_table(edits[:SHOWN_EDITS]),
            more=max(0, len(edits) - SHOWN_EDITS),
            editors=self._drafts.editors(account.actor),
            cells=cells,
            warning=private_wordings.warning,
        )

    # versions

    def versions(self, account: Account) -> ResponseReturnValue:
        return render_template(
            "console/versions.html",
            versions=self._versions.all(account.actor),
            draft=self._drafts.of(account.actor),
            shipped_changed=self._versions.shipped_has_changed(account.actor),
        )

    def compare(self, account: Account) -> ResponseReturnValue:
        before, now = (request.args.get(name, 0, type=int) for name in ("before", "now"))
        try:
            changes = self._versions.difference(account.actor, before, now)
        except NotReady as error:
            flash(str(error), "fault")
            return redirect(url_for("versions"))
        return render_template(
            "console/compare.html",
            **{"before": before, "now": now, "changes": changes, "shown": SHOWN_CHANGES},
            draft=self._drafts.of(account.actor),
        )

    def restore(self, account: Account) -> ResponseReturnValue:
        try:
            number = self._versions.restore(account.actor, request.form.get("version", -1, type=int))
        except NotReady as error:
            flash(str(error), "fault")
        else:
            flash(f"退回了，存成第 {number} 版，幾秒內各頻道都會用它回答。")
        return redirect(url_for("versions"))


def _typed_note() -> str:
    return CONTROL.sub("", request.form.get("note", "")).strip()[:LONGEST_NOTE]


def _by_table(edits: list[Edit]) -> dict[Table, list[Edit]]:
    found: defaultdict[Table, list[Edit]] = defaultdict(list)
    for edit in edits:
        found[edit.table].append(edit)
    return {table: found[table] for table in TABLES if table in found}


def cells(edit: Edit) -> list[tuple[str, str, str]]:
    """The cells of an edit that differ: heading, before, now."""
    headings = [column.headings[0] for column in edit.table.columns]
    before, after = edit.before or ("",) * len(headings), edit.after or ("",) * len(headings)
    return [each for each in zip(headings, before, after, strict=True) if each[1] != each[2]]
