"""An evaluation's pictures, by the cell of a confusion matrix, and each as an image."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import select

from webapp.accounts.identity import admin_required, is_admin
from webapp.models import Evaluation, EvaluationPicture, ModelVersion
from webapp.models.evaluation import MNIST
from webapp.platform.database import db
from webapp.platform.image_response import image_response

pages = Blueprint("evaluations", __name__)


@pages.get("/admin/models/<int:version_id>/exam")
@admin_required
def show(version_id: int) -> str:
    """The pictures of one cell, named in the URL: ?paper=…&by=challenger&truth=4&read=9."""
    version = db.session.get(ModelVersion, version_id) or abort(404)
    if not version.evaluation:
        abort(404)
    network = request.args.get("by", "challenger")
    truth, predicted = (request.args.get(name, type=int) for name in ("truth", "read"))
    if network not in ("challenger", "champion") or truth is None or predicted is None:
        abort(404)
    dataset = request.args.get("paper", MNIST)
    pictures = db.session.scalars(EvaluationPicture.of_version(version.id, dataset=dataset))
    return render_template(
        "registry/evaluation_cell.html",
        version=version,
        evaluation=Evaluation.from_json(version.evaluation),
        dataset=dataset,
        network=network,
        truth=truth,
        predicted=predicted,
        pictures=[
            picture
            for picture in pictures
            if (picture.truth, picture.predicted_by(network)) == (truth, predicted)
        ],
    )


@pages.get("/models/<int:version_id>/exam/pictures/<int:number>")
def picture(version_id: int, number: int) -> Response:
    """A 28×28 picture. MNIST's may be seen by anyone, people's own by an admin alone."""
    found = db.session.scalar(
        select(EvaluationPicture).filter_by(model_version_id=version_id, position=number)
    )
    if found is None or not (found.dataset == MNIST or is_admin()):
        abort(404)
    return image_response(found.png, "image/png")
