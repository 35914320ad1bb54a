"""The owner cookies: a browser without an account keeps its history by a signed cookie.

Each owner has a cookie with a name of its own. Two requests that arrive at once without a cookie
therefore leave the browser with two cookies, and neither replaces the other: the next request
merges their owners (see current_owner).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.accounts.signing import is_over_tls, signer

PREFIX = "cifra_owner_"
EARLIER_NAME = "cifra_visitor"  # one for all owners, signed with SHA-1
LIFETIME = timedelta(days=400)  # the longest that browsers keep a cookie


def owner_ids_in_cookies() -> list[str]:
    """The owners that this request's cookies name, in an order that all requests agree on."""
    named = {_owner_in(name, value) for name, value in request.cookies.items()}
    return sorted(owner_id for owner_id in named if owner_id is not None)


def hand_out_cookie(owner_id: str) -> None:
    """Send the cookie of a new owner with the response."""
    g.handed_out_owner_id = owner_id


def drop_cookies(owner_ids: Iterable[str]) -> None:
    """Remove the cookies of these owners with the response."""
    g.setdefault("dropped_owner_ids", set()).update(owner_ids)


def write_cookies(response: Response) -> Response:
    """Set and delete the cookies that changed, and replace the cookie of an earlier version.

    A static file gets none, as a cache may store it for everybody.
    """
    if request.endpoint == "static":
        return response
    dropped: set[str] = g.get("dropped_owner_ids", set())
    for name, value in request.cookies.items():
        owner_id = _owner_in(name, value)
        if owner_id is None:
            continue
        if owner_id in dropped or name == EARLIER_NAME:
            response.delete_cookie(name)
        if owner_id not in dropped and name == EARLIER_NAME:
            _set_cookie(response, owner_id)
    if "handed_out_owner_id" in g:
        _set_cookie(response, g.handed_out_owner_id)
    return response


def _owner_in(name: str, value: str) -> str | None:
    """The owner that a cookie names; None for another cookie or a wrong signature."""
    if name != EARLIER_NAME and not name.startswith(PREFIX):
        return None
    serializer = _earlier_signer() if name == EARLIER_NAME else signer("owner")
    try:
        return str(serializer.loads(value))
    except BadSignature:
        return None


def _earlier_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="visitor")


def _set_cookie(response: Response, owner_id: str) -> None:
    response.set_cookie(
        f"{PREFIX}{owner_id[:8]}",
        signer("owner").dumps(owner_id),
        max_age=LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=is_over_tls(current_app),
    )
