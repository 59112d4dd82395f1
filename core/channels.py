"""What the platform-free code must know of a channel."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ChannelSpec:
    """Declared once, in the folder of the channel under handlers/.

    `read_address` gives an address in its one form, None for what is no address there; `address_form` says what one
    looks like. `batch_size`: recipients that are claimed together. `has_retry_keys`: a call repeated with the same
    retry key arrives once. `is_metered`: the platform counts messages against a monthly quota.
    `calls_per_second`: what the platform takes from all workers together, None where it does not matter.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    """The settings that turn it on."""
    token_setting: str
    admin_setting: str
    read_address: Callable[[str], str | None]
    address_form: str
    batch_size: int
    has_retry_keys: bool
    is_metered: bool = False
    calls_per_second: float | None = None
