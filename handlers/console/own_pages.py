"""One's own account: password, second factor, where test messages go."""

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from handlers.console.access import Gate, Open
from handlers.console.services import Services
from office import credentials, words
from office.model import Account, Refusal, Refused

BOTH = ("GET", "POST")
PENDING = "pending_secret"  # in the signed cookie, until its code was given once


class OwnPages:
    """/me and what is under it."""

    def __init__(self, gate: Gate, services: Services) -> None:
        self._gate = gate
        self._accounts = services.desk.accounts
        self._channels = services.channels
        gate.add("own", "/me", self.page, Open.TO_ALL_ACCOUNTS)
        gate.add("own.password", "/me/password", self.password, Open.TO_ALL_ACCOUNTS, BOTH)
        gate.add("own.second_factor", "/me/second-factor", self.second_factor, Open.TO_ALL_ACCOUNTS, BOTH)
        gate.add("own.factor_off", "/me/second-factor/off", self.no_second_factor, Open.TO_ALL_ACCOUNTS, ("POST",))
        gate.add("own.addresses", "/me/addresses", self.addresses, Open.TO_ALL_ACCOUNTS, ("POST",))

    def page(self, account: Account) -> ResponseReturnValue:
        return self._page(account, dict(account.addresses))

    def password(self, account: Account) -> ResponseReturnValue:
        fault = ""
        if request.method == "POST":
            new = request.form.get("password", "")
            try:
                if new != request.form.get("again", ""):
                    fault = words.NOT_THE_SAME
                else:
                    self._accounts.change_password(account, request.form.get("old", ""), new)
                    self._gate.log_out()
                    flash("密碼換好了，請用新密碼登入。")
                    return redirect(url_for("entry.log_in"))
            except Refused as error:
                fault = words.REFUSED[error.refusal].format(name=account.name)
        return render_template("console/own_password.html", account=account, fault=fault), 400 if fault else 200

    def second_factor(self, account: Account) -> ResponseReturnValue:
        """The secret is shown until a code proves that an app has it."""
        if account.totp_secret:
            flash(words.REFUSED[Refusal.ALREADY_ON], "fault")
            return redirect(url_for("own"))
        secret = session.setdefault(PENDING, credentials.new_totp_secret())
        fault = ""
        if request.method == "POST":
            try:
                codes = self._accounts.turn_on_second_factor(account, secret, request.form.get("code", ""))
                del session[PENDING]
                return render_template("console/recovery_codes.html", codes=codes)
            except Refused:
                fault = "驗證碼不對。請確認手機的時間準確，再輸入目前顯示的六位數字。"
        picture = segno.make(credentials.totp_address(secret, account.name), micro=False).svg_inline(
            scale=5, border=2, light="#fff", omitsize=False, svgclass="qr", lineclass=None
        )
        page = render_template(
            "console/own_second_factor.html",
            account=account,
            secret=secret,
            picture=Markup(picture),  # noqa: S704 - made of digits by segno
            fault=fault,
        )
        return page, 400 if fault else 200

    def no_second_factor(self, account: Account) -> ResponseReturnValue:
        try:
            self._accounts.turn_off_second_factor(account, request.form.get("password", ""))
        except Refused as error:
            flash(words.REFUSED[error.refusal].format(name=account.name), "fault")
        else:
            flash("第二道驗證關掉了。")
        return redirect(url_for("own"))

    def addresses(self, account: Account) -> ResponseReturnValue:
        """Each in the form that its channel knows, or none."""
        typed = {name: request.form.get(name, "").strip() for name in self._channels}
        faults = {
            name: words.NO_ADDRESS.format(form=self._channels[name].address_form)
            for name, text in typed.items()
            if text and self._channels[name].read_address(text) != text
        }
        if faults:
            return self._page(account, typed, faults), 400
        self._accounts.set_addresses(account, {name: text for name, text in typed.items() if text})
        flash("測試訊息的收件處存好了。")
        return redirect(url_for("own"))

    def _page(self, account: Account, typed: dict[str, str], faults: dict[str, str] | None = None) -> str:
        return render_template(
            "console/own.html", account=account, channels=self._channels, typed=typed, faults=faults or {}
        )
