"""Who may see which page: the one place that adds routes, so that there is none without a right.

Flask-Login keeps who a browser belongs to; the session itself is a row of the store (office/sessions.py), so that it
ends at once when the account is disabled or its password changes.
"""

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from office.model import Account, Forbidden, Right
from office.sessions import LoggedIn, Sessions

View = Callable[..., ResponseReturnValue]
FORM_TOKEN = "csrf_token"  # noqa: S105 - as Flask-WTF calls it in the session
SECOND_FACTOR, OWN_PASSWORD, OWN_SECOND_FACTOR = "entry.second_factor", "own.password", "own.second_factor"


class Open(Enum):
    """Pages that take no right."""

    TO_ANYBODY = "anybody"
    TO_ALL_ACCOUNTS = "accounts"


class User(UserMixin):  # type: ignore[misc]
    """Who a browser belongs to, as Flask-Login wants it; its id is the token of the session."""

    def __init__(self, token: str, logged_in: LoggedIn) -> None:
        self.token = token
        self.account = logged_in.account
        self.verified = logged_in.verified

    def get_id(self) -> str:
        return self.token


class Gate:
    """Adds pages to the application, each behind what it takes."""

    def __init__(self, application: Flask, sessions: Sessions, needs_second_factor: bool) -> None:
        self._application = application
        self._sessions = sessions
        self._needs_second_factor = needs_second_factor
        manager = LoginManager(application)
        manager.session_protection = None  # phones change their address; the store decides
        manager.user_loader(self._load)
        application.errorhandler(Forbidden)(lambda _: refused())

    def add(self, name: str, rule: str, view: View, takes: Right | Open, methods: tuple[str, ...] = ("GET",)) -> None:
        """A page under `rule`. The view of a page that takes an account is given it first."""
        guarded = view if takes == Open.TO_ANYBODY else self._guarded(name, view, takes)
        self._application.add_url_rule(rule, name, guarded, methods=list(methods))

    def log_in(self, account: Account) -> None:
        """Whoever this browser belonged to before, it is this account's now.

        Only the token of its forms stays: what was typed before a session ended can still be sent.
        """
        form_token = session.get(FORM_TOKEN)
        if current_user.is_authenticated:
            self.log_out()
        session.clear()
        if form_token:
            session[FORM_TOKEN] = form_token
        login_user(User(self._sessions.start(account), LoggedIn(account, not account.totp_secret)))

    def log_out(self) -> None:
        """Nothing of the person stays in the browser."""
        self._sessions.end(current_user.token)
        logout_user()
        session.clear()

    def verify(self) -> None:
        """This browser's person gave the second factor."""
        self._sessions.verify(current_user.token)

    def _load(self, token: str) -> User | None:
        """Where the store fails, the page that says so is made for nobody: it would ask again who is there.

        A part of a page that asks again by itself is no sign of a person.
        """
        if g.get("has_failed"):
            return None
        g.has_failed = True
        asks_by_itself = request.method == "GET" and "HX-Request" in request.headers
        logged_in = self._sessions.find(token, is_sign=not asks_by_itself)
        g.has_failed = False
        return User(token, logged_in) if logged_in else None

    def _guarded(self, name: str, view: View, takes: Right | Open) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return _to_login()
            step = self._missing_step(current_user)
            if step and name not in (step, "entry.log_out"):
                return _first(step)
            account: Account = current_user.account
            if isinstance(takes, Right):
                account.actor.require(takes)
            return view(account, **arguments)

        return guarded

    def _missing_step(self, user: User) -> str:
        """The page that has to be passed first, "" for none."""
        account = user.account
        if not user.verified:
            return SECOND_FACTOR
        if account.must_change:
            return OWN_PASSWORD
        return OWN_SECOND_FACTOR if self._needs_second_factor and not account.totp_secret else ""


def refused() -> ResponseReturnValue:
    """The page for who has not the right to what was asked for."""
    return render_template("console/refused.html"), 403


def _to_login() -> ResponseReturnValue:
    """What was typed stays in the browser for another try."""
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return render_template("console/timed_out.html"), 401
    return _first("entry.log_in")


def _first(page: str) -> ResponseReturnValue:
    """To a page that has to be passed before this one; a part of a page takes the whole page along."""
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for(page)})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(page, next=wanted))
