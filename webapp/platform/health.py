"""For machines: whether this process runs, whether it can serve, and the icon's old address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text

from webapp.platform.database import db
from webapp.platform.extensions import extensions

ANSWER_SECONDS = 2.0  # for the database and the queue together

pages = Blueprint("health", __name__)

_threads = ThreadPoolExecutor(4, "readiness")  # bounds the checks that hang at the same time


@pages.get("/healthz")
def health() -> Response:
    """Liveness: the process answers. A restart helps only when it does not."""
    return jsonify(status="ok")


@pages.get("/readyz")
def readiness() -> tuple[Response, int]:
    """Readiness: the database and the queue answer too; 503 names those that do not."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    checks = {
        "database": partial(_ask_database, app),
        "queue": partial(_ask_queue, extensions.settings.redis_url),
    }
    away = _failing(checks)
    if away:
        return jsonify(status="unavailable", away=away), 503
    return jsonify(status="ok", away=[]), 200


def _failing(checks: Mapping[str, Callable[[], None]]) -> list[str]:
    """The names of the checks that raise, or that do not end in time."""
    running = {name: _threads.submit(check) for name, check in checks.items()}
    wait(running.values(), timeout=ANSWER_SECONDS)
    for check in running.values():
        check.cancel()  # one that has not begun, as earlier ones still hang
    return [
        name
        for name, check in running.items()
        if check.cancelled() or not check.done() or check.exception()
    ]


def _ask_database(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _ask_queue(redis_url: str) -> None:
    from redis import Redis  # noqa: PLC0415 (loads Redis's client: 10 MB)

    timeouts = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    with Redis.from_url(redis_url, **timeouts) as redis:
        redis.ping()


@pages.get("/favicon.ico")
def favicon() -> Response:
    return current_app.send_static_file("favicon.svg")
