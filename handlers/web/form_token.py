"""The token of the forms that work without a script. Nothing of it is kept: a signature over the time it was made."""

from itsdangerous import BadData, TimestampSigner
from markupsafe import Markup

FIELD = "form_token"
LIFE = 24 * 3600  # seconds; a page may stay open over a working day
_SUBJECT = b"form"


class FormToken:
    """Made and checked under the program's key."""

    def __init__(self, key: str) -> None:
        self._signer = TimestampSigner(key, salt="chat page form")

    def field(self) -> Markup:
        """The hidden field of a form, with a new token."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self._signer.sign(_SUBJECT).decode())

    def is_good(self, token: str) -> bool:
        """Whether it was made here, and not too long ago."""
        try:
            return self._signer.unsign(token, LIFE) == _SUBJECT
        except BadData:
            return False
