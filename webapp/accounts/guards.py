"""The guards of views: signed in, an admin, or an admin who entered the password lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import abort, flash, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from webapp.accounts.authentication import current_sign_in, is_admin
from webapp.messages import gettext_noop
from webapp.platform.languages import translate

P = ParamSpec("P")

STALE_SIGN_IN = gettext_noop("You signed in too long ago for this. Sign in again, then try again.")


def login_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Redirects to the sign-in page unless somebody is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_user.is_authenticated else _ask_to_sign_in()

    return guarded


def admin_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Redirects to the sign-in page, and refuses an account that is not an admin's (403)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if not is_admin():
            abort(403)
        return view(*args, **kwargs)

    return guarded


def fresh_admin_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """As admin_required, and asks for the password again when it was entered too long ago."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        sign_in = current_sign_in()
        if sign_in is None or not sign_in.is_fresh:
            return _ask_for_the_password()
        return view(*args, **kwargs)

    return admin_required(guarded)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Redirects to the sign-in page, which leads back here when this request is a GET."""
    if request.path.startswith("/api/"):
        abort(401)
    flash(gettext("Please sign in first."))
    safe_next = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sessions.new", next=safe_next))


def _ask_for_the_password() -> ResponseReturnValue:
    """Redirects to the re-authentication page, which leads back to the page with the button."""
    if request.path.startswith("/api/"):
        return make_response(jsonify(error=translate(STALE_SIGN_IN)), 401)
    return redirect(url_for("reauthentication.new", next=_referring_page()), 303)


def _referring_page() -> str | None:
    """The path of this site's page that the request came from, by its Referer header."""
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return None
    return referrer.path if referrer.netloc == request.host else None
