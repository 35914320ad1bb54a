"""An override: an admin publishes a version that did not pass its exam, and says why."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.auth import fresh_admin_required
from webapp.database import writing
from webapp.models import Deed, ModelVersion, Occasion
from webapp.views.admin.deeds import announce, reason_given

pages = Blueprint("overrides", __name__, url_prefix="/admin/models/<int:version_id>/override")


@pages.post("")
@fresh_admin_required
def create(version_id: int) -> Response:
    """Both the tick and the reason are asked for; the ledger keeps who it was and the reason."""
    reason = reason_given()
    back = redirect(url_for("models.show", version_id=version_id), 303)
    with writing() as session:
        version = session.get(ModelVersion, version_id) or abort(404)
        if "understood" not in request.form or reason is None:
            flash("To publish it all the same, tick the box and give a reason.")
            return back
        version.publish(Occasion.OVERRIDDEN, by=current_user, reason=reason)
        record(session, Deed.OVERRODE, version.name, note=reason)
    announce(version)
    return back
