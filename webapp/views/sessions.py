"""A session: signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts import sign_in, sign_out
from webapp.auth import is_admin
from webapp.tries import TooManyTriesError
from webapp.views.onward import onward

pages = Blueprint("sessions", __name__, url_prefix="/session")

WRONG = "This e-mail address and password don't belong together."


@pages.get("/new")
def new() -> str:
    return _form()


@pages.post("")
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    try:
        is_in = sign_in(request.form.get("email", ""), request.form.get("password", ""))
    except TooManyTriesError as error:
        return _form(str(error)), 429, error.headers
    if not is_in:
        return _form(WRONG), 422
    home = "models.index" if is_admin() else "home.index"
    return redirect(onward() or url_for(home), 303)


@pages.post("/end")
def destroy() -> Response:
    sign_out()
    flash("You are signed out.")
    return redirect(url_for("home.index"), 303)


def _form(problem: str | None = None) -> str:
    email = request.form.get("email", "")
    return render_template("sessions/new.html", email=email, next=onward(), problem=problem)
