"""Other sites' pages: what they make a browser send to the API is refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

HARMLESS = ("GET", "HEAD", "OPTIONS")
REFUSAL = "Another site's page sent this. Send it from a page of this site, or from a program."


def init_app(app: Flask) -> None:
    app.before_request(refuse_foreign_pages)


def refuse_foreign_pages() -> tuple[Response, int] | None:
    """403 for a change over the API that a browser sends on behalf of another site.

    The API has no form tokens. Browsers tell in Sec-Fetch-Site, older ones in Origin, whose page
    sends something; curl and other programs tell neither, and act for nobody but themselves.
    It is the rule of Go's net/http CrossOriginProtection. Cookies that are SameSite do not make it
    superfluous: a foreign form arrives without the visitor's cookie, and the new one that goes
    home with the answer would take that cookie's place.
    """
    if request.method in HARMLESS or not request.path.startswith("/api/"):
        return None
    return None if _is_ours() else (jsonify(error=REFUSAL), 403)


def _is_ours() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")  # none: nobody's page, but a person's own doing
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
