"""/healthz, /readyz and /metrics."""

import hmac
from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector


def blueprint(
    is_ready: Callable[[], str | None],
    notice: Callable[[], str],
    multiprocess: bool,
    may_see_metrics: Callable[[], bool],
) -> Blueprint:
    """`is_ready` gives None, or why not; `notice` what is wrong all the same; `multiprocess`: gunicorn's workers add up
    their metrics; `may_see_metrics`: whether the request in hand may.
    """
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        reason = is_ready()
        if reason:
            return jsonify(ready=False, reason=reason), 503
        said = notice()
        return (jsonify(ready=True, notice=said) if said else jsonify(ready=True)), 200

    @routes.get("/metrics")
    def metrics() -> Response:
        if not may_see_metrics():
            abort(403)
        registry = REGISTRY
        if multiprocess:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


def has_token(token: str) -> bool:
    """Whether the request in hand carries the token, as Prometheus sends it (`authorization` of a scrape)."""
    given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(given, f"Bearer {token}".encode())
