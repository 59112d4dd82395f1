"""The library: its tables listed and searched, one row in a form."""

from collections import Counter
from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import cards
from handlers.console import library_fields
from handlers.console.access import Gate
from handlers.console.faces import faces
from handlers.console.services import Services
from office import private_wordings, words
from office.draft import Draft, DraftRow
from office.missed import NotTaught, cells_of, label_of
from office.model import Account, Right
from retrieval.guide_rows import APPROVED, DRAFT, GUIDES
from retrieval.library import Case, Entry, Library
from retrieval.library_rows import CASES, QUESTIONS, TABLES
from retrieval.sheets.model import Problem, SheetError
from retrieval.sheets.reader import Table

PAGE = 50
MOST_CHOICES = 500  # what can be looked through in a list; of more, one types the number
BOTH, POST = ("GET", "POST"), ("POST",)
Key = tuple[str, ...]


class LibraryPages:
    """/library/<table> and what is under it."""

    def __init__(self, gate: Gate, services: Services) -> None:
        self._drafts = services.desk.drafts
        self._office = services.office
        self._missed = services.desk.missed
        add = gate.add
        add("library", "/library/", lambda account: redirect(url_for("library.table", name="cases")), Right.LIBRARY)
        add("library.table", "/library/<name>/", self.table, Right.LIBRARY)
        add("library.new", "/library/<name>/new", self.new, Right.LIBRARY, BOTH)
        add("library.row", "/library/<name>/row", self.row, Right.LIBRARY, BOTH)
        add("library.check", "/library/<name>/check", self.check, Right.LIBRARY, POST)
        add("library.preview", "/library/<name>/preview", self.preview, Right.LIBRARY, POST)
        add("library.remove", "/library/<name>/remove", self.remove, Right.LIBRARY, POST)
        add("library.revert", "/library/<name>/revert", self.revert, Right.LIBRARY, POST)
        add("library.approve", "/library/guides/approve", self.approve, Right.LIBRARY, POST)

    # lists

    def table(self, account: Account, name: str) -> ResponseReturnValue:
        table, draft = table_named(name), self._drafts.of(account.actor)
        wanted, label = request.args.get("q", ""), request.args.get("label", "")
        found = draft.found(table, wanted) if wanted else draft.rows(table)
        rows = [row for row in found if _belongs(table, row, label)]
        pages = max(1, -(-len(rows) // PAGE))
        number = min(max(1, request.args.get("page", 1, type=int)), pages)
        shown = rows[(number - 1) * PAGE : number * PAGE]
        return render_template(
            "console/library_table.html",
            **{"table": table, "name": name, "draft": draft, "columns": _columns(table), "wanted": wanted},
            **{"label": label, "labels": labels(draft.library) if table == QUESTIONS else None},
            **{"rows": shown, "found": len(rows), "number": number, "pages": pages},
            asked=Counter(str(each.label) for each in draft.library.bank) if table in (CASES, GUIDES) else {},
            named=_named(draft.library, shown) if table == QUESTIONS else {},
        )

    # one row

    def new(self, account: Account, name: str) -> ResponseReturnValue:
        table = table_named(name)
        if request.method == "POST":
            return self._save(account, name, None)
        draft = self._drafts.of(account.actor)
        row = {column.name: request.args.get(column.name, "") for column in table.columns}
        if table == CASES:
            row["id"] = row["id"] or str(max((case.id for case in draft.library.cases), default=0) + 1)
        return self._form(account, draft, table, None, row)

    def row(self, account: Account, name: str) -> ResponseReturnValue:
        table, key = table_named(name), _key()
        if request.method == "POST":
            return self._save(account, name, key)
        draft = self._drafts.of(account.actor)
        row = draft.row(table, key) or draft.base.rows(table).get(key) or abort(404)
        names = [column.name for column in table.columns]
        return self._form(account, draft, table, key, dict(zip(names, row, strict=True)))

    def check(self, account: Account, name: str) -> ResponseReturnValue:
        """What is wrong with the form as it is typed."""
        table = table_named(name)
        row = _typed_row(table)
        problems = self._drafts.row_problems(account.actor, table, _key() or None, row)
        private = private_wordings.warning(table, row)
        return render_template("console/library_problems.html", problems=problems, private=private, checked=True)

    def preview(self, account: Account, name: str) -> ResponseReturnValue:
        """The card as every channel shows it."""
        table = table_named(name)
        try:
            entry = self._drafts.entry(account.actor, table, _typed_row(table))
        except SheetError as error:
            return render_template("console/library_problems.html", problems=error.problems)
        replies = (
            [cards.of_case(entry, self._office), cards.first_aid(entry, self._office)]
            if isinstance(entry, Case)
            else [cards.of_guide(entry, self._office)]
        )
        return render_template("console/library_preview.html", shown=[faces(reply) for reply in replies])

    def remove(self, account: Account, name: str) -> ResponseReturnValue:
        if not self._drafts.delete_row(account.actor, table_named(name), _key(), _made_on()):
            abort(404)
        flash("放進草稿了：移除這一筆。上線之前都可以放棄。")
        return redirect(url_for("library.table", name=name))

    def revert(self, account: Account, name: str) -> ResponseReturnValue:
        self._drafts.revert_row(account.actor, table_named(name), _key())
        flash("放棄了，這一筆維持現在線上的樣子。")
        back = url_for("draft") if request.form.get("from") == "draft" else url_for("library.table", name=name)
        return redirect(back)

    def approve(self, account: Account) -> ResponseReturnValue:
        """草案 -> 核定, and back."""
        key, status = _key(), APPROVED if request.form.get("status") == APPROVED else DRAFT
        if not self._drafts.set_status(account.actor, key, status, _made_on()):
            abort(404)
        flash(f"{key[0]} 在草稿裡改成「{status}」了，上線後生效。")
        return redirect(url_for("library.table", name="guides"))

    def _save(self, account: Account, name: str, key: Key | None) -> ResponseReturnValue:
        """On to what it changes, or to the next way of asking the same."""
        table = table_named(name)
        row = _typed_row(table)
        try:
            new_key = self._drafts.save_row(account.actor, table, key, row, _made_on())
        except SheetError as error:
            draft, names = self._drafts.of(account.actor), [column.name for column in table.columns]
            typed = dict(zip(names, row, strict=True))
            return self._form(account, draft, table, key, typed, error.problems), 400
        if private := private_wordings.warning(table, row):
            flash(private, "notice")
        if table == QUESTIONS and request.form.get("another"):
            flash(f"「{row[0]}」存進草稿了，可以再寫一句。")
            return redirect(url_for("library.new", name=name, case_id=row[1], guide=row[4] or None))
        flash("存進草稿了。看過「這次會改變什麼」再上線。")
        self._teach(account, table, new_key)
        return redirect(url_for("draft"))

    def _teach(self, account: Account, table: Table, key: Key) -> None:
        """What askers handed over, and a new case or guide was begun from, becomes a way of asking for it."""
        keys = request.form.getlist("missed")
        if keys and table in (CASES, GUIDES):
            try:
                self._missed.teach(account.actor, keys, label_of(key[0]))
            except NotTaught as error:
                flash(words.NOT_TAUGHT.format(reason=error), "fault")

    def _form(
        self,
        account: Account,
        draft: Draft,
        table: Table,
        key: Key | None,
        row: dict[str, str],
        problems: Sequence[Problem] = (),
    ) -> str:
        return render_template(
            "console/library_row.html",
            **{"table": table, "name": table.names[-1], "draft": draft, "key": key, "row": row, "problems": problems},
            fields=library_fields.fields(table),
            made_on=draft.version if _made_on() is None else _made_on(),
            labels=labels(draft.library) if table == QUESTIONS else None,
            chosen=row.get("guide") or row.get("case_id", ""),
            edit=draft.edit(table, key) if key else None,
            others=self._drafts.others_at(account.actor, table, key) if key else [],
            has_card=table in (CASES, GUIDES),
            missed=(keys := request.values.getlist("missed")),
            asked=self._missed.wordings(account.actor, keys) if keys else (),
        )


def labels(library: Library) -> list[tuple[str, str]]:
    """What a question may belong to, as values of a form and in words; none where they are too many for a list."""
    if len(library.entries) > MOST_CHOICES:
        return []
    return [("0", "沒有案例可回答"), *((str(label), _title(entry)) for label, entry in library.entries.items())]


def _title(entry: Entry) -> str:
    return f"第 {entry.id} 案　{entry.title}" if isinstance(entry, Case) else f"一般提醒　{entry.title}"


def _named(library: Library, rows: Sequence[DraftRow]) -> dict[str, str]:
    """What these questions belong to, in words, where it is there."""
    wanted = {row.row[4] or row.row[1] for row in rows}
    known = ((each, library.entries.get(label_of(each))) for each in wanted)
    return {"0": "沒有案例可回答"} | {each: _title(entry) for each, entry in known if entry}


def table_named(name: str) -> Table:
    """A table by its name in addresses; another is a page that is not there."""
    return next((table for table in TABLES if table.names[-1] == name), None) or abort(404)


def _key() -> Key:
    """The key of a row, each part under the same name, in the form or else in the address."""
    return tuple(request.form.getlist("key") or request.args.getlist("key"))


def _made_on() -> int | None:
    """The version that the page showed on which somebody pressed a button."""
    return request.form.get("made_on", type=int)


def _columns(table: Table) -> list[tuple[int, str]]:
    """What a list shows: positions in a row, with headings."""
    at = {column.name: (position, column.headings[0]) for position, column in enumerate(table.columns)}
    return [at[name] for name in library_fields.LISTED[table]]


def _typed_row(table: Table) -> tuple[str, ...]:
    """The form as a row; line ends as the library has them."""
    typed = {column.name: request.form.get(column.name, "").replace("\r\n", "\n").strip() for column in table.columns}
    if table == QUESTIONS:
        typed["case_id"], typed["guide"] = cells_of(label_of(request.form.get("label", "")))
    return tuple(typed[column.name] for column in table.columns)


def _belongs(table: Table, row: DraftRow, label: str) -> bool:
    """Whether a question is of that label; everything is where none is asked for."""
    return not label or table != QUESTIONS or (row.row[4] or row.row[1]) == label
