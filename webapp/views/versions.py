"""The versions as anyone may see them: each on a page of its own, and all side by side."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from webapp.database import db
from webapp.models import Exam, ModelVersion, read_ledger
from webapp.models.exam import MNIST, Picture
from webapp.views.comparison import compare, idea_of

pages = Blueprint("versions", __name__, url_prefix="/models")


MISREAD_SHOWN = 24


@pages.get("")
def index() -> str:
    return render_template("models/index.html", comparison=compare(db.session()))


@pages.get("/<int:version_id>")
def show(version_id: int) -> str:
    version = db.session.get(ModelVersion, version_id) or abort(404)
    exam = Exam.from_json(version.exam) if version.exam else None
    return render_template(
        "models/show.html",
        version=version,
        spans=read_ledger(db.session(), version_id=version.id),
        idea=idea_of(version.architecture),
        exam=exam,
        misread=misread_by(exam)[:MISREAD_SHOWN] if exam else [],
    )


def misread_by(exam: Exam) -> list[Picture]:
    """The pictures of MNIST's test set that it read wrongly. People's own stay with the admin."""
    return [picture for picture in exam.on(MNIST) if picture.challenger != picture.truth]
