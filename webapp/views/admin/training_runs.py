"""A training run: pressed for once, watched until it is over."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from webapp.auth import admin_required
from webapp.database import db, writing
from webapp.models import TrainingRun
from webapp.queue import Queue
from webapp.views.admin.curves import curves_of

pages = Blueprint("training_runs", __name__, url_prefix="/admin/training-runs")


@pages.post("")
@admin_required
def create() -> Response:
    """Queue a run. The database allows one at a time, so a second press lands on the first."""
    try:
        with writing() as session:
            run = TrainingRun(requested_by_id=current_user.id)
            session.add(run)
    except IntegrityError:
        return _show_the_one_under_way()
    queue: Queue = current_app.extensions["cifra_queue"]
    if not queue.retrain_later(run.id):
        flash("The trainer is away at the moment; the run starts as soon as it is back.")
    return redirect(url_for("training_runs.show", run_id=run.id), 303)


@pages.get("/<int:run_id>")
@admin_required
def show(run_id: int) -> str:
    run = db.session.get(TrainingRun, run_id) or abort(404)
    return render_template("admin/training_run.html", run=run, curves=curves_of(run.epochs))


def _show_the_one_under_way() -> Response:
    run = db.session.scalar(TrainingRun.under_way())
    if run is None:  # it ended between the press and this look
        flash("The last run has just ended. Press Retrain again.")
        return redirect(url_for("models.index"), 303)
    flash("A training run is already under way: this one. The next can start when it is over.")
    return redirect(url_for("training_runs.show", run_id=run.id), 303)
