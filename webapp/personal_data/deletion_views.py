"""The deletion of all of one's data, or of the account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import format_decimal, gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts.account_views import account_page
from webapp.accounts.authentication import end_session
from webapp.accounts.current_owner import current_owner_id, forget_owners
from webapp.accounts.forms import AccountDeletionForm, text_of
from webapp.accounts.guards import login_required
from webapp.accounts.limits import limit_passwords
from webapp.accounts.login_throttle import LoginThrottledError
from webapp.accounts.ownership import count_own_pictures
from webapp.accounts.service import WRONG_PASSWORD, is_own_password
from webapp.messages import gettext_noop
from webapp.personal_data.deletion import OnlyAdminError, delete_account, delete_all_of
from webapp.platform.languages import translate

pages = Blueprint("deletions", __name__, url_prefix="/account")

ONLY_ADMIN = gettext_noop(
    "You are the only admin, and without one nobody could manage the models. "
    "First create another: flask users create-admin."
)


@pages.get("/data/deletion")
def new() -> str:
    return render_template("personal_data/delete_all.html", pictures=count_own_pictures())


@pages.post("/data/deletion")
def create() -> Response:
    owner_id = current_owner_id() or abort(404)
    count = delete_all_of(owner_id)
    forget_owners()
    flash(
        ngettext(
            "Your picture is deleted.",
            "Your %(count)s pictures are deleted.",
            count,
            count=format_decimal(count),
        )
    )
    return redirect(url_for("personal_data.show"), 303)


@pages.post("/deletion")
@limit_passwords
@login_required
def create_for_account() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    form = AccountDeletionForm()
    try:
        is_right = is_own_password(text_of(form.password))
    except LoginThrottledError as error:
        return account_page(deletion_problem=translate(error.sentence)), 429, error.headers
    if not is_right:
        return account_page(deletion_problem=translate(WRONG_PASSWORD)), 422
    try:
        delete_account(current_user)
    except OnlyAdminError:
        return account_page(deletion_problem=translate(ONLY_ADMIN)), 409
    end_session()
    flash(gettext("Your account is deleted, with your pictures and corrections."))
    return redirect(url_for("home.index"), 303)
