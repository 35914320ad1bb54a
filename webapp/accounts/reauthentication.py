"""Re-authentication: an admin enters the password again before an action of consequence.

The page that asks for it answers the press itself and holds everything that was sent with it. So
the action is carried out, with what was typed, once the password is right.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.authentication import current_sign_in
from webapp.accounts.forms import ReauthenticationForm, text_of
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.service import WRONG_PASSWORD, confirm
from webapp.messages import gettext_noop
from webapp.platform.languages import translate

STALE_SIGN_IN = gettext_noop("You signed in too long ago for this. Sign in again, then try again.")
PASSWORD_FIELD = "confirmation_password"  # noqa: S105 (the name of a field)
CSRF_FIELD = "csrf_token"


def with_fresh_sign_in(action: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Carry out an action, or ask for the password first where it was entered too long ago.

    The page has the status 403: the sign-in does not suffice, and the same request with the
    password does.
    """
    sign_in = current_sign_in()
    if sign_in is not None and sign_in.is_fresh:
        return action()
    if request.path.startswith("/api/"):
        return make_response(jsonify(error=translate(STALE_SIGN_IN)), 401)
    if PASSWORD_FIELD not in request.form:
        return _page(ReauthenticationForm()), 403
    return _confirm_and(action)


@limit_passwords
def _confirm_and(action: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    form = ReauthenticationForm()
    try:
        is_right = confirm(text_of(form.confirmation_password))
    except LoginThrottledError as error:
        return _page(form, translate(error.sentence)), 429, error.headers
    if not is_right:
        return _page(form, translate(WRONG_PASSWORD)), 422
    return action()


def _page(form: ReauthenticationForm, problem: str | None = None) -> str:
    return render_template(
        "accounts/reauthentication.html",
        form=form,
        action=request.full_path.rstrip("?"),
        sent=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in (PASSWORD_FIELD, CSRF_FIELD)
        ],
        reason=request.form.get("reason", "").strip(),
        back=_referring_page() or url_for("models.index"),
        problem=problem,
    )


def _referring_page() -> str | None:
    """The path of this site's page that the request came from, by its Referer header."""
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return None
    is_page = referrer.netloc == request.host and referrer.path != request.path
    return referrer.path if is_page else None
