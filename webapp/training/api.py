"""A training run as JSON, for the page that watches it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify

from webapp.accounts.guards import admin_required
from webapp.models import TrainingRun
from webapp.platform.database import db
from webapp.platform.stored_sentences import translate_stored

resource = Blueprint("api_training_runs", __name__, url_prefix="/api/training-runs")


@resource.get("/<int:run_id>")
@admin_required
def show(run_id: int) -> Response:
    run = db.session.get(TrainingRun, run_id) or abort(404)
    response = jsonify(
        id=run.id,
        status=run.status,
        is_finished=run.is_finished,
        epochs_planned=run.epochs_planned,
        epochs=run.epochs,
        step=run.step,
        steps=run.steps,
        share_done=run.share_done,
        seconds_elapsed=run.seconds_elapsed,
        seconds_left=run.seconds_left,
        reason=translate_stored(run.reason) if run.reason else None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
