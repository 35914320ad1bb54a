"""The buttons that correct or confirm one digit."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.corrections.forms import CorrectionForm
from webapp.corrections.service import BadLabelError, correct, withdraw_correction
from webapp.corrections.visibility import number_as_corrected

pages = Blueprint(
    "corrections",
    __name__,
    url_prefix="/predictions/<prediction_id>/digits/<int:position>/correction",
)


@pages.post("")
def create(prediction_id: str, position: int) -> Response:
    form = CorrectionForm()
    if not form.validate():
        raise BadLabelError
    correct(prediction_id, position, form.chosen_label)
    return _to_digit(prediction_id, position)


@pages.post("/withdrawal")
def destroy(prediction_id: str, position: int) -> Response:
    withdraw_correction(prediction_id, position)
    return _to_digit(prediction_id, position)


def _to_digit(prediction_id: str, position: int) -> Response:
    anchor = f"digit-{position}"
    return redirect(url_for("predictions.show", prediction_id=prediction_id, _anchor=anchor), 303)


pages.add_app_template_filter(number_as_corrected, "as_corrected")
