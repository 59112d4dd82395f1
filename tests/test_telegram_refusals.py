"""What Telegram refuses for one chat is that chat's own: nobody else waits for it, and no answer is tried twice."""

import pytest

from broadcasts import failures, tips
from broadcasts.model import RecipientStatus, Result
from broadcasts.sender import AddressBusy, ContentRefused, Moved, SendError
from broadcasts.single_sender import outcome_of
from broadcasts.tips import Tip
from commands import tips as tip_commands
from core.contact import Office
from handlers.telegram.sender import TelegramSender
from store.tables import SubscriberState
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.installation import Installation
from tests.support.waiting import wait_for
from tests.support.wire import Fault

MUTED, GROUP_CLOSED, GONE = "群組不讓機器人發言（請群組管理員開放）", "群組解散了", "對方封鎖、離開或刪除了帳號"
TOPIC, NEVER_SPOKE, OTHER = "群組裡的主題關閉或刪除了", "對方沒有對機器人說過話，或本身是機器人", "對方不收機器人的訊息"

STAYS = [
    (400, "Bad Request: TOPIC_CLOSED", TOPIC),
    (400, "Bad Request: TOPIC_DELETED", TOPIC),
    (400, "Bad Request: message thread not found", TOPIC),
    (400, "Bad Request: not enough rights to send text messages to the chat", MUTED),
    (403, "Forbidden: not enough rights to send text messages to the chat", MUTED),
    (400, "Bad Request: have no rights to send a message", MUTED),
    (400, "Bad Request: have no write access to the chat", MUTED),
    (400, "Bad Request: need administrator rights in the channel chat", MUTED),
    (403, "Forbidden: CHAT_ADMIN_REQUIRED", MUTED),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", MUTED),
    (403, "Forbidden: CHAT_SEND_PLAIN_FORBIDDEN", MUTED),
    (400, "Bad Request: CHAT_GUEST_SEND_FORBIDDEN", MUTED),
    (400, "Bad Request: CHAT_RESTRICTED", MUTED),
    (400, "Bad Request: USER_BANNED_IN_CHANNEL", MUTED),
    (400, "Bad Request: ALLOW_PAYMENT_REQUIRED_5", "對方只收付費的訊息"),
    (400, "Bad Request: PRIVACY_PREMIUM_REQUIRED", "對方只收付費的訊息"),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", "群組升級後換了編號（請在群組裡重新訂閱）"),
]
RETIRED = [
    (403, "Forbidden: bot was blocked by the user", GONE),
    (400, "Bad Request: USER_IS_BLOCKED", GONE),
    (403, "Forbidden: user is deactivated", GONE),
    (400, "Bad Request: INPUT_USER_DEACTIVATED", GONE),
    (403, "Forbidden: the group chat was deleted", GROUP_CLOSED),
    (400, "Bad Request: group chat was deactivated", GROUP_CLOSED),
    (400, "Bad Request: chat was deleted", GROUP_CLOSED),
    (403, "Forbidden: bot was kicked from the supergroup chat", GONE),
    (403, "Forbidden: bot is not a member of the channel chat", GONE),
    (400, "Bad Request: CHANNEL_PRIVATE", GONE),
    (400, "Bad Request: chat not found", GONE),
    (400, "Bad Request: PEER_ID_INVALID", GONE),
    (403, "Forbidden: bot can't initiate conversation with a user", NEVER_SPOKE),
    (403, "Forbidden: bot can't send messages to bots", NEVER_SPOKE),
    (403, "Forbidden: bot was something new", OTHER),
]
OF_THE_MESSAGE = [
    "can't parse entities: unsupported start tag",
    "message is too long",
    "message text is empty",
    "BUTTON_URL_INVALID",
    "BUTTON_USER_INVALID",
    "BUTTON_USER_PRIVACY_RESTRICTED",
    "ENTITY_MENTION_USER_INVALID",
    "REPLY_MARKUP_INVALID",
    "inline keyboard button URL 'http://host/' is invalid: Wrong HTTP URL",
    "something new",
]


