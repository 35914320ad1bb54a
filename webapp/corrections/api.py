"""The API of corrections: a label for one digit of a prediction, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.corrections.schemas import correction_as_json
from webapp.corrections.service import BadLabelError, correct, withdraw_correction
from webapp.messages import gettext_noop

LABEL_EXPECTED = gettext_noop(
    'Send {"label": 7}, or {"label": null} for something that is not a digit.'
)

resource = Blueprint(
    "api_corrections",
    __name__,
    url_prefix="/api/predictions/<prediction_id>/digits/<int:position>/correction",
)


@resource.post("")
def create(prediction_id: str, position: int) -> Response:
    correction = correct(prediction_id, position, _label_in_body())
    return jsonify(correction_as_json(correction))


@resource.delete("")
def destroy(prediction_id: str, position: int) -> tuple[str, int]:
    withdraw_correction(prediction_id, position)
    return "", 204


def _label_in_body() -> int | None:
    """The label of the JSON body; None stands for "not a digit". Raises BadLabelError."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # nested too deeply
        body = None
    if not isinstance(body, dict) or "label" not in body:
        raise BadLabelError(LABEL_EXPECTED)
    label: Any = body["label"]
    if label is None:
        return None
    if type(label) is not int or not 0 <= label <= 9:  # a bool is an int in Python
        raise BadLabelError
    return label
