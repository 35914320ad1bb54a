"""A publication: a model version is made the one that answers."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.auth import fresh_admin_required
from webapp.database import writing
from webapp.models import Deed, ModelVersion, Occasion
from webapp.views.admin.deeds import announce, reason_given

pages = Blueprint("publications", __name__, url_prefix="/admin/models/<int:version_id>/publication")


@pages.post("")
@fresh_admin_required
def create(version_id: int) -> Response:
    with writing() as session:
        version = session.get(ModelVersion, version_id) or abort(404)
        if version.was_refused:
            flash("It did not pass its exam. Below you can publish it all the same.")
            return redirect(url_for("models.show", version_id=version_id) + "#override", 303)
        version.publish(
            Occasion.CHOSEN,
            by=current_user,
            reason=reason_given(),
            pinned="pinned" in request.form,
        )
        record(session, Deed.PUBLISHED, version.name, note=reason_given())
    announce(version)
    return redirect(url_for("models.show", version_id=version_id), 303)
