"""The response that contains a private picture."""

from __future__ import annotations

from flask import Response, request

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def image_response(content: bytes, media_type: str) -> Response:
    """A picture that a browser may cache and must revalidate, so that its owner is checked."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
