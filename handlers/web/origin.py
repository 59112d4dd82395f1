"""Where a request was sent from: a browser says so, and no page can make it say something else."""

from urllib.parse import urlsplit

from flask import request

OURS = {"same-origin", "none"}  # none: the person, by hand


def is_ours(public_url: str | None) -> bool:
    """Whether the request in hand comes from a page of ours, or from a program that is no browser.

    Sec-Fetch-Site (browsers since 2020 to 2023, over HTTPS) knows it whatever proxies do to the host; else the
    Origin has to be PUBLIC_URL's or the host that was asked.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in OURS
    origin = request.headers.get("Origin")
    return origin is None or _host(origin) in {_host(public_url or ""), request.host.lower()} - {""}


def _host(url: str) -> str:
    """With its port, where that is not the scheme's own; "" where there is none: sandboxed pages send "null"."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    is_usual = port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    name = parts.hostname or ""
    return (f"[{name}]" if ":" in name else name) + ("" if is_usual else f":{port}")
