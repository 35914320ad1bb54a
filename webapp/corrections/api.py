"""A correction as JSON: what a digit of a prediction really is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.corrections.service import BadLabelError, correct, withdraw_correction
from webapp.models import Correction

resource = Blueprint(
    "api_corrections",
    __name__,
    url_prefix="/api/predictions/<prediction_id>/digits/<int:position>/correction",
)


@resource.post("")
def create(prediction_id: str, position: int) -> Response:
    return jsonify(as_json(correct(prediction_id, position, _given_label())))


@resource.delete("")
def destroy(prediction_id: str, position: int) -> tuple[str, int]:
    withdraw_correction(prediction_id, position)
    return "", 204


def as_json(correction: Correction) -> dict[str, Any]:
    return {
        "label": correction.label,
        "read_as": correction.read_as,
        "verdict": correction.verdict,
        "created_at": correction.created_at.isoformat(),
    }


def _given_label() -> int | None:
    """The body's label: {"label": 7}, or null for "not a digit"."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or "label" not in body:
        raise BadLabelError('Send {"label": 7}, or {"label": null} for something that is no digit.')
    label: Any = body["label"]
    if label is None:
        return None
    if type(label) is not int or not 0 <= label <= 9:  # to Python, true is a number too
        raise BadLabelError
    return label
