"""Cross-origin requests: the API refuses changes that a page of another site sends."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

from webapp.messages import gettext_noop
from webapp.platform.languages import translate

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
REFUSAL = gettext_noop(
    "A page of another site sent this request. Send it from a page of this site, or from a program."
)


def init_app(app: Flask) -> None:
    app.before_request(refuse_cross_origin)


def refuse_cross_origin() -> tuple[Response, int] | None:
    """Answer 403 to a change over the API that a browser sends for a page of another site.

    The API has no form tokens. Browsers name the site of the sending page in Sec-Fetch-Site, older
    ones in Origin; curl and other programs send neither header, and act for their own user.
    This is the rule of Go's net/http CrossOriginProtection. SameSite cookies do not replace it: a
    form of another site arrives without the owner's cookie, and the new cookie in the response
    would replace the owner's.
    """
    if request.method in SAFE_METHODS or not request.path.startswith("/api/"):
        return None
    return None if _is_same_origin() else (jsonify(error=translate(REFUSAL)), 403)


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")  # none: typed, or a bookmark
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
