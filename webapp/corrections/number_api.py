"""The API of whole corrections: the right number of a picture, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from webapp.accounts.ownership import visible_prediction
from webapp.corrections.service import correct_number, withdraw_all
from webapp.corrections.typed_number import BadNumberError
from webapp.corrections.visibility import number_as_corrected, visible_corrections
from webapp.messages import gettext_noop
from webapp.platform.database import db

NUMBER_EXPECTED = gettext_noop('Send {"number": "42"}; a bar separates rows.')

resource = Blueprint(
    "api_number_corrections", __name__, url_prefix="/api/predictions/<prediction_id>/correction"
)


@resource.post("")
def create(prediction_id: str) -> Response:
    correct_number(prediction_id, _number_in_body())
    db.session.rollback()  # what this request read before is outdated
    prediction = visible_prediction(prediction_id)
    corrected = number_as_corrected(prediction, visible_corrections([prediction]))
    return jsonify(number=prediction.number, number_as_corrected=corrected)


@resource.delete("")
def destroy(prediction_id: str) -> tuple[str, int]:
    withdraw_all(prediction_id)
    return "", 204


def _number_in_body() -> str:
    """Raises BadNumberError for a body that is no object with a text."""
    body = request.get_json(silent=True)
    number = body.get("number") if isinstance(body, dict) else None
    if not isinstance(number, str):
        raise BadNumberError(NUMBER_EXPECTED)
    return number
