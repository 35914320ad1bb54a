"""The public pages of the versions: each on a page of its own, and all side by side."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from webapp.models import Evaluation, EvaluationPicture, ModelVersion, deployment_history
from webapp.models.catalogue import idea_of
from webapp.models.evaluation import MNIST
from webapp.platform.database import db
from webapp.registry.comparison import compare

pages = Blueprint("versions", __name__, url_prefix="/models")

MISREAD_SHOWN = 24


@pages.get("")
def index() -> str:
    return render_template("registry/index.html", comparison=compare(db.session()))


@pages.get("/<int:version_id>")
def show(version_id: int) -> str:
    version = db.session.get(ModelVersion, version_id) or abort(404)
    return render_template(
        "registry/show.html",
        version=version,
        deployments=deployment_history(db.session(), version_id=version.id),
        idea=idea_of(version.architecture),
        evaluation=Evaluation.from_json(version.evaluation) if version.evaluation else None,
        misread=_misread_by(version)[:MISREAD_SHOWN],
    )


def _misread_by(version: ModelVersion) -> list[EvaluationPicture]:
    """Its errors on MNIST's test set. Only admins see the pictures of Cifra's users."""
    pictures = db.session.scalars(EvaluationPicture.of_version(version.id, dataset=MNIST))
    return [picture for picture in pictures if picture.challenger != picture.truth]
