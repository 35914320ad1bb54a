"""An exam's pictures: those that challenger or champion read wrongly, by cell of their matrices."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from webapp.auth import admin_required, is_admin
from webapp.database import db
from webapp.models import Exam, ModelVersion
from webapp.models.exam import MNIST
from webapp.views.images import picture_response

pages = Blueprint("exams", __name__)


@pages.get("/admin/models/<int:version_id>/exam")
@admin_required
def show(version_id: int) -> str:
    """One cell's pictures, named in the URL: ?paper=…&by=challenger&truth=4&read=9."""
    version = db.session.get(ModelVersion, version_id) or abort(404)
    exam = _exam_of(version)
    by = request.args.get("by", "challenger")
    truth, read = (request.args.get(name, type=int) for name in ("truth", "read"))
    if by not in ("challenger", "champion") or truth is None or read is None:
        abort(404)
    paper = request.args.get("paper", MNIST)
    return render_template(
        "admin/exam_cell.html",
        version=version,
        exam=exam,
        paper=paper,
        by=by,
        truth=truth,
        read=read,
        pictures=exam.cell(paper, by, truth=truth, read=read),
    )


@pages.get("/models/<int:version_id>/exam/pictures/<int:number>")
def picture(version_id: int, number: int) -> Response:
    """A 28×28 of the exam. MNIST's may be seen by anyone, people's own by an admin alone."""
    version = db.session.get(ModelVersion, version_id) or abort(404)
    found = _exam_of(version).picture(number)
    if found is None or not (found.paper == MNIST or is_admin()):
        abort(404)
    return picture_response(found.content, "image/png")


def _exam_of(version: ModelVersion) -> Exam:
    return Exam.from_json(version.exam) if version.exam else abort(404)
