"""Errors: one page, or one sentence of JSON for the API."""

from __future__ import annotations

import errno
import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.ctx import has_request_context
from flask.globals import request_ctx
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

from webapp.imaging.uploads import TooLargeError
from webapp.messages import Message, gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.user_errors import UserError

RETRY_AFTER_SECONDS = 5
CHUNK_BYTES = 64 * 1024
DRAINED_BYTES = 64 * 1024 * 1024

# The disk, its rights or the process's files: an operator has to act, and the request is not wrong.
STORAGE_ERRORS = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
    errno.ESTALE,
}

TITLES = {
    400: gettext_noop("The request is not valid"),
    401: gettext_noop("Sign in first"),
    403: gettext_noop("You do not have access"),
    404: gettext_noop("Page not found"),
    405: gettext_noop("This address does not accept this request"),
    409: gettext_noop("This has already been done"),
    413: gettext_noop("The upload is too large"),
    415: gettext_noop("Cifra cannot read this kind of file"),
    422: gettext_noop("Cifra could not open this picture"),
    429: gettext_noop("Too many requests"),
    500: gettext_noop("An error occurred"),
    503: gettext_noop("Cifra is not available at the moment"),
}
OTHER_TITLE = gettext_noop("The request failed")
SENTENCES = {
    400: gettext_noop("Go back, reload the page and try again."),
    401: gettext_noop("Sign in, then try again."),
    403: gettext_noop("Your account does not have the rights for this. Sign in as an admin."),
    404: gettext_noop(
        "The address is mistyped, the page was deleted, or only its owner may see it."
    ),
    405: gettext_noop("Go back to the front page and start from there."),
    429: gettext_noop("You have sent too many requests. Wait a minute, then try again."),
    500: gettext_noop("The error is in Cifra and has been logged. Try again in a moment."),
    503: gettext_noop("The database is busy. Nothing was saved. Try again in a few seconds."),
}
WAIT_AN_HOUR = gettext_noop("You have sent too many requests. Wait an hour, then try again.")
TOO_MANY_FIELDS = gettext_noop("The form has too many fields, or a field of text is too long.")
STORAGE_AWAY = gettext_noop("Cifra cannot read or write its files at the moment. Try again later.")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(RateLimitExceeded, on_over_limit)
    app.register_error_handler(UserError, on_user_error)
    app.register_error_handler(OperationalError, on_database_away)
    app.register_error_handler(PoolTimeoutError, on_database_away)
    app.register_error_handler(DataError, on_unstorable_value)
    app.register_error_handler(OverflowError, on_unstorable_value)
    app.register_error_handler(OSError, on_storage_away)
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
    """429 with the longest wait: until the minute or the hour of the limit has passed."""
    seconds = error.limit.limit.get_expiry()
    response = _answer(429, SENTENCES[429] if seconds <= 60 else WAIT_AN_HOUR)
    response.headers["Retry-After"] = str(seconds)
    return response


def on_user_error(error: UserError) -> Response:
    response = _answer(error.status, error.sentence)
    response.headers.update(error.headers)
    return response


def on_database_away(error: Exception) -> Response:
    log.error("The database is away: %s", error)
    return _unavailable(SENTENCES[503])


def on_unstorable_value(error: Exception) -> Response:
    """400 for a value that the database has no room for: a number too large, or a NUL in text."""
    log.info("A value could not be stored: %s", error)
    return _answer(400, SENTENCES[400])


def on_storage_away(error: OSError) -> Response:
    """503 where the disk is full, read-only or closed to this process.

    Raises any other OSError again: it is an error of the program.
    """
    if error.errno not in STORAGE_ERRORS:
        raise error
    log.error("The storage is away: %s", error)
    return _unavailable(STORAGE_AWAY)


def on_too_large(error: RequestEntityTooLarge) -> Response:  # noqa: ARG001
    """413 that says whether the body or its form is too large, after the body has been received.

    A browser that is disconnected while it sends shows "connection reset" in place of the page.
    """
    body = request.environ["wsgi.input"]
    sent = request.content_length
    if sent is None:  # sent in chunks: the server knows the end of the last one
        sent = DRAINED_BYTES if request.environ.get("wsgi.input_terminated") else 0
    left = min(sent, DRAINED_BYTES)
    while left > 0 and (chunk := body.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
    if sent <= (request.max_content_length or 0):
        return _answer(413, TOO_MANY_FIELDS)
    return on_user_error(TooLargeError(extensions.settings.max_upload_bytes))


def _unavailable(sentence: str) -> Response:
    response = _answer(ServiceUnavailable.code, sentence)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _answer(code: int, sentence: str | Message) -> Response:
    text = translate(sentence)
    if request.path.startswith("/api/"):
        response = jsonify(error=text)
    elif has_request_context() and request_ctx.url_adapter is None:
        # The Host is not trusted, and a page would hold links to it.
        response = make_response(text, {"Content-Type": "text/plain; charset=utf-8"})
    else:
        title = translate(TITLES.get(code, OTHER_TITLE))
        response = make_response(
            render_template("error.html", code=code, title=title, sentence=text)
        )
    response.status_code = code
    return response
