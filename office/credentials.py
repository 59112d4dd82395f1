"""Passwords, tokens, one-time codes. What is kept of any of them is a digest, but for the second factor's secret."""

import base64
import hashlib
import hmac
import secrets
import string
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_PASSWORD = 12
STEP_SECONDS = 30  # RFC 6238
ISSUER = "公務機密小幫手"
RECOVERY_CODES = 10
_READABLE = "".join(letter for letter in string.ascii_lowercase + string.digits if letter not in "01ilo")


def hash_password(password: str) -> str:
    """Argon2id, with the library's parameters (RFC 9106, low memory)."""
    return _hasher().hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; takes as long for somebody who does not exist (None)."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if password_hash and password_hash.startswith(("scrypt:", "pbkdf2:")):  # of the first release
        from werkzeug.security import check_password_hash

        return check_password_hash(password_hash, password)
    try:
        return _hasher().verify(password_hash or _hash_of_nobody(), password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    """What the password of a name that does not exist is held against: drawn, as no password is known to have it."""
    costs, (salt, digest) = _hasher(), map(_unpadded, (secrets.token_bytes(16), secrets.token_bytes(32)))
    return f"$argon2id$v=19$m={costs.memory_cost},t={costs.time_cost},p={costs.parallelism}${salt}${digest}"


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def is_outdated(password_hash: str) -> bool:
    """Whether a hash should be made again, now that the password is at hand."""
    return not password_hash.startswith("$argon2") or _hasher().check_needs_rehash(password_hash)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Sixteen letters and digits that can be read out, in groups of four."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def digest(token: str) -> str:
    """What is kept of a token: those have too many bits to be guessed, so that a plain digest is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_recovery_codes() -> tuple[str, ...]:
    return tuple(new_password() for _ in range(RECOVERY_CODES))


def recovery_digest(typed: str) -> str:
    """Of a recovery code, however it was typed."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", typed).casefold() if letter.isalnum())
    return digest("-".join(plain[at : at + 4] for at in range(0, len(plain), 4)))


def new_totp_secret() -> str:
    import pyotp

    return pyotp.random_base32()


def totp_address(secret: str, account: str) -> str:
    """What an authenticator app reads from the picture (otpauth://…)."""
    import pyotp

    return pyotp.TOTP(secret, name=account, issuer=ISSUER).provisioning_uri()


def totp_step(secret: str, code: str, now: float) -> int | None:
    """The time step whose code this is: the present one or one beside it; None for a wrong code."""
    import pyotp

    typed = "".join(unicodedata.normalize("NFKC", code).split())
    totp = pyotp.TOTP(secret)
    present = int(now // STEP_SECONDS)
    steps = (present - 1, present, present + 1)
    return next((step for step in steps if _same(totp.generate_otp(step), typed)), None)


def _same(first: str, second: str) -> bool:
    return hmac.compare_digest(first.encode(), second.encode("utf-8", "replace"))
