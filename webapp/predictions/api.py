"""The API of predictions: upload a picture, ask for its reading, list or delete your own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from webapp.accounts.ownership import visible_prediction
from webapp.corrections.visibility import VisibleCorrections, visible_corrections
from webapp.models import Prediction, Status
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.predictions.batches import checked_batch_id
from webapp.predictions.deletion import delete_prediction
from webapp.predictions.forms import HistoryForm
from webapp.predictions.history import history_page
from webapp.predictions.limits import limit_uploads
from webapp.predictions.request_picture import picture_in_request
from webapp.predictions.schemas import prediction_as_json
from webapp.predictions.submission import QUEUE_AWAY, submit
from webapp.predictions.waiting import is_settled_within, preferred_wait

resource = Blueprint("api_predictions", __name__, url_prefix="/api/predictions")


@resource.post("")
@limit_uploads
def create() -> tuple[Response, int, dict[str, str]]:
    batch_id = checked_batch_id(request.args.get("batch") or request.form.get("batch"))
    submission = submit(*picture_in_request(), batch_id=batch_id)
    location = url_for(".show", prediction_id=submission.prediction_id)
    seconds = preferred_wait(request.headers)
    if seconds and is_settled_within(submission.prediction_id, seconds):
        answered = jsonify(_shown(submission.prediction_id))
        headers = {"Location": location, "Preference-Applied": f"wait={seconds}"}
        return answered, 201, headers
    answer = {
        "id": submission.prediction_id,
        "status": Status.PENDING,
        "url": url_for("predictions.show", prediction_id=submission.prediction_id, _external=True),
    }
    if not submission.enqueued:
        answer["note"] = translate(QUEUE_AWAY)
    return jsonify(answer), 202, {"Location": location}


@resource.get("/<prediction_id>")
def show(prediction_id: str) -> Response:
    seconds = preferred_wait(request.headers)
    if seconds and not visible_prediction(prediction_id).is_settled:
        is_settled_within(prediction_id, seconds)
    response = jsonify(_shown(prediction_id))
    response.headers["Cache-Control"] = "no-store"
    response.add_etag()
    response.make_conditional(request)
    return response


@resource.delete("/<prediction_id>")
def destroy(prediction_id: str) -> tuple[str, int]:
    delete_prediction(visible_prediction(prediction_id))
    return "", 204


@resource.get("")
def index() -> Response | tuple[Response, int]:
    form = HistoryForm(request.args)
    if not form.validate():
        return jsonify(error=form.problem), 400
    page = history_page(form.filters, form.place, page_size=extensions.settings.page_size)
    corrections = visible_corrections(page.predictions)
    return jsonify(
        predictions=[_with_url(prediction, corrections) for prediction in page.predictions],
        page=page.number,
        has_next=page.has_next,
        total=page.total,
        after=page.after,
    )


def _shown(prediction_id: str) -> dict[str, Any]:
    prediction = visible_prediction(prediction_id)
    return _with_url(prediction, visible_corrections([prediction]))


def _with_url(prediction: Prediction, corrections: VisibleCorrections) -> dict[str, Any]:
    """The prediction as JSON, with the address of its page."""
    url = url_for("predictions.show", prediction_id=prediction.id, _external=True)
    return {**prediction_as_json(prediction, corrections), "url": url}
