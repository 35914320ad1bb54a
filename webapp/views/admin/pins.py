"""A pin: the live version stays until an admin says otherwise; no training takes over by itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.auth import fresh_admin_required
from webapp.database import writing
from webapp.models import Deed, ModelVersion, Occasion
from webapp.views.admin.deeds import reason_given

pages = Blueprint("pins", __name__, url_prefix="/admin/pin")


@pages.post("")
@fresh_admin_required
def create() -> Response:
    return _record(pinned=True, news="is pinned: it answers until you say otherwise.")


@pages.post("/removal")
@fresh_admin_required
def destroy() -> Response:
    return _record(pinned=False, news="is unpinned: the next model that passes takes over.")


def _record(*, pinned: bool, news: str) -> Response:
    """A new line of the ledger for the live version: lines are never changed."""
    with writing() as session:
        version = session.scalar(ModelVersion.current())
        if version is None:
            flash("No model is published yet.")
            return redirect(url_for("models.index"), 303)
        version.publish(Occasion.CHOSEN, by=current_user, reason=reason_given(), pinned=pinned)
        deed = Deed.PINNED if pinned else Deed.UNPINNED
        record(session, deed, version.name, note=reason_given())
    flash(f"{version.name.capitalize()} {news}")
    return redirect(url_for("models.index"), 303)
