"""The guards of views: signed in, an admin, or an admin who entered the password lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from webapp.accounts.authentication import is_admin
from webapp.accounts.reauthentication import with_fresh_sign_in

P = ParamSpec("P")


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
        # The account is checked once more, since giving the password replaces the sign-in.
        return with_fresh_sign_in(lambda: admin_required(view)(*args, **kwargs))

    return admin_required(guarded)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Redirects to the sign-in page, which leads back here when this request is a GET."""
    if request.path.startswith("/api/"):
        abort(401)
    flash(gettext("Please sign in first."))
    safe_next = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sessions.new", next=safe_next))
