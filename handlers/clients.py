"""Who asks over HTTP: the address at the other end, or what the proxies in front say it is."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Flask, request
from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from digests import keyed

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
PREFIX = 64  # of IPv6: a household or a phone has so many addresses of its own

Client = Callable[[], str]


def trust(web: Flask, proxies: int) -> None:
    """Believe so many proxies who the client is and whether it came over HTTPS; never which host it asked."""
    if proxies:
        fixed = ProxyFix(web.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0)
        web.wsgi_app = fixed  # type: ignore[method-assign]


def client_of(key: str) -> Client:
    """What stands for the client of the request in hand: a digest of its address under `key`, for Redis keeps it."""
    digest = keyed(lambda: key, "client")
    return lambda: digest(network(request.remote_addr))


def network(address: str | None) -> str:
    """The address, of IPv6 its network; what is no address stands for itself."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, PREFIX), strict=False))
    return str(parsed or address)


def is_on_this_machine(proxies: int) -> bool:
    """Whether the request in hand comes from loopback, and through no proxy there that nobody told us of."""
    address = _parsed(request.remote_addr)
    hops = len(parse_list_header(request.headers.get("X-Forwarded-For", "")))  # too few, and none of them is believed
    is_told = 0 < proxies <= hops or not any(name in request.headers for name in FORWARDED)
    return bool(address and address.is_loopback and is_told)


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """Some proxies name the port too, and a server that listens on IPv6 gives IPv4 inside it."""
    text = re.sub(r"^\[(.*)](:\d+)?$|^([^:]*):\d+$", r"\1\3", address or "")
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
