"""When something is wrong: one designed page, or one JSON sentence for the API."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

from webapp.imaging.uploads import TooLargeError
from webapp.platform.extensions import extensions
from webapp.user_errors import UserError

RETRY_AFTER_SECONDS = 5
CHUNK_BYTES = 64 * 1024
DRAINED_BYTES = 64 * 1024 * 1024

TITLES = {
    400: "That didn't arrive as expected",
    401: "Please sign in first",
    403: "This page is for admins",
    404: "Nothing lives at this address",
    405: "This address doesn't do that",
    409: "That is settled already",
    413: "That's too large",
    415: "That's not a picture we can read",
    422: "We couldn't open this picture",
    429: "One moment, please",
    500: "Something broke on our side",
    503: "We'll be right back",
}
SENTENCES = {
    400: "Go back, reload the page and try again.",
    401: "Sign in, then try again.",
    403: "Your account may not do this. Sign in as an admin.",
    404: "The link is mistyped, what it led to was deleted, or only whoever gave it may see it.",
    405: "Go back to the front page and start from there.",
    429: "That was a lot in a short time. Wait a minute, then try again.",
    500: "It has been written down and is not your fault. Try again in a moment.",
    503: "The database is busy. What you sent was not kept; try again in a few seconds.",
}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(RateLimitExceeded, on_over_limit)
    app.register_error_handler(UserError, on_user_error)
    app.register_error_handler(OperationalError, on_database_away)
    app.register_error_handler(PoolTimeoutError, on_database_away)
    app.register_error_handler(RequestEntityTooLarge, on_too_large)


def on_http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.get_response())
    code = error.code or InternalServerError.code
    sentence = SENTENCES.get(code) or error.description or ""
    response = _answer(code, sentence)
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def on_over_limit(error: RateLimitExceeded) -> Response:
    """Says how long to wait at most: until the minute or the hour that is counted has passed."""
    seconds = error.limit.limit.get_expiry()
    wait = "a minute" if seconds <= 60 else "an hour"
    response = _answer(429, f"That was a lot in a short time. Wait {wait}, then try again.")
    response.headers["Retry-After"] = str(seconds)
    return response


def on_user_error(error: UserError) -> Response:
    response = _answer(error.status, error.sentence)
    response.headers.update(error.headers)
    return response


def on_database_away(error: Exception) -> Response:
    log.error("The database is away: %s", error)
    response = _answer(ServiceUnavailable.code, SENTENCES[503])
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def on_too_large(error: RequestEntityTooLarge) -> Response:  # noqa: ARG001
    """Hear an over-long body out, up to a bound, and answer.

    A browser that is cut off while it sends shows "connection reset" in place of our sentence.
    """
    body = request.environ["wsgi.input"]
    sent = request.content_length
    if sent is None:  # sent in chunks: the server knows where the last one ends, if it has come
        sent = DRAINED_BYTES if request.environ.get("wsgi.input_terminated") else 0
    left = min(sent, DRAINED_BYTES)
    while left > 0 and (chunk := body.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
    return on_user_error(TooLargeError(extensions.settings.max_upload_bytes))


def _answer(code: int, sentence: str) -> Response:
    if request.path.startswith("/api/"):
        response = jsonify(error=sentence)
    else:
        title = TITLES.get(code, "That didn't work")
        response = make_response(
            render_template("error.html", code=code, title=title, sentence=sentence)
        )
    response.status_code = code
    return response
