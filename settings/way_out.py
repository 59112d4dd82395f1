"""How a call gets out of the house: straight, or through the proxy of HTTPS_PROXY, but for the hosts of NO_PROXY."""

import ipaddress
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PORTS = {"https": 443, "http": 80}


class Proxy(NamedTuple):
    """`setting` is where it comes from; `url` may hold a password."""

    setting: str
    url: str

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy wants to see of who calls (RFC 7617, in UTF-8)."""
        parts = urlsplit(self.url)
        if parts.username is None:
            return {}
        name, password = unquote(parts.username), unquote(parts.password or "")
        return {"Proxy-Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


class WayOut(NamedTuple):
    """The settings of that name. `ssl_cert_file`: whom to believe instead of those the system knows."""

    https_proxy: str | None = None
    http_proxy: str | None = None
    no_proxy: str = ""
    ssl_cert_file: Path | None = None

    def proxy_for(self, url: str) -> Proxy | None:
        """None: straight."""
        parts = urlsplit(url)
        setting, proxy = (
            ("HTTPS_PROXY", self.https_proxy) if parts.scheme == "https" else ("HTTP_PROXY", self.http_proxy)
        )
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        exceptions = self.no_proxy.lower().replace(",", " ").split()
        return Proxy(setting, proxy) if proxy and not any(_is_meant(each, host, port) for each in exceptions) else None


DIRECT = WayOut()


def _is_meant(exception: str, host: str, port: int) -> bool:
    """As curl and urllib have it: a host with all below it, an address, a network; each maybe with its port."""
    if exception == "*":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(exception.strip("[]"), strict=False)
    name, only = _parted(exception)
    if only and only != str(port):
        return False
    name = name.strip("[]").removeprefix("*").lstrip(".")
    return host == name or host.endswith(f".{name}")


def _parted(exception: str) -> tuple[str, str]:
    """Host and port; an IPv6 address has one only behind its bracket."""
    if exception.count(":") > 1 and "]:" not in exception:
        return exception, ""
    name, _, port = exception.rpartition(":") if ":" in exception else (exception, "", "")
    return name, port
