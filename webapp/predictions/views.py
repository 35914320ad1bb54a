"""The pages of predictions: upload a picture, see its reading, browse the history."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.corrections.visibility import visible_corrections
from webapp.models import Status
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.predictions.form_upload import Answer, answer_upload
from webapp.predictions.forms import HistoryForm
from webapp.predictions.history import history_page
from webapp.predictions.limits import limit_uploads
from webapp.predictions.neighbours import Neighbours, neighbours_of
from webapp.predictions.number_notes import number_notes
from webapp.predictions.queue_place import wait_of
from webapp.predictions.steps import steps_of

pages = Blueprint("predictions", __name__, url_prefix="/predictions")
pages.add_app_template_filter(number_notes)


@pages.get("")
def index() -> str | tuple[str, int]:
    form = HistoryForm(request.args)
    if not form.validate():
        return render_template("predictions/index.html", form=form, problem=form.problem), 400
    page = history_page(form.filters, form.place, page_size=extensions.settings.page_size)
    return render_template(
        "predictions/index.html",
        form=form,
        filters=form.filters,
        page=page,
        corrections=visible_corrections(page.predictions),
    )


@pages.post("")
@limit_uploads
def create() -> Answer:
    return answer_upload()


@pages.get("/<prediction_id>")
def show(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "predictions/show.html",
        prediction=prediction,
        is_own=is_own(prediction),
        corrections=visible_corrections([prediction]),
        steps=steps_of(prediction, extensions.storage.names(prediction.id)),
        wait=wait_of(db.session(), prediction),
        neighbours=neighbours_of(db.session(), prediction) if is_own(prediction) else Neighbours(),
        Status=Status,
    )
