"""Re-authentication: an admin enters the password again before an action of consequence."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.forms import ReauthenticationForm, text_of
from webapp.accounts.guards import login_required
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.service import WRONG_PASSWORD, confirm
from webapp.platform.languages import translate
from webapp.platform.safe_redirect import safe_next

pages = Blueprint("reauthentication", __name__, url_prefix="/session/renewal")


@pages.get("")
@login_required
def new() -> str:
    return _page(ReauthenticationForm())


@pages.post("")
@limit_passwords
@login_required
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Leads back to the page with the button. The action waits for the button to be pressed."""
    form = ReauthenticationForm()
    try:
        is_right = confirm(text_of(form.password))
    except LoginThrottledError as error:
        return _page(form, translate(error.sentence)), 429, error.headers
    if not is_right:
        return _page(form, translate(WRONG_PASSWORD)), 422
    flash(gettext("Thank you. Now press the button again."))
    return redirect(safe_next() or url_for("models.index"), 303)


def _page(form: ReauthenticationForm, problem: str | None = None) -> str:
    return render_template(
        "accounts/reauthentication.html", form=form, next=safe_next(), problem=problem
    )
