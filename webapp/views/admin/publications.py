"""A publication: a model version is made the one that answers. Rolling back is the same deed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.auth import admin_required
from webapp.database import writing
from webapp.models import ModelVersion, Occasion

pages = Blueprint("publications", __name__, url_prefix="/admin/models/<int:version_id>/publication")


@pages.post("")
@admin_required
def create(version_id: int) -> Response:
    with writing() as session:
        version = session.get(ModelVersion, version_id) or abort(404)
        version.publish(Occasion.CHOSEN, by=current_user)
    flash(f"{version.name.capitalize()} answers from the next picture on.")
    return redirect(url_for("models.index"), 303)
