"""An evaluation's pictures, by the cell of a confusion matrix, and each as an image."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import select

from webapp.accounts.authentication import is_admin
from webapp.accounts.guards import admin_required
from webapp.models import Evaluation, EvaluationPicture, ModelVersion
from webapp.models.evaluation import PUBLIC_DATASETS
from webapp.platform.database import db
from webapp.platform.image_response import image_response
from webapp.registry.forms import ConfusionCellForm

pages = Blueprint("evaluations", __name__)


@pages.get("/admin/models/<int:version_id>/exam")
@admin_required
def show(version_id: int) -> str:
    """The pictures of one cell, which the URL names: ?paper=…&by=challenger&truth=4&read=9."""
    version = db.session.get(ModelVersion, version_id) or abort(404)
    cell = ConfusionCellForm(request.args)
    if not version.evaluation or not cell.validate():
        abort(404)
    dataset, network = str(cell.paper.data), str(cell.by.data)
    pictures = db.session.scalars(EvaluationPicture.of_version(version.id, dataset=dataset))
    return render_template(
        "registry/evaluation_cell.html",
        version=version,
        evaluation=Evaluation.from_json(version.evaluation),
        dataset=dataset,
        network=network,
        truth=cell.truth.data,
        predicted=cell.read.data,
        pictures=[
            picture
            for picture in pictures
            if picture.truth == cell.truth.data and picture.predicted_by(network) == cell.read.data
        ],
    )


@pages.get("/models/<int:version_id>/exam/pictures/<int:number>")
def picture(version_id: int, number: int) -> Response:
    """A 28×28 picture. Anyone may see MNIST's; only an admin sees those of Cifra's users."""
    found = db.session.scalar(
        select(EvaluationPicture).filter_by(model_version_id=version_id, position=number)
    )
    if found is None or not (found.dataset in PUBLIC_DATASETS or is_admin()):
        abort(404)
    return image_response(found.png, "image/png")
