"""What every platform's wire has in common: JSON that may hold anything, and connections that fail."""

from typing import Any

from urllib3.exceptions import MaxRetryError, ProxyError, ReadTimeoutError

from broadcasts.sender import InDoubt, NoAnswer, SendError, Unreachable
from handlers.pools import NotConnected

Json = dict[str, Any]


def as_dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_dicts(value: Any) -> list[Json]:
    return [item for item in as_list(value) if isinstance(item, dict)]


def as_str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def connection_error(error: Exception) -> SendError:
    """What a failed connection means: only one that was never made leaves no doubt."""
    if isinstance(error, MaxRetryError) and error.reason:
        error = error.reason
    if isinstance(error, ProxyError):
        error = error.original_error
    if isinstance(error, NotConnected):
        return Unreachable(error.why)
    if isinstance(error, (ReadTimeoutError, TimeoutError)):
        return NoAnswer("no answer in time")
    return InDoubt(f"connection lost ({type(error).__name__})")
