"""The library as a workbook: down and up."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.console import downloads
from handlers.console.access import Gate
from handlers.console.services import Services
from office.model import Account, Right
from retrieval.sheets.model import Problem, SheetError

SHOWN_PROBLEMS = 100


class LibraryFilePages:
    """/library/file, /library/file/download."""

    def __init__(self, gate: Gate, services: Services) -> None:
        self._drafts = services.desk.drafts
        gate.add("library.file", "/library/file", self.file, Right.LIBRARY, ("GET", "POST"))
        gate.add("library.workbook", "/library/file/download", self.workbook, Right.LIBRARY)

    def file(self, account: Account) -> ResponseReturnValue:
        """Down and up; an upload leads to what it changes."""
        draft = self._drafts.of(account.actor)
        problems: tuple[Problem, ...] = ()
        if request.method == "POST":
            sent = request.files.get("file")
            if sent is None or not sent.filename:
                problems = (Problem("檔案", "還沒有選，請選一個 .xlsx、.ods 或 .csv"),)
            elif draft.edits and not request.form.get("replace"):
                problems = (Problem("草稿", "你有還沒上線的草稿；要用這個檔案取代它，請勾選「取代我的草稿」"),)
            else:
                try:
                    return self._uploaded(account, sent.read(), sent.filename)
                except SheetError as error:
                    problems = error.problems
        shown = {"problems": problems[:SHOWN_PROBLEMS], "more": max(0, len(problems) - SHOWN_PROBLEMS)}
        return render_template("console/library_file.html", draft=draft, **shown), 400 if problems else 200

    def _uploaded(self, account: Account, data: bytes, name: str) -> ResponseReturnValue:
        read = self._drafts.upload(account.actor, data, name)
        told = "、".join(f"{table.names[0]} {len(found.rows)} 列" for table, found in read.tables.items())
        flash(f"讀了 {name}：{told}。" + (f"沒有讀的工作表：{'、'.join(read.ignored)}。" if read.ignored else ""))
        return redirect(url_for("draft"))

    def workbook(self, account: Account) -> Response:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return downloads.attachment("案例庫.xlsx", self._drafts.workbook(account.actor), kind)
