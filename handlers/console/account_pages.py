"""Accounts, for owners: invite, change the role, disable, reset."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.console.access import Gate
from office import words
from office.accounts import Accounts
from office.model import Account, Refused, Right, Role

POST = ("POST",)


class AccountPages:
    """/accounts and what is under it. `public_url`: where the world reaches this server, if that is known."""

    def __init__(self, gate: Gate, accounts: Accounts, zone: ZoneInfo, public_url: str | None) -> None:
        self._accounts = accounts
        self._zone = zone
        self._public_url = public_url
        gate.add("accounts", "/accounts", self.page, Right.OFFICE)
        gate.add("accounts.invite", "/accounts/invite", self.invite, Right.OFFICE, POST)
        gate.add("accounts.withdraw", "/accounts/withdraw", self.withdraw, Right.OFFICE, POST)
        gate.add("accounts.role", "/accounts/<name>/role", self.change_role, Right.OFFICE, POST)
        gate.add("accounts.disable", "/accounts/<name>/disable", self.disable, Right.OFFICE, POST)
        gate.add("accounts.enable", "/accounts/<name>/enable", self.enable, Right.OFFICE, POST)
        gate.add("accounts.reset", "/accounts/<name>/reset", self.reset, Right.OFFICE, POST)

    def page(self, account: Account) -> ResponseReturnValue:
        return self._page(account)

    def invite(self, account: Account) -> ResponseReturnValue:
        """Shows the link once: only its digest is kept."""
        name, role = request.form.get("name", "").strip(), _role()
        try:
            token = self._accounts.invite(account.actor, name, role)
        except Refused as error:
            return self._page(account, name=name, role=role, fault=_said(error, name)), 400
        return self._page(account, link=self._link(token), invited=name)

    def withdraw(self, account: Account) -> ResponseReturnValue:
        name = request.form.get("name", "")
        return self._done(lambda: self._accounts.withdraw(account.actor, name), f"給 {name} 的邀請收回了。", name)

    def change_role(self, account: Account, name: str) -> ResponseReturnValue:
        role = _role()
        said = f"{name} 現在是{words.ROLES[role]}。"
        return self._done(lambda: self._accounts.change_role(account.actor, name, role), said, name)

    def disable(self, account: Account, name: str) -> ResponseReturnValue:
        said = f"{name} 停用了，正在使用的也已登出。"
        return self._done(lambda: self._accounts.disable(account.actor, name), said, name)

    def enable(self, account: Account, name: str) -> ResponseReturnValue:
        return self._done(lambda: self._accounts.enable(account.actor, name), f"{name} 可以登入了。", name)

    def reset(self, account: Account, name: str) -> ResponseReturnValue:
        """Shows the new password once."""
        try:
            password = self._accounts.reset(account.actor, name)
        except Refused as error:
            flash(_said(error, name), "fault")
            return redirect(url_for("accounts"))
        return self._page(account, reset=name, password=password)

    def _done(self, act: Callable[[], None], said: str, name: str) -> ResponseReturnValue:
        """Back to the list, with what was done or why not."""
        try:
            act()
        except Refused as error:
            flash(_said(error, name), "fault")
        else:
            flash(said)
        return redirect(url_for("accounts"))

    def _link(self, token: str) -> str:
        """Behind a proxy, this server does not know by itself how it is reached."""
        path = url_for("entry.accept", token=token)
        return urljoin(self._public_url or request.host_url, path)

    def _page(self, account: Account, **said: object) -> str:
        return render_template(
            "console/accounts.html",
            all_accounts=self._accounts.all(account.actor),
            invitations=self._accounts.open_invitations(account.actor),
            now=datetime.now(self._zone).timestamp(),
            **said,
        )


def _role() -> Role:
    wanted = request.form.get("role", "")
    return Role(wanted) if wanted in list(Role) else abort(400)


def _said(error: Refused, name: str) -> str:
    return words.REFUSED[error.refusal].format(name=name)
