"""A session: signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.identity import is_admin
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.safe_redirect import safe_next
from webapp.accounts.service import sign_in, sign_out

pages = Blueprint("sessions", __name__, url_prefix="/session")

WRONG = "This e-mail address and password don't belong together."


@pages.get("/new")
def new() -> str:
    return _form()


@pages.post("")
@limit_passwords
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    try:
        is_in = sign_in(request.form.get("email", ""), request.form.get("password", ""))
    except LoginThrottledError as error:
        return _form(str(error)), 429, error.headers
    if not is_in:
        return _form(WRONG), 422
    home = "models.index" if is_admin() else "home.index"
    return redirect(safe_next() or url_for(home), 303)


@pages.post("/end")
def destroy() -> Response:
    sign_out()
    flash("You are signed out.")
    return redirect(url_for("home.index"), 303)


def _form(problem: str | None = None) -> str:
    email = request.form.get("email", "")
    return render_template("accounts/sign_in.html", email=email, next=safe_next(), problem=problem)
