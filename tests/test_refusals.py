"""What platforms refuse while a tip goes out: bad addresses, bad cards, tokens, the quota."""

import socket

import pytest

from broadcasts import admin_cards
from broadcasts.model import QuotaPolicy
from tests.support.installation import LINE, TELEGRAM, Installation, everybody_once
from tests.support.waiting import wait_for
from tests.support.wire import Fault


@pytest.mark.parametrize(
    ("status", "message", "reason"), [(401, "Authentication failed", "token"), (403, "Not available", "plan")]
)
def test_what_a_person_must_mend_holds_only_its_channel(
    installation: Installation, status: int, message: str, reason: str
) -> None:
    installation.subscribe()
    refusal = Fault(status, message)
    installation.platforms.misbehave(lambda call: refusal if call.method == "multicast" else None)
    installation.worker()
    number = installation.send()
    wait_for(lambda: installation.status(number) == "paused")
    assert installation.tally(number) == {"pending": len(LINE), "sent": len(TELEGRAM), "failed": 0, "unknown": 0}
    row = installation.bot.broadcasts.repository.get(number)
    assert row
    assert "LINE_CHANNEL_ACCESS_TOKEN" in "".join(admin_cards.story(row, installation.bot.broadcasts))
    assert len([call for call in installation.platforms.sends if call.method == "multicast"]) == 1
    installation.platforms.behave()
    assert installation.bot.broadcasts.resume(number)
    installation.finished(number)
    everybody_once(installation)


def test_one_bad_address_costs_nobody_else_anything(installation: Installation) -> None:
    installation.subscribe(line=LINE[:600], telegram=[])
    bad = Fault(400, "The property, 'to[7]', in the request body is invalid")
    installation.platforms.misbehave(lambda call: bad if LINE[7] in call.to else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 599, "failed": 1, "unknown": 0}


def test_many_bad_addresses_do_not_stop_the_channel(installation: Installation) -> None:
    installation.subscribe(line=LINE[:500], telegram=[])
    bad = set(LINE[:500:20])
    refusal = Fault(400, "The property, 'to', in the request body is invalid")
    installation.platforms.misbehave(lambda call: refusal if bad & set(call.to) else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 475, "failed": 25, "unknown": 0}


def test_a_platform_that_is_away_leaves_no_doubt(installation: Installation) -> None:
    """A connection that was never installation brought nothing, however old the retry key."""
    installation.subscribe(line=LINE[:3], telegram=[])
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        installation.environment["LINE_API_BASE"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        worker = installation.worker()
        number = installation.send()
        wait_for(installation.failures)
        installation.workers.stop(worker)
    assert installation.bot.broadcasts.repository.cancel(number)
    assert installation.tally(number) == {"pending": 3, "sent": 0, "failed": 0, "unknown": 0}


def test_a_card_that_telegram_refuses_goes_to_everybody_as_plain_text(installation: Installation) -> None:
    installation.subscribe(line=[], telegram=TELEGRAM[:30])
    bad = Fault(400, "Bad Request: can't parse entities")
    installation.platforms.misbehave(lambda call: bad if "parse_mode" in call.body else None)
    installation.worker()
    assert installation.finished(installation.send()) == {"pending": 0, "sent": 30, "failed": 0, "unknown": 0}
    refused = [call for call in installation.platforms.sends if "parse_mode" in call.body]
    assert len(refused) <= 16, "only those under way when the first refusal came; a refused card costs no second call"


def test_the_quota_is_never_exceeded_and_who_was_left_out_comes_first(installation: Installation) -> None:
    installation.subscribe(line=LINE[:100], telegram=[])
    installation.platforms.line.quota = 60
    installation.worker()
    assert installation.finished(installation.send(QuotaPolicy.SOME))["sent"] == 60
    installation.platforms.line.quota = 120
    installation.finished(installation.send(QuotaPolicy.SOME))
    assert installation.platforms.line.used == 120
    assert set(installation.platforms.reached.values()) == {1, 2}
    assert len(installation.platforms.reached) == 100, "those left out the first time came first"
