"""What every answer of the web part carries, and JSON as the API writes it."""

import json
from typing import Any

from flask import Response, request

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def as_json(value: dict[str, Any], status: int = 200) -> Response:
    """Half a surrogate pair cannot be encoded; it is shown as "?"."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, mimetype="application/json")


def protect(response: Response) -> Response:
    """Nothing of an answer is kept on the way or run by the browser; scripts and style sheets may be kept."""
    response.headers.update(HEADERS)
    if request.endpoint != "web.static":
        response.headers["Cache-Control"] = "no-store"
    return response
