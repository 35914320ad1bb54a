"""A session: people sign in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.authentication import is_admin
from webapp.accounts.forms import SignInForm, text_of
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.service import AccountDisabledError, sign_in, sign_out
from webapp.messages import gettext_noop
from webapp.platform.languages import translate
from webapp.platform.safe_redirect import safe_next

pages = Blueprint("sessions", __name__, url_prefix="/session")

WRONG = gettext_noop("This e-mail address and password don't belong together.")


@pages.get("/new")
def new() -> str:
    return _page(SignInForm())


@pages.post("")
@limit_passwords
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    form = SignInForm()
    try:
        is_right = sign_in(text_of(form.email), text_of(form.password))
    except LoginThrottledError as error:
        return _page(form, translate(error.sentence)), 429, error.headers
    except AccountDisabledError:
        return _page(form, gettext("An admin has disabled this account.")), 422
    if not is_right:
        return _page(form, translate(WRONG)), 422
    home = "dashboard.index" if is_admin() else "home.index"
    return redirect(safe_next() or url_for(home), 303)


@pages.post("/end")
def destroy() -> Response:
    sign_out()
    flash(gettext("You are signed out."))
    return redirect(url_for("home.index"), 303)


def _page(form: SignInForm, problem: str | None = None) -> str:
    return render_template("accounts/sign_in.html", form=form, next=safe_next(), problem=problem)
