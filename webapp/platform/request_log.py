"""The log of the web process: a line for each change and each error, with time and result."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

from flask import Flask, Response, g, request

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET_ENDPOINTS = {"static", "health.health", "health.readiness", "health.favicon"}

log = logging.getLogger("cifra.web")


def init_app(app: Flask) -> None:
    app.before_request(_start_clock)
    app.after_request(_log_request)


def configure_logging(level: str) -> None:
    """Write the log of this process to the standard error, each line with the time in UTC."""
    formatter = logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def _start_clock() -> None:
    g.request_began = time.perf_counter()


def _log_request(response: Response) -> Response:
    """Log the method, the path without its query, the status and the milliseconds."""
    is_plain_view = request.method in ("GET", "HEAD") and response.status_code < 400
    if request.endpoint not in QUIET_ENDPOINTS or response.status_code >= 500:
        began = g.get("request_began", time.perf_counter())
        log.log(
            logging.DEBUG if is_plain_view else logging.INFO,
            "%s %s %d in %.0f ms",
            request.method,
            quote(request.path[:200]),  # a line break in a path starts no line of the log
            response.status_code,
            (time.perf_counter() - began) * 1000,
        )
    return response
