"""Predictions as JSON: give a picture, ask for its answer, list your own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from webapp.accounts.ownership import visible_prediction
from webapp.corrections.api import as_json as correction_as_json
from webapp.corrections.service import VisibleCorrections, number_as_corrected, visible_corrections
from webapp.imaging.uploads import NoPictureError
from webapp.models import Digit, Prediction, Status
from webapp.platform.extensions import extensions
from webapp.predictions.deletion import delete_prediction
from webapp.predictions.history import BadFilterError, Filters, history_page
from webapp.predictions.limits import limit_uploads
from webapp.predictions.submission import QUEUE_AWAY, submit

resource = Blueprint("api_predictions", __name__, url_prefix="/api/predictions")


@resource.post("")
@limit_uploads
def create() -> tuple[Response, int, dict[str, str]]:
    submission = submit(*_given_picture())
    answer = {
        "id": submission.prediction_id,
        "status": Status.PENDING,
        "url": url_for("predictions.show", prediction_id=submission.prediction_id, _external=True),
    }
    if not submission.enqueued:
        answer["note"] = QUEUE_AWAY
    location = url_for(".show", prediction_id=submission.prediction_id)
    return jsonify(answer), 202, {"Location": location}


@resource.get("/<prediction_id>")
def show(prediction_id: str) -> Response:
    prediction = visible_prediction(prediction_id)
    response = jsonify(as_json(prediction, visible_corrections([prediction])))
    response.headers["Cache-Control"] = "no-store"
    return response


@resource.delete("/<prediction_id>")
def destroy(prediction_id: str) -> tuple[str, int]:
    delete_prediction(visible_prediction(prediction_id))
    return "", 204


@resource.get("")
def index() -> Response | tuple[Response, int]:
    try:
        filters = Filters.from_url(request.args)
    except BadFilterError as error:
        return jsonify(error=str(error)), 400
    page = history_page(filters, page_size=extensions.settings.page_size)
    words = visible_corrections(page.predictions)
    return jsonify(
        predictions=[as_json(prediction, words) for prediction in page.predictions],
        page=page.number,
        has_next=page.has_next,
    )


def as_json(prediction: Prediction, words: VisibleCorrections) -> dict[str, Any]:
    version = prediction.model_version
    settled_at = prediction.settled_at
    return {
        "id": prediction.id,
        "status": prediction.status,
        "url": url_for("predictions.show", prediction_id=prediction.id, _external=True),
        "filename": prediction.filename,
        "created_at": prediction.created_at.isoformat(),
        "settled_at": settled_at.isoformat() if settled_at else None,
        "number": prediction.number,
        "number_as_corrected": number_as_corrected(prediction, words),
        "confidence": prediction.confidence,
        "reason": prediction.reason,
        "model_version": version.id if version else None,
        "digits": [_digit_as_json(digit, words) for digit in prediction.digits],
    }


def _digit_as_json(digit: Digit, words: VisibleCorrections) -> dict[str, Any]:
    own = words.own.get(digit.id)
    return {
        "position": digit.position,
        "label": digit.label,
        "confidence": digit.confidence,
        "row": digit.row,
        "box": [digit.x, digit.y, digit.width, digit.height],
        "probabilities": digit.probabilities,
        "correction": correction_as_json(own) if own else None,
    }


def _given_picture() -> tuple[bytes, str]:
    """The picture of a multipart field `image`, or a raw body, and what its sender calls it."""
    if request.mimetype == "multipart/form-data":
        given = request.files.get("image")
        if given is None or not given.filename:
            raise NoPictureError
        return given.read(), given.filename
    if request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        return request.get_data(cache=False), "picture"
    raise NoPictureError
