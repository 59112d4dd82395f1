"""The way in: login, second factor, invitation; and the way out."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import current_user

from handlers.console.access import Gate, Open
from office import words
from office.accounts import Accounts
from office.model import Account, Action, Journal, Refused

ATTEMPTS = "30 per minute"  # from one address; an account is locked long before


class EntryPages:
    """/login, /second-factor, /invitation/TOKEN, /logout."""

    def __init__(self, gate: Gate, accounts: Accounts, journal: Journal, limiter: Limiter) -> None:
        self._gate = gate
        self._accounts = accounts
        self._journal = journal
        limited = limiter.limit(ATTEMPTS, methods=["POST"])
        both = ("GET", "POST")
        gate.add("entry.log_in", "/login", limited(self.log_in), Open.TO_ANYBODY, both)
        gate.add("entry.second_factor", "/second-factor", limited(self.second_factor), Open.TO_ALL_ACCOUNTS, both)
        gate.add("entry.accept", "/invitation/<token>", limited(self.accept), Open.TO_ANYBODY, both)
        gate.add("entry.log_out", "/logout", self.log_out, Open.TO_ALL_ACCOUNTS, ("POST",))

    def log_in(self) -> ResponseReturnValue:
        """Name and password."""
        if request.method == "GET":
            if current_user.is_authenticated:
                return redirect(_next())
            return render_template("console/log_in.html", name="", nobody=self._accounts.is_nobody_there())
        name = request.form.get("name", "").strip()
        try:
            account = self._accounts.log_in(name, request.form.get("password", ""))
        except Refused as error:
            fault = words.REFUSED[error.refusal].format(name=name)
            return render_template("console/log_in.html", name=name, fault=fault), 401
        self._gate.log_in(account)
        return redirect(_next())

    def second_factor(self, account: Account) -> ResponseReturnValue:
        """The code of the app, or a recovery code."""
        if current_user.verified:
            return redirect(_next())
        if request.method == "GET":
            return render_template("console/second_factor.html")
        try:
            self._accounts.verify(account, request.form.get("code", ""))
        except Refused as error:
            fault = words.REFUSED[error.refusal].format(name=account.name)
            return render_template("console/second_factor.html", fault=fault), 401
        self._gate.verify()
        return redirect(_next())

    def accept(self, token: str) -> ResponseReturnValue:
        """Whoever was invited chooses a password."""
        invitation = self._accounts.invitation(token)
        if invitation is None:
            return render_template("console/error.html", title="邀請連結已經不能用了", said=words.GONE_INVITATION), 404
        fault = ""
        if request.method == "POST":
            password = request.form.get("password", "")
            try:
                if password != request.form.get("again", ""):
                    fault = words.NOT_THE_SAME
                else:
                    self._accounts.accept(token, password)
                    flash("帳號開通了，請登入。")
                    return redirect(url_for("entry.log_in"))
            except Refused as error:
                fault = words.REFUSED[error.refusal].format(name=invitation.name)
        return render_template("console/accept.html", invitation=invitation, fault=fault), 400 if fault else 200

    def log_out(self, account: Account) -> ResponseReturnValue:
        self._gate.log_out()
        self._journal.record(account.name, Action.LOGOUT, account.name)
        flash("已登出。")
        return redirect(url_for("entry.log_in"))


def _next() -> str:
    """The page that was asked for before the login; never one of another host."""
    wanted = urlsplit(request.args.get("next", ""))
    is_ours = not wanted.scheme and not wanted.netloc and wanted.path.startswith("/") and "\\" not in wanted.path
    if not is_ours or wanted.path.startswith("//"):
        return url_for("overview")
    return f"{request.script_root}{wanted.path}" + (f"?{wanted.query}" if wanted.query else "")
