"""A rollback: the version that was live before the present one answers again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.auth import fresh_admin_required
from webapp.database import writing
from webapp.models import Deed, ModelVersion, Occasion
from webapp.views.admin.deeds import announce, reason_given

pages = Blueprint("rollbacks", __name__, url_prefix="/admin/rollbacks")


@pages.post("")
@fresh_admin_required
def create() -> Response:
    with writing() as session:
        version = session.scalar(ModelVersion.before_current())
        if version:
            version.publish(Occasion.ROLLED_BACK, by=current_user, reason=reason_given())
            record(session, Deed.ROLLED_BACK, f"to {version.name}", note=reason_given())
    if version:
        announce(version)
    else:
        flash("There is no earlier version to roll back to.")
    return redirect(url_for("models.index"), 303)
