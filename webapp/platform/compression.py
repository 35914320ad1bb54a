"""Compression: text is sent as gzip to clients that accept it (RFC 9110, 8.4).

Pages hold secrets, such as the tokens of their forms, which compression can give away to another
site that has them requested again and again (BREACH, 2013). Here such a request carries no session:
the cookies are SameSite=Lax.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

TYPES = {
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
}
LEAST_BYTES = 600  # a smaller response fits one packet anyway
LEVEL = 6


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    """Compress a whole response. One that is streamed, as an export is, goes out as it comes."""
    if response.mimetype not in TYPES or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    is_worthwhile = (response.content_length or 0) >= LEAST_BYTES
    if not is_worthwhile or "Content-Encoding" in response.headers or not _accepts_gzip():
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the bytes differ, and their meaning does not
    return response


def _accepts_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0
