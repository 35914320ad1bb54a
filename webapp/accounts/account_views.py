"""An account: people create it, look at it and change its password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts.forms import AccountDeletionForm, PasswordForm, SignUpForm, text_of
from webapp.accounts.guards import login_required
from webapp.accounts.limits import limit_passwords, limit_sign_ups
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.service import WRONG_PASSWORD, change_password, sign_up
from webapp.models.user import AccountError
from webapp.platform.languages import translate
from webapp.platform.safe_redirect import safe_next

pages = Blueprint("accounts", __name__, url_prefix="/account")

Reply = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.get("/new")
def new() -> Response | str:
    if current_user.is_authenticated:
        return redirect(url_for(".show"))
    return _sign_up_page(SignUpForm())


@pages.post("")
@limit_sign_ups
def create() -> Reply:
    form = SignUpForm()
    try:
        sign_up(text_of(form.email), text_of(form.password))
    except AccountError as error:
        return _sign_up_page(form, translate(error.sentence)), 422
    flash(gettext("Your account is ready, and you are signed in."))
    return redirect(safe_next() or url_for("home.index"), 303)


@pages.get("")
@login_required
def show() -> str:
    return account_page()


@pages.post("/password")
@limit_passwords
@login_required
def update() -> Reply:
    form = PasswordForm()
    try:
        is_right = change_password(text_of(form.present), text_of(form.new))
    except LoginThrottledError as error:
        return account_page(password_problem=translate(error.sentence)), 429, error.headers
    except AccountError as error:
        return account_page(password_problem=translate(error.sentence)), 422
    if not is_right:
        return account_page(password_problem=translate(WRONG_PASSWORD)), 422
    flash(gettext("Your password is changed. Other browsers that were signed in are signed out."))
    return redirect(url_for(".show"), 303)


def account_page(
    *, password_problem: str | None = None, deletion_problem: str | None = None
) -> str:
    """The account's page, with the reason why one of its forms was refused."""
    return render_template(
        "accounts/show.html",
        password_form=PasswordForm(),
        password_problem=password_problem,
        deletion_form=AccountDeletionForm(),
        deletion_problem=deletion_problem,
    )


def _sign_up_page(form: SignUpForm, problem: str | None = None) -> str:
    return render_template("accounts/new.html", form=form, next=safe_next(), problem=problem)
