"""A tip to one person who wants to see it as it will arrive: nothing is stored, no subscriber gets it."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import logs
from broadcasts import tips, words
from broadcasts.model import HoldReason, Recipient
from broadcasts.sender import Busy, Gone, InDoubt, Moved, OnHold, Sender, SendError, Unreachable
from broadcasts.tips import Tip
from core.contact import Office

log = logging.getLogger(__name__)


class NotSent(Exception):
    """A sample did not go out; says why and what helps."""


@dataclass(frozen=True)
class Samples:
    """Sends samples through the channels that are on."""

    senders: Mapping[str, Sender]
    office: Office

    def send(self, tip: Tip, to: Recipient) -> None:
        """One message, under a retry key of its own. Raises NotSent."""
        sender = self.senders.get(to.channel)
        if sender is None:
            raise NotSent(words.SAMPLE_CHANNEL_OFF.format(channel=to.channel))
        if sender.spec.read_address(to.address) != to.address:
            raise NotSent(words.SAMPLE_NO_ADDRESS.format(channel=sender.spec.title, form=sender.spec.address_form))
        try:
            sender.prepare(tips.card(tip, self.office))([to.address], str(uuid.uuid4()))
        except SendError as error:
            log.warning("sample on %s: %s", to.channel, error)
            raise NotSent(_in_words(error, sender)) from error
        except Exception as error:
            log.warning("sample on %s: %s", to.channel, logs.describe(error))
            raise NotSent(words.SAMPLE_FAILED.format(channel=sender.spec.title, error=logs.describe(error))) from error


def _in_words(error: SendError, sender: Sender) -> str:
    title, setting = sender.spec.title, sender.spec.token_setting
    match error:
        case OnHold(reason=reason) if reason != HoldReason.NONE:
            return words.SAMPLE_HELD[reason].format(channel=title, setting=setting)
        case Gone() | Moved():
            return words.SAMPLE_GONE.format(channel=title)
        case InDoubt():
            return words.SAMPLE_IN_DOUBT.format(channel=title)
        case Busy() | Unreachable():
            return words.SAMPLE_LATER.format(channel=title)
    return words.SAMPLE_FAILED.format(channel=title, error=error)
