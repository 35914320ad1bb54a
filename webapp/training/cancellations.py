"""A cancellation: a training run is asked to stop."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from webapp.accounts.guards import admin_required
from webapp.models import AuditAction, TrainingRun
from webapp.platform.audit import record
from webapp.platform.database import writing

pages = Blueprint(
    "cancellations", __name__, url_prefix="/admin/training-runs/<int:run_id>/cancellation"
)


@pages.post("")
@admin_required
def create(run_id: int) -> Response:
    with writing() as session:
        run = TrainingRun.locked(session, run_id) or abort(404)
        if not run.is_finished:
            run.request_cancel()
            record(session, AuditAction.CANCELLED, f"run {run.id}")
    return redirect(url_for("training_runs.show", run_id=run_id), 303)
