"""The human to turn to, with a number and a page that can be tapped."""

from dataclasses import dataclass

from core import words
from core.messages import Button, Item, Section


@dataclass(frozen=True)
class Office:
    """The human to turn to. `phone`: as people write it; `phone_url`: the same as a tel: address."""

    name: str
    contact: str | None = None
    phone: str = ""
    phone_url: str = ""
    url: str | None = None

    @property
    def line(self) -> str:
        """Whom to ask."""
        return words.OFFICE_WITH_CONTACT.format(office=self.name, contact=self.contact) if self.contact else self.name

    @property
    def section(self) -> Section:
        """The part of a card that says whom to ask, and lets one call."""
        call = [Button(words.CALL.format(phone=self.phone), url=self.phone_url)] if self.phone_url else []
        site = [Button(words.OFFICE_PAGE.format(office=self.name), url=self.url)] if self.url else []
        return Section(words.ASK_WHOM, (Item(self.line, buttons=(*call, *site)),))
