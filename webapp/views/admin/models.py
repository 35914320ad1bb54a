"""The admin's front page: the model that answers, all its versions, and the Retrain button."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.auth import admin_required
from webapp.database import db
from webapp.models import Correction, ModelVersion, TrainingRun

pages = Blueprint("models", __name__, url_prefix="/admin")

RUNS_SHOWN = 10


@pages.get("")
@admin_required
def index() -> str:
    return render_template(
        "admin/models.html",
        current=db.session.scalar(ModelVersion.current()),
        versions=db.session.scalars(ModelVersion.newest_first()).all(),
        corrections_waiting=db.session.scalar(Correction.waiting()),
        under_way=db.session.scalar(TrainingRun.under_way()),
        runs=db.session.scalars(TrainingRun.newest_first().limit(RUNS_SHOWN)).all(),
    )
