"""The second factor: codes of the app, codes on paper, each once; and its pages."""

import re
from collections.abc import Callable

import pyotp
import pytest
from flask.testing import FlaskClient

import app
import web_app
from office import accounts, credentials
from office.model import Action, Refusal, Role
from tests.support.console import PASSWORD, add_account, browser_of, log_in, logged_in, post
from tests.support.staff import Staff, refusal

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
STEP = credentials.STEP_SECONDS


class App:
    """The authenticator app of an account whose second factor is on; its clock is the staff's, and then some."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.secret = credentials.new_totp_secret()
        staff.add()
        self.paper = staff.accounts.turn_on_second_factor(staff.account(), self.secret, self.code())
        staff.moment += 10 * STEP

    def code(self, drift: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.staff.moment) + drift)

    def give(self, code: str) -> None:
        self.staff.accounts.verify(self.staff.account(), code)

    def refused(self, code: str) -> Refusal:
        return refusal(lambda: self.give(code))


@pytest.fixture
def phone(staff: Staff) -> App:
    return App(staff)


def wrong(phone: App) -> str:
    right = {phone.code(drift * STEP) for drift in (-1, 0, 1)}
    return next(code for code in ("111111", "222222", "333333", "444444") if code not in right)


@pytest.mark.parametrize(
    "typed",
    [str, lambda code: f" {code[:3]} {code[3:]} ", lambda code: code.translate(WIDE)],
    ids=["as it is", "in two", "wide"],
)
def test_a_code_is_taken_however_it_is_typed_and_once(phone: App, typed: Callable[[str], str]) -> None:
    code = typed(phone.code())
    phone.give(code)
    assert phone.refused(code) == Refusal.WRONG


@pytest.mark.parametrize("drift", [-STEP, STEP])
def test_a_clock_may_be_one_step_off(phone: App, drift: int) -> None:
    assert phone.refused(phone.code(2 * drift)) == Refusal.WRONG
    phone.give(phone.code(drift))


def test_an_earlier_code_is_void_once_a_later_one_was_taken(phone: App) -> None:
    phone.give(phone.code())
    assert phone.refused(phone.code(-STEP)) == Refusal.WRONG
    phone.staff.moment += STEP
    phone.give(phone.code())


def test_the_code_that_turned_it_on_lets_nobody_in(staff: Staff) -> None:
    phone = App(staff)
    staff.moment -= 10 * STEP
    assert phone.refused(phone.code()) == Refusal.WRONG


def test_a_code_on_paper_is_taken_once_however_it_is_typed(phone: App) -> None:
    first, second = phone.paper[:2]
    phone.give(first.upper().replace("-", " "))
    assert phone.refused(first) == Refusal.WRONG
    phone.give(second.translate(WIDE))
    assert len(phone.staff.account().recovery_codes) == credentials.RECOVERY_CODES - 2
    details = [line.detail for line in phone.staff.lines() if line.action == Action.LOGIN]
    assert details == ["備用碼", "備用碼"]
    assert not set(phone.paper) & set(phone.staff.account().recovery_codes), "digests are kept"


def test_wrong_codes_count_and_lock_even_for_who_has_the_password(phone: App) -> None:
    for _ in range(2):
        assert phone.refused(wrong(phone)) == Refusal.WRONG
        phone.staff.accounts.log_in("chief", PASSWORD)
    assert [phone.refused(wrong(phone)) for _ in range(3)] == [Refusal.WRONG, Refusal.WRONG, Refusal.LOCKED]
    assert phone.refused(phone.code()) == Refusal.LOCKED
    assert phone.refused(phone.paper[0]) == Refusal.LOCKED
    phone.staff.moment += accounts.LOCK_SECONDS
    phone.give(phone.paper[0])


def test_without_a_second_factor_no_code_is_right(staff: Staff) -> None:
    account = staff.add()
    for code in ("", "000000", "123456"):
        assert refusal(lambda code=code: staff.accounts.verify(account, code)) == Refusal.WRONG  # type: ignore[misc]


def test_one_that_is_on_is_not_replaced(phone: App) -> None:
    secret = credentials.new_totp_secret()
    code = pyotp.TOTP(secret).at(int(phone.staff.moment))
    turn_on = phone.staff.accounts.turn_on_second_factor
    assert refusal(lambda: turn_on(phone.staff.account(), secret, code)) == Refusal.ALREADY_ON
    phone.staff.accounts.turn_off_second_factor(phone.staff.account(), PASSWORD)
    turn_on(phone.staff.account(), secret, code)
    assert phone.staff.account().totp_secret == secret


def test_a_reset_takes_it_away(phone: App) -> None:
    phone.staff.accounts.reset(phone.staff.add("other").actor, "chief")
    assert (phone.staff.account().totp_secret, phone.staff.account().recovery_codes) == ("", ())


# the pages, in real time


def shown_secret(page: str) -> str:
    found = re.search(r'<code class="secret">(\w+)</code>', page)
    assert found
    return found[1]


def test_it_is_turned_on_and_asked_for_at_the_next_login(bot: app.Bot) -> None:
    client = logged_in(bot)
    page = client.get("/admin/me/second-factor")
    secret = shown_secret(page.text)
    assert "<svg" in page.text
    assert post(client, "/admin/me/second-factor", code="not a code").status_code == 400
    assert shown_secret(client.get("/admin/me/second-factor").text) == secret, "the app has it already"
    on = post(client, "/admin/me/second-factor", code=pyotp.TOTP(secret).now())
    paper = re.findall(r"<li><code>([\w-]+)</code>", on.text)
    assert len(paper) == credentials.RECOVERY_CODES
    assert secret not in client.get("/admin/me/second-factor", follow_redirects=True).text
    other = browser_of(web_app.create_app(bot), "owner")
    assert other.get("/admin/accounts?page=2").headers["Location"] == "/admin/second-factor?next=/accounts?page%3D2"
    assert post(other, "/admin/second-factor", code="not a code").status_code == 401
    verified = post(other, "/admin/second-factor?next=/accounts", code=paper[0])
    assert verified.headers["Location"] == "/admin/accounts"
    assert other.get("/admin/accounts").status_code == 200


def test_whoever_is_in_already_gives_no_code(bot: app.Bot) -> None:
    client = logged_in(bot)
    before = bot.store.actions.count({})
    answer = post(client, "/admin/second-factor", code="123456")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert bot.store.actions.count({}) == before


@pytest.mark.parametrize("leave", ["log out", "stay"])
def test_a_secret_that_was_begun_does_not_go_on_to_the_next_person(bot: app.Bot, leave: str) -> None:
    client = logged_in(bot)
    secret = shown_secret(client.get("/admin/me/second-factor").text)
    if leave == "log out":
        post(client, "/admin/logout")
    else:
        bot.store.sessions.end_all("owner")
    log_in(client, add_account(bot, Role.EDITOR))
    assert shown_secret(client.get("/admin/me/second-factor").text) != secret


def test_a_form_can_still_be_sent_after_the_session_has_ended(bot: app.Bot) -> None:
    """As the page says that tells of it: log in in another tab, then send again."""
    client = logged_in(bot)
    form = form_of(client)
    bot.store.sessions.end_all("owner")
    answer = client.post("/admin/me/addresses", data=form)
    assert (answer.status_code, "還沒有做" in answer.text) == (401, True)
    log_in(client, "owner")
    assert client.post("/admin/me/addresses", data=form).status_code == 302


def test_after_logging_out_the_old_forms_are_void(bot: app.Bot) -> None:
    client = logged_in(bot)
    form = form_of(client)
    post(client, "/admin/logout")
    log_in(client, "owner")
    assert client.post("/admin/me/addresses", data=form).status_code == 400


def form_of(client: FlaskClient) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/me").text)
    assert found
    return {"csrf_token": found[1]}
