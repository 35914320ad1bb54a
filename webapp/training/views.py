"""A training run: the Retrain page, the press that queues a run, and the page that shows it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from webapp.accounts.current_owner import current_owner_id
from webapp.accounts.guards import admin_required, fresh_admin_required
from webapp.models import (
    AuditAction,
    Correction,
    Evaluation,
    FilterSnapshot,
    ModelVersion,
    TrainingRun,
)
from webapp.models.catalogue import ARCHITECTURES, FINE_TUNE, ORIGIN, RECIPES
from webapp.models.training_estimate import Basis, expected_duration
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import rate_limit
from webapp.training.correction_counts import correction_counts
from webapp.training.curves import curves_of
from webapp.training.filters import epochs_to_show
from webapp.training.forms import TrainingForm

pages = Blueprint("training_runs", __name__, url_prefix="/admin/training-runs")

RUNS_SHOWN = 20


@pages.get("")
@admin_required
def index() -> str:
    """What a press of Retrain would train on, and the runs so far."""
    session = db.session()
    champion = session.scalar(ModelVersion.current())
    return render_template(
        "training/index.html",
        champion=champion,
        can_fine_tune=champion is not None and champion.architecture in ARCHITECTURES,
        architectures=ARCHITECTURES,
        correction_counts=correction_counts(session),
        waiting=session.scalar(Correction.waiting()),
        expected=partial(expected_duration, session),
        Basis=Basis,
        wants_origin=request.args.get("recipe") == ORIGIN,
        under_way=session.scalar(TrainingRun.under_way()),
        runs=session.scalars(TrainingRun.newest_first().limit(RUNS_SHOWN)).all(),
    )


@pages.post("")
@rate_limit("retrains_per_person", "hour", scope="training", key=current_owner_id)
@fresh_admin_required
def create() -> Response:
    """Queue a run. The database allows one at a time, so a second press leads to the first."""
    form = TrainingForm()
    if not form.validate():
        abort(400)
    recipe, architecture = form.recipe.data, _architecture_to_train(form)
    try:
        with writing() as session:
            run = TrainingRun(
                requested_by_id=current_user.id, recipe=recipe, architecture=architecture
            )
            session.add(run)
            session.flush()
            record(
                session, AuditAction.RETRAINED, f"run {run.id}", note=f"{recipe}, {architecture}"
            )
    except IntegrityError:
        return _show_run_under_way()
    if not extensions.queue.enqueue_training(run.id):
        flash(
            gettext(
                "The queue cannot be reached at the moment; the run starts as soon as it is back."
            )
        )
    return redirect(url_for("training_runs.show", run_id=run.id), 303)


@pages.get("/<int:run_id>")
@admin_required
def show(run_id: int) -> str:
    run = db.session.get(TrainingRun, run_id) or abort(404)
    session = db.session()
    version = run.versions[0] if run.versions else None
    return render_template(
        "training/show.html",
        run=run,
        curves=curves_of(run.epochs, run.epochs_planned),
        filter_epochs=epochs_to_show(session.scalars(FilterSnapshot.epochs_of_run(run.id)).all()),
        expected=expected_duration(session, recipe=run.recipe, architecture=run.architecture),
        version=version,
        evaluation=Evaluation.from_json(version.evaluation)
        if version and version.evaluation
        else None,
    )


def _architecture_to_train(form: TrainingForm) -> str:
    """The recipe's own architecture; a fine-tuning keeps the live version's; or the chosen one."""
    only = RECIPES[str(form.recipe.data)].architecture
    if only is not None:
        return only
    live = db.session.scalar(ModelVersion.current())
    db.session.rollback()  # the write that follows needs a transaction of its own
    if form.recipe.data == FINE_TUNE and live is not None:
        return live.architecture
    return str(form.architecture.data)


def _show_run_under_way() -> Response:
    run = db.session.scalar(TrainingRun.under_way())
    if run is None:  # it ended after the press
        flash(gettext("The last run has just ended. Press Retrain again."))
        return redirect(url_for("training_runs.index"), 303)
    flash(gettext("This training run is already under way. The next can start when it is over."))
    return redirect(url_for("training_runs.show", run_id=run.id), 303)
