"""A prediction's pages: give a picture, see its answer, look through the history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.corrections.service import visible_corrections
from webapp.imaging.uploads import NoPictureError, UploadError, display_name
from webapp.models import Status
from webapp.platform.extensions import extensions
from webapp.predictions.history import BadFilterError, Filters, history_page
from webapp.predictions.home import front_page
from webapp.predictions.limits import limit_uploads
from webapp.predictions.steps import steps_of
from webapp.predictions.submission import QUEUE_AWAY, submit

pages = Blueprint("predictions", __name__, url_prefix="/predictions")


@pages.get("")
def index() -> str | tuple[str, int]:
    try:
        filters = Filters.from_url(request.args)
    except BadFilterError as error:
        return render_template("predictions/index.html", page=None, problem=str(error)), 400
    page = history_page(filters, page_size=extensions.settings.page_size)
    words = visible_corrections(page.predictions)
    return render_template("predictions/index.html", page=page, filters=filters, words=words)


@pages.post("")
@limit_uploads
def create() -> Response | tuple[str, int, dict[str, str]]:
    given = request.files.get("image")
    filename = given.filename if given and given.filename else ""
    try:
        if given is None or not filename:
            raise NoPictureError
        submission = submit(given.read(), filename)
    except UploadError as error:
        shown = display_name(filename) if filename else None
        return front_page(problem=error.sentence, filename=shown), error.status, error.headers
    if not submission.enqueued:
        flash(QUEUE_AWAY)
    return redirect(url_for("predictions.show", prediction_id=submission.prediction_id), 303)


@pages.get("/<prediction_id>")
def show(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "predictions/show.html",
        prediction=prediction,
        is_own=is_own(prediction),
        words=visible_corrections([prediction]),
        steps=steps_of(extensions.storage.names(prediction.id)),
        Status=Status,
    )
