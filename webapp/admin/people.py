"""The people: the accounts, their roles, and the buttons that change them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from webapp.accounts import administration
from webapp.accounts.administration import AdministrationError
from webapp.accounts.guards import admin_required, fresh_admin_required
from webapp.admin.forms import PeopleFilterForm, ReasonForm
from webapp.models import User
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate

pages = Blueprint("people", __name__, url_prefix="/admin/people")


@pages.get("")
@admin_required
def index() -> str:
    """The accounts in the order of their addresses, a page of them after the address `after`."""
    filters = PeopleFilterForm(request.args)
    page_size = extensions.settings.page_size
    query = select(User).where(User.email > filters.after.data).order_by(User.email)
    if filters.email.data:
        query = query.where(User.email.contains(filters.email.data, autoescape=True))
    people = db.session.scalars(query.limit(page_size + 1)).all()
    return render_template(
        "admin/people.html",
        filters=filters,
        people=people[:page_size],
        has_more=len(people) > page_size,
        count=db.session.scalar(select(func.count()).select_from(User)),
    )


@pages.post("/<int:user_id>/disabling")
@fresh_admin_required
def disable(user_id: int) -> Response:
    return _change(administration.disable, user_id, gettext("%(email)s is disabled."))


@pages.post("/<int:user_id>/disabling/removal")
@fresh_admin_required
def enable(user_id: int) -> Response:
    return _change(administration.enable, user_id, gettext("%(email)s can sign in again."))


@pages.post("/<int:user_id>/admin-role")
@fresh_admin_required
def make_admin(user_id: int) -> Response:
    return _change(administration.make_admin, user_id, gettext("%(email)s is an admin now."))


@pages.post("/<int:user_id>/admin-role/removal")
@fresh_admin_required
def remove_admin(user_id: int) -> Response:
    return _change(administration.remove_admin, user_id, gettext("%(email)s is no admin any more."))


def _change(change: Callable[..., User], user_id: int, news: str) -> Response:
    try:
        user = change(user_id, by=current_user, note=ReasonForm().reason.data)
    except AdministrationError as error:
        flash(translate(str(error)))
    else:
        flash(news % {"email": user.email})
    return redirect(url_for("people.index"), 303)
