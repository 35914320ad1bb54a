"""An account: made, looked at, given another password, deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts.identity import person_required
from webapp.accounts.limits import limit_passwords, limit_sign_ups
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.safe_redirect import safe_next
from webapp.accounts.service import WRONG_PASSWORD, change_password, sign_up
from webapp.models.user import SHORTEST_PASSWORD

pages = Blueprint("accounts", __name__, url_prefix="/account")

Reply = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.get("/new")
def new() -> Response | str:
    return redirect(url_for(".show")) if current_user.is_authenticated else _form()


@pages.post("")
@limit_sign_ups
def create() -> Reply:
    try:
        sign_up(request.form.get("email", ""), request.form.get("password", ""))
    except ValueError as error:
        return _form(str(error)), 422
    flash("Your account is there, and you are signed in.")
    return redirect(safe_next() or url_for("home.index"), 303)


@pages.get("")
@person_required
def show() -> str:
    return account_page()


@pages.post("/password")
@limit_passwords
@person_required
def update() -> Reply:
    try:
        is_right = change_password(request.form.get("present", ""), request.form.get("new", ""))
    except LoginThrottledError as error:
        return account_page(password_problem=str(error)), 429, error.headers
    except ValueError as error:
        return account_page(password_problem=str(error)), 422
    if not is_right:
        return account_page(password_problem=WRONG_PASSWORD), 422
    flash("Your password is changed. Other browsers that were signed in are signed out.")
    return redirect(url_for(".show"), 303)


def _form(problem: str | None = None) -> str:
    return render_template(
        "accounts/new.html",
        email=request.form.get("email", ""),
        next=safe_next(),
        problem=problem,
        shortest=SHORTEST_PASSWORD,
    )


def account_page(**problems: Any) -> str:
    return render_template("accounts/show.html", shortest=SHORTEST_PASSWORD, **problems)
