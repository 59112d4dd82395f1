"""安裝狀況: facts for owners, and as plain text for whoever looks after the server."""

from collections.abc import Callable

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.console import downloads
from handlers.console.access import Gate
from office import installation_words as words
from office.installation import Installation
from office.model import Account, Right


class InstallationPages:
    """/installation and its text."""

    def __init__(self, gate: Gate, inspect: Callable[[], Installation]) -> None:
        self._inspect = inspect
        gate.add("installation", "/installation", self.page, Right.OFFICE)
        gate.add("installation.text", "/installation.txt", self.text, Right.OFFICE)

    def page(self, account: Account) -> ResponseReturnValue:
        return render_template("console/installation.html", installation=self._inspect(), words=words)

    def text(self, account: Account) -> ResponseReturnValue:
        installation = self._inspect()
        name = f"{words.TITLE} {installation.moment:%Y-%m-%d}.txt"
        data = installation.text().replace("\n", "\r\n").encode("utf-8-sig")  # as Notepad likes it
        return downloads.attachment(name, data, "text/plain; charset=utf-8")
