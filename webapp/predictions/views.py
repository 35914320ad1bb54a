"""The pages of predictions: upload a picture, see its reading, browse the history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.corrections.visibility import visible_corrections
from webapp.imaging.uploads import NoPictureError, UploadError, display_name
from webapp.models import Status
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.predictions.forms import HistoryForm
from webapp.predictions.history import history_page
from webapp.predictions.home import front_page
from webapp.predictions.limits import limit_uploads
from webapp.predictions.request_picture import NoPictureFieldError, picture_in_form
from webapp.predictions.steps import steps_of
from webapp.predictions.submission import QUEUE_AWAY, submit

pages = Blueprint("predictions", __name__, url_prefix="/predictions")


@pages.get("")
def index() -> str | tuple[str, int]:
    form = HistoryForm(request.args)
    if not form.validate():
        return render_template("predictions/index.html", form=form, problem=form.problem), 400
    page = history_page(form.filters, page_size=extensions.settings.page_size)
    return render_template(
        "predictions/index.html",
        form=form,
        filters=form.filters,
        page=page,
        corrections=visible_corrections(page.predictions),
    )


@pages.post("")
@limit_uploads
def create() -> Response | tuple[str, int, dict[str, str]]:
    filename = None
    try:
        content, filename = picture_in_form()
        submission = submit(content, filename)
    except NoPictureFieldError:
        return _refused(NoPictureError())
    except UploadError as error:
        return _refused(error, filename)
    if not submission.enqueued:
        flash(translate(QUEUE_AWAY))
    return redirect(url_for("predictions.show", prediction_id=submission.prediction_id), 303)


@pages.get("/<prediction_id>")
def show(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "predictions/show.html",
        prediction=prediction,
        is_own=is_own(prediction),
        corrections=visible_corrections([prediction]),
        steps=steps_of(prediction, extensions.storage.names(prediction.id)),
        Status=Status,
    )


def _refused(error: UploadError, filename: str | None = None) -> tuple[str, int, dict[str, str]]:
    """The front page again, with the reason why a picture was refused."""
    shown = display_name(filename) if filename else None
    page = front_page(problem=translate(error.sentence), filename=shown)
    return page, error.status, error.headers