def refused(telegram: FakeTelegram, status: int, sentence: str, parameters: dict[str, int] | None = None) -> SendError:
    """What a tip to one chat comes to."""
    telegram.misbehave = lambda call: Fault(status, sentence, parameters)
    tip = tips.card(Tip.own("公務機密不外洩。"), Office("政風室"))
    with pytest.raises(SendError) as caught:
        TelegramSender(telegram.base, TOKEN, "").prepare(tip)(["-100"], "")
    return caught.value


@pytest.mark.parametrize(("status", "sentence", "said"), STAYS + RETIRED, ids=lambda value: str(value)[:40])
def test_one_chat_speaks_for_itself_alone(telegram: FakeTelegram, status: int, sentence: str, said: str) -> None:
    """It fails for this tip, is no failure of the channel, and is called once; the office reads why."""
    error = refused(telegram, status, sentence)
    assert len(telegram.calls_of("sendMessage")) == 1, "plain words cannot help"
    outcome = outcome_of("-100", error)
    assert (outcome.status, outcome.failure) == (RecipientStatus.FAILED, None)
    assert outcome.gone == ((status, sentence, said) in RETIRED)
    stored = Result("telegram", outcome.status, outcome.error[:80], 1)
    ((reason, people),) = failures.by_reason([stored])
    assert (reason.startswith(said), people) == (True, 1)


@pytest.mark.parametrize("sentence", OF_THE_MESSAGE)
def test_what_is_wrong_with_the_message_is_tried_in_plain_words_and_counts(
    telegram: FakeTelegram, sentence: str
) -> None:
    error = refused(telegram, 400, f"Bad Request: {sentence}")
    assert isinstance(error, ContentRefused)
    assert [("parse_mode" in call.body) for call in telegram.calls_of("sendMessage")] == [True, False]
    assert outcome_of("-100", error).failure is not None


def test_a_group_that_has_moved_is_followed_and_one_in_slow_mode_is_asked_later(telegram: FakeTelegram) -> None:
    sentence = "Bad Request: group chat was upgraded to a supergroup chat"
    moved = refused(telegram, 400, sentence, {"migrate_to_chat_id": -1007})
    assert isinstance(moved, Moved)
    assert moved.to == -1007
    for status in (400, 429):
        slow = refused(telegram, status, "Bad Request: SLOWMODE_WAIT_30")
        assert isinstance(slow, AddressBusy)
        outcome = outcome_of("-100", slow)
        assert (outcome.status, outcome.wait, outcome.failure) == (RecipientStatus.PENDING, 30, None)


def test_muted_groups_hold_nobody_else(installation: Installation) -> None:
    """Twenty-five and more groups, each with another refusal, are called before the people."""
    groups = {str(-1000 - number): refusal for number, refusal in enumerate(STAYS + RETIRED)}
    people = [str(number) for number in range(1, 26)]
    assert len(groups) > 25
    installation.subscribe(line=[], telegram=[*groups, *people])
    installation.platforms.misbehave(
        lambda call: Fault(*groups[call.to[0]][:2]) if call.to and call.to[0] in groups else None
    )
    installation.worker()
    number = installation.send()
    assert installation.finished(number) == {"pending": 0, "sent": 25, "failed": len(groups), "unknown": 0}
    assert {installation.platforms.reached[person] for person in people} == {1}
    row = installation.bot.broadcasts.repository.get(number)
    assert row
    said = tip_commands.report(installation.bot, row)
    assert f"為什麼失敗：\n  {MUTED}：" in said, "the most first"
    assert "Bad Request" not in said
    state = installation.bot.store.subscribers.state
    for chat, refusal in groups.items():
        expected = SubscriberState.ACTIVE if refusal in STAYS else SubscriberState.GONE
        assert state("telegram", chat) == expected, refusal


def test_a_message_that_every_chat_refuses_is_the_channels_failure(installation: Installation) -> None:
    """So many in a row hold it (tests/test_batches.py), and who is left can still be sent a better one."""
    installation.subscribe(line=[], telegram=[str(number) for number in range(1, 61)])
    installation.platforms.misbehave(lambda call: Fault(400, "Bad Request: can't parse entities"))
    installation.worker()
    number = installation.send()
    wait_for(lambda: installation.failures() > 2)
    assert installation.tally(number)["pending"] > 0
