"""A prediction's pages: give a picture, see its answer, look through the history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.access import is_own, visible_prediction
from webapp.corrections import words_on
from webapp.history import BadFilterError, Filters, page_of
from webapp.models import Status
from webapp.services import services
from webapp.submission import QUEUE_AWAY, submit
from webapp.uploads import NoPictureError, UploadError, display_name
from webapp.views.home import front_page
from webapp.views.steps import steps_of

pages = Blueprint("predictions", __name__, url_prefix="/predictions")


@pages.get("")
def index() -> str | tuple[str, int]:
    try:
        filters = Filters.from_url(request.args)
    except BadFilterError as error:
        return render_template("predictions/index.html", page=None, problem=str(error)), 400
    page = page_of(filters, page_size=services.settings.page_size)
    words = words_on(page.predictions)
    return render_template("predictions/index.html", page=page, filters=filters, words=words)


@pages.post("")
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
    if not submission.heard:
        flash(QUEUE_AWAY)
    return redirect(url_for("predictions.show", prediction_id=submission.prediction_id), 303)


@pages.get("/<prediction_id>")
def show(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "predictions/show.html",
        prediction=prediction,
        is_own=is_own(prediction),
        words=words_on([prediction]),
        steps=steps_of(services.storage.names(prediction.id)),
        Status=Status,
    )
