"""A renewal: who is signed in gives the password again, before a deed that weighs much."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.identity import person_required
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.safe_redirect import safe_next
from webapp.accounts.service import WRONG_PASSWORD, confirm

pages = Blueprint("reauthentication", __name__, url_prefix="/session/renewal")


@pages.get("")
@person_required
def new() -> str:
    return _form()


@pages.post("")
@limit_passwords
@person_required
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Leads back to the page with the button: what was pressed is not done behind one's back."""
    try:
        is_right = confirm(request.form.get("password", ""))
    except LoginThrottledError as error:
        return _form(str(error)), 429, error.headers
    if not is_right:
        return _form(WRONG_PASSWORD), 422
    flash("Thank you. Now press the button again.")
    return redirect(safe_next() or url_for("models.index"), 303)


def _form(problem: str | None = None) -> str:
    return render_template("accounts/reauthentication.html", next=safe_next(), problem=problem)
