"""An account: made, looked at, given another password, deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts import WRONG_PASSWORD, change_password, is_own_password, sign_up
from webapp.auth import end_session, person_required
from webapp.deletion import OnlyAdminError, delete_account
from webapp.models.user import SHORTEST_PASSWORD
from webapp.tries import TooManyTriesError
from webapp.views.onward import onward

pages = Blueprint("accounts", __name__, url_prefix="/account")

ONLY_ADMIN = (
    "You are the only admin, and without one nobody could look after the models. "
    "Make another first: flask users create-admin."
)

Answer = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.get("/new")
def new() -> Response | str:
    return redirect(url_for(".show")) if current_user.is_authenticated else _form()


@pages.post("")
def create() -> Answer:
    try:
        sign_up(request.form.get("email", ""), request.form.get("password", ""))
    except ValueError as error:
        return _form(str(error)), 422
    flash("Your account is there, and you are signed in.")
    return redirect(onward() or url_for("home.index"), 303)


@pages.get("")
@person_required
def show() -> str:
    return _page()


@pages.post("/password")
@person_required
def update() -> Answer:
    try:
        is_right = change_password(request.form.get("present", ""), request.form.get("new", ""))
    except TooManyTriesError as error:
        return _page(password_problem=str(error)), 429, error.headers
    except ValueError as error:
        return _page(password_problem=str(error)), 422
    if not is_right:
        return _page(password_problem=WRONG_PASSWORD), 422
    flash("Your password is changed. Other browsers that were signed in are signed out.")
    return redirect(url_for(".show"), 303)


@pages.post("/deletion")
@person_required
def destroy() -> Answer:
    try:
        is_right = is_own_password(request.form.get("password", ""))
    except TooManyTriesError as error:
        return _page(deletion_problem=str(error)), 429, error.headers
    if not is_right:
        return _page(deletion_problem=WRONG_PASSWORD), 422
    try:
        delete_account(current_user)
    except OnlyAdminError:
        return _page(deletion_problem=ONLY_ADMIN), 409
    end_session()
    flash("Your account is deleted, with all that you gave and said.")
    return redirect(url_for("home.index"), 303)


def _form(problem: str | None = None) -> str:
    return render_template(
        "account/new.html",
        email=request.form.get("email", ""),
        next=onward(),
        problem=problem,
        shortest=SHORTEST_PASSWORD,
    )


def _page(**problems: Any) -> str:
    return render_template("account/show.html", shortest=SHORTEST_PASSWORD, **problems)
