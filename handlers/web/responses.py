"""JSON as the API writes it."""

import json
from typing import Any

from flask import Response


def as_json(value: dict[str, Any], status: int = 200) -> Response:
    """Half a surrogate pair cannot be encoded; it is shown as "?"."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, mimetype="application/json")
