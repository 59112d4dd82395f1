"""The connections to the platforms: straight or through the office's proxy, with one rule for what was not sent.

A connection is made whole before anything goes over it: name, TCP, what the proxy says to CONNECT, TLS. Whatever fails
of that has sent nothing and may be tried again, which urllib3 tells of the first two only: a proxy that refuses (407)
looks to it like a connection lost on the way.
"""

import re
import ssl
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError

from settings.way_out import WayOut

NOT_KNOWN = "{setting} 的代理伺服器要帳號密碼，或給的不對（407）：請寫成 http://帳號:密碼@主機:埠"
NOT_ALLOWED = "{setting} 的代理伺服器不讓連出去（{status}）：請管理代理的人放行，或把這個主機列入 NO_PROXY"
NO_WAY = "經過 {setting} 的代理伺服器連不上（{kind}）：請確認 {setting}，以及代理伺服器有沒有開"
UNTRUSTED = "對方的憑證不受信任：機關的代理伺服器重新簽署 TLS 時，請把它的根憑證檔設在 SSL_CERT_FILE"
_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})")


class NotConnected(NewConnectionError):
    """Nothing was sent; `why` is a sentence that an operator can act on, without addresses."""

    def __init__(self, connection: Any, why: str) -> None:
        super().__init__(connection, why)
        self.why = why


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        _made(self, super().connect)


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        _made(self, super().connect)


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection

    def urlopen(self, *arguments: Any, **options: Any) -> Any:
        """Of a call in plain HTTP the proxy's refusal is the answer to the call itself."""
        answer = super().urlopen(*arguments, **options)
        if answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise NotConnected(self, NOT_KNOWN.format(setting="HTTP_PROXY"))
        return answer


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def pool(base: str, way_out: WayOut, connections: int) -> urllib3.PoolManager:
    """For the calls to one platform at `base`; it opens nothing before the first, so it may be made before a fork."""
    options: dict[str, Any] = {"maxsize": connections, "retries": urllib3.Retry(0, redirect=0)}
    options |= {"ca_certs": str(way_out.ssl_cert_file)} if way_out.ssl_cert_file else {}
    proxy = way_out.proxy_for(base)
    manager = (
        urllib3.ProxyManager(proxy.url, proxy_headers=proxy.headers, **options)
        if proxy
        else urllib3.PoolManager(**options)
    )
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager


def _made(connection: HTTPConnection, connect: Callable[[], None]) -> None:
    setting = f"{'HTTPS' if connection.proxy_is_tunneling else 'HTTP'}_PROXY" if connection.proxy else ""
    try:
        connect()
    except (HTTPError, HTTPException, OSError) as error:
        raise NotConnected(connection, _why(error, setting)) from error


def _why(error: Exception, setting: str) -> str:
    """`setting`: whose proxy it goes through."""
    kind = type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        return UNTRUSTED
    if not setting:
        return f"cannot connect ({kind})"
    refused = _REFUSED.search(str(error))
    if not refused:
        return NO_WAY.format(setting=setting, kind=kind)
    return (NOT_KNOWN if refused[1] == "407" else NOT_ALLOWED).format(setting=setting, status=refused[1])
