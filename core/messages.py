"""The whole vocabulary between channels and the core: frozen values, nothing of any platform."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

Kind = Literal[
    "text",
    "postback",
    "follow",  # asked for tips, or opened the page
    "befriend",  # came without a word about tips
    "unfollow",
    "unblock",
    "unsend",
    "stop",
    "join",
    "leave",
    "moved",
    "attachment",
]
Audience = Literal["chat", "private", "presser"]
CARRY = 200  # UTF-16 units: with its postback it must fit into LINE's 300 characters


@dataclass(frozen=True)
class Incoming:
    """One thing a person did, already addressed to the bot.

    `address` is who a tip would be sent to (LINE user id, Telegram chat id), where there is one: LINE sends no tips
    to groups.
    `text` is what was typed, the data of a pressed button, or the new address of who moved. `event_id` is
    the platform's id of the delivery, the same when it is delivered again. `carried`: the text that the pressed button
    carried, "" where there was none or it could not be read back. `lane`: what is of one lane is handled in the order
    it came; "" is of none. `at`: when the platform says that it happened, an epoch in seconds, where deliveries may
    overtake each other; None where they come in order. `message`: the platform's id of a typed message, and of one that
    was taken back, where it tells of that.
    """

    kind: Kind
    channel: str
    address: str | None = None
    text: str = ""
    event_id: str | None = None
    group: bool = False
    carried: str = ""
    lane: str = ""
    at: float | None = None
    message: str = ""


@dataclass(frozen=True)
class Button:
    """Either `postback` (data that comes back as an Incoming when it is pressed, at most 64 bytes) or `url` is set.

    `audience`: who sees what a postback opens. "chat": whoever reads this chat; "private": opened in the person's own
    chat with the bot; "presser": here, for who presses alone, where a platform can do that (core/in_private.py).
    `carry` is one line of at most CARRY units that comes back with the press, and that an item of the button's section
    shows: where a platform's buttons hold too little, it is read back from there.
    """

    label: str
    postback: str = ""
    url: str = ""
    carry: str = ""
    audience: Audience = "chat"

    @property
    def data(self) -> str:
        """Postback and carry in one, for platforms whose buttons hold both."""
        return f"{self.postback}\n{self.carry}" if self.carry else self.postback


def pressed(data: str) -> tuple[str, str]:
    """The postback and the carry of a button's `data` (a browser's form sends line breaks as CR LF)."""
    postback, _, carried = data.partition("\n")
    return postback.removesuffix("\r"), carried


@dataclass(frozen=True)
class Item:
    """One entry of a list: its words (never cut), lines of explanation, and what can be opened or pressed.

    `brief`: what matters most of the explanation, for faces that can neither fold it nor show it whole.
    """

    text: str
    detail: str = ""
    buttons: tuple[Button, ...] = ()
    brief: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a card under a heading: items, then buttons (side by side where `inline`).

    `folded`: the explanations of its items are for whoever wants to know more; `unfold` opens them where a face cannot
    fold.
    """

    heading: str = ""
    items: tuple[Item, ...] = ()
    buttons: tuple[Button, ...] = ()
    inline: bool = False
    folded: bool = False
    unfold: Button | None = None

    @property
    def marked(self) -> Iterator[tuple[str, Item]]:
        """Its items, each behind its number where there are several.

        Items that are pressed have none: who typed it would get the case of that number instead.
        """
        pressed = any(button.postback for item in self.items for button in item.buttons)
        for number, item in enumerate(self.items, 1):
            yield "" if pressed or len(self.items) == 1 else f"{number}. ", item

    @property
    def carried(self) -> tuple[str, ...]:
        """The texts that its buttons carry."""
        return tuple(button.carry for button in self.buttons if button.carry)


@dataclass(frozen=True)
class Card:
    """What the bot says. `summary` opens with the conclusion, for previews and notifications. `permalink`: where this
    card has a page of its own, below the address of the chat page.
    """

    title: str
    summary: str
    label: str = ""
    notice: str = ""
    body: str = ""
    sections: tuple[Section, ...] = ()
    footer: tuple[str, ...] = ()
    permalink: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer: a card, and the quick replies that every channel offers beside it."""

    card: Card
    quick_replies: tuple[Button, ...] = ()


class Arrival(Enum):
    """Whether a message reached its recipient."""

    YES = "yes"
    NO = "no"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True)
class Piggyback:
    """A tip that goes along with an answer, free of charge; `settle` stores what became of it and may raise."""

    reply: Reply
    settle: Callable[[Arrival], None]


@dataclass(frozen=True)
class TurnOutcome:
    """What became of a turn: whether the event is never to be handled again, and whether the tip arrived."""

    is_final: bool = True
    tip: Arrival = Arrival.NO


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation: what is said (None: silence), and the tip that goes along (None: none).

    Whoever delivers it calls `finish` once with the outcome; it does not raise. Only metered channels are given a tip.
    """

    reply: Reply | None
    tip: Reply | None
    finish: Callable[[TurnOutcome], None]


@dataclass(frozen=True)
class ChannelSpec:
    """What code that knows no platform knows of a channel; declared once, in its folder under handlers/.

    `needs`: the settings that turn it on; `token_setting`: the one to check when the platform refuses us;
    `admin_setting`: the one that names its admins. All three are names of its settings, the fields in upper case.
    `read_address` gives an address (at most 64 characters, no comma) in its one form, None for what is no address
    there; `address_form` says what one looks like. `batch_size`: recipients that are claimed together.
    `has_retry_keys`: a call repeated with the same retry key arrives once, so a batch goes out in one call.
    `is_metered`: the platform counts messages against a monthly quota. `calls_per_second`: what the platform takes
    from all workers together, None where it does not matter.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    token_setting: str
    admin_setting: str
    read_address: Callable[[str], str | None]
    address_form: str
    batch_size: int
    has_retry_keys: bool
    is_metered: bool = False
    calls_per_second: float | None = None
