"""The admin's pages of the models: the live version, the workers, and each version in full."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template

from webapp.accounts.guards import admin_required
from webapp.models import (
    Correction,
    Evaluation,
    EvaluationPicture,
    ModelVersion,
    Publication,
    Rollout,
    TrainingRun,
    Worker,
    deployment_history,
    rollback_target,
)
from webapp.models.evaluation import MNIST_VALIDATION
from webapp.platform.database import db
from webapp.registry.confusion import confusions_of
from webapp.registry.rereadings import rereading_of
from webapp.training.curves import curves_of

pages = Blueprint("models", __name__, url_prefix="/admin")


@pages.app_context_processor
def rollout_on_pages() -> dict[str, Any]:
    """Give every template `rollout()`, which asks the database only where a page shows it."""
    return {"rollout": lambda: Rollout.now(db.session())}


@pages.get("/models")
@admin_required
def index() -> str:
    return render_template(
        "registry/admin_index.html",
        current=db.session.scalar(ModelVersion.current()),
        publication=db.session.scalar(Publication.current()),
        earlier=rollback_target(db.session()),
        workers=db.session.scalars(Worker.running()).all(),
        versions=db.session.scalars(ModelVersion.newest_first()).all(),
        corrections_waiting=db.session.scalar(Correction.waiting()),
        under_way=db.session.scalar(TrainingRun.under_way()),
    )


@pages.get("/models/<int:version_id>")
@admin_required
def show(version_id: int) -> str:
    version = db.session.get(ModelVersion, version_id) or abort(404)
    run = version.training_run_id and db.session.get(TrainingRun, version.training_run_id)
    evaluation = Evaluation.from_json(version.evaluation) if version.evaluation else None
    pictures = db.session.scalars(EvaluationPicture.of_version(version.id)).all()
    current = db.session.scalar(ModelVersion.current())
    return render_template(
        "registry/admin_show.html",
        version=version,
        current=current,
        rereading=rereading_of(version) if version is current else None,
        publication=db.session.scalar(Publication.current()),
        deployments=deployment_history(db.session(), version_id=version.id),
        evaluation=evaluation,
        gained=[picture for picture in pictures if picture.is_gained],
        lost=[picture for picture in pictures if picture.is_lost],
        confusions=confusions_of(evaluation) if evaluation else {},
        MNIST_VALIDATION=MNIST_VALIDATION,
        run=run,
        curves=curves_of(run.epochs, run.epochs_planned) if run else [],
    )
