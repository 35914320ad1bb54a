"""The admin's models: which one answers, and all that is known of each version."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.auth import admin_required
from webapp.database import db
from webapp.models import Correction, Exam, ModelVersion, Publication, TrainingRun, read_ledger
from webapp.models.exam import MNIST
from webapp.models.model_version import UnexaminedError
from webapp.views.admin.confusion import confusions_of
from webapp.views.admin.curves import curves_of

pages = Blueprint("models", __name__, url_prefix="/admin")


@pages.get("")
@admin_required
def index() -> str:
    return render_template(
        "admin/models.html",
        current=db.session.scalar(ModelVersion.current()),
        line=db.session.scalar(Publication.current()),
        earlier=db.session.scalar(ModelVersion.before_current()),
        versions=db.session.scalars(ModelVersion.newest_first()).all(),
        refused=set(db.session.scalars(ModelVersion.refused())),
        unexamined=set(db.session.scalars(ModelVersion.unexamined())),
        corrections_waiting=db.session.scalar(Correction.waiting()),
        under_way=db.session.scalar(TrainingRun.under_way()),
    )


@pages.get("/models/<int:version_id>")
@admin_required
def show(version_id: int) -> str:
    version = db.session.get(ModelVersion, version_id) or abort(404)
    run = version.training_run_id and db.session.get(TrainingRun, version.training_run_id)
    exam = Exam.from_json(version.exam) if version.exam else None
    return render_template(
        "admin/model.html",
        version=version,
        current=db.session.scalar(ModelVersion.current()),
        line=db.session.scalar(Publication.current()),
        spans=read_ledger(db.session(), version_id=version.id),
        exam=exam,
        confusions=confusions_of(exam) if exam else {},
        MNIST=MNIST,
        run=run,
        curves=curves_of(run.epochs, run.epochs_planned) if run else [],
    )


@pages.app_errorhandler(UnexaminedError)
def on_unexamined(error: UnexaminedError) -> Response:
    """Its own page says what to do; only a stale page offered to publish it."""
    flash(str(error))
    return redirect(url_for("models.show", version_id=error.version_id), 303)
