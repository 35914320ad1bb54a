"""The headers of every response, which let a browser run files of this site alone."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # blob: the preview of a chosen file
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ONE_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
    if request.endpoint == "static":
        _keep_static_file(response)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _keep_static_file(response: Response) -> None:
    """Let browsers keep a file for a year if its address contains the hash of its content."""
    if "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "public, no-cache"
