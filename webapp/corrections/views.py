"""A correction: a visitor says of one digit that it was right, or what it really is."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.corrections.service import (
    BadLabelError,
    correct,
    number_as_corrected,
    withdraw_correction,
)

pages = Blueprint(
    "corrections",
    __name__,
    url_prefix="/predictions/<prediction_id>/digits/<int:position>/correction",
)

LABELS: dict[str, int | None] = {str(label): label for label in range(10)} | {"none": None}


@pages.post("")
def create(prediction_id: str, position: int) -> Response:
    given = request.form.get("label", "")
    if given not in LABELS:
        raise BadLabelError
    correct(prediction_id, position, LABELS[given])
    return _back(prediction_id, position)


@pages.post("/withdrawal")
def destroy(prediction_id: str, position: int) -> Response:
    withdraw_correction(prediction_id, position)
    return _back(prediction_id, position)


def _back(prediction_id: str, position: int) -> Response:
    anchor = f"digit-{position}"
    return redirect(url_for("predictions.show", prediction_id=prediction_id, _anchor=anchor), 303)


pages.add_app_template_filter(number_as_corrected, "as_corrected")
