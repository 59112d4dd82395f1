"""Accounts, for owners: invite, change the role, disable, reset."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.console.access import Gate
from office import words
from office.accounts import Accounts
from office.model import Account, Refused, Right, Role

POST = ("POST",)


class AccountPages:
    """/accounts and what is under it."""

    def __init__(self, gate: Gate, accounts: Accounts, zone: ZoneInfo) -> None:
        self._accounts = accounts
        self._zone = zone
        gate.add("accounts", "/accounts", self.page, Right.OFFICE)
        gate.add("accounts.invite", "/accounts/invite", self.invite, Right.OFFICE, POST)
        gate.add("accounts.withdraw", "/accounts/withdraw", self.withdraw, Right.OFFICE, POST)
        gate.add("accounts.role", "/accounts/<name>/role", self.change_role, Right.OFFICE, POST)
        gate.add("accounts.disable", "/accounts/<name>/disable", self.disable, Right.OFFICE, POST)
        gate.add("accounts.enable", "/accounts/<name>/enable", self.enable, Right.OFFICE, POST)
        gate.add("accounts.reset", "/accounts/<name>/reset", self.reset, Right.OFFICE, POST)

    def page(self, account: Account) -> ResponseReturnValue:
        return self._page()

    def invite(self, account: Account) -> ResponseReturnValue:
        """Shows the link once: only its digest is kept."""
        name, role = request.form.get("name", "").strip(), _role()
        try:
            token = self._accounts.invite(account.actor, name, role)
        except Refused as error:
            return self._page(name=name, role=role, fault=_said(error, name)), 400
        return self._page(link=url_for("entry.accept", token=token, _external=True), invited=name)

    def withdraw(self, account: Account) -> ResponseReturnValue:
        name = request.form.get("name", "")
        self._accounts.withdraw(account.actor, name)
        flash(f"給 {name} 的邀請收回了。")
        return redirect(url_for("accounts"))

    def change_role(self, account: Account, name: str) -> ResponseReturnValue:
        role = _role()
        try:
            self._accounts.change_role(account.actor, name, role)
        except Refused as error:
            flash(_said(error, name), "fault")
        else:
            flash(f"{name} 現在是{words.ROLES[role]}。")
        return redirect(url_for("accounts"))

    def disable(self, account: Account, name: str) -> ResponseReturnValue:
        try:
            self._accounts.disable(account.actor, name)
        except Refused as error:
            flash(_said(error, name), "fault")
        else:
            flash(f"{name} 停用了，正在使用的也已登出。")
        return redirect(url_for("accounts"))

    def enable(self, account: Account, name: str) -> ResponseReturnValue:
        self._accounts.enable(account.actor, name)
        flash(f"{name} 可以登入了。")
        return redirect(url_for("accounts"))

    def reset(self, account: Account, name: str) -> ResponseReturnValue:
        """Shows the new password once."""
        try:
            password = self._accounts.reset(account.actor, name)
        except Refused as error:
            flash(_said(error, name), "fault")
            return redirect(url_for("accounts"))
        return self._page(reset=name, password=password)

    def _page(self, **said: object) -> str:
        return render_template(
            "console/accounts.html",
            all_accounts=self._accounts.repository.all(),
            invitations=self._accounts.invitations.all(),
            now=datetime.now(self._zone).timestamp(),
            **said,
        )


def _role() -> Role:
    wanted = request.form.get("role", "")
    return Role(wanted) if wanted in list(Role) else Role.EDITOR


def _said(error: Refused, name: str) -> str:
    return words.REFUSED[error.refusal].format(name=name)
