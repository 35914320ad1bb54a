"""The form that corrects a whole reading: the right number, typed."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.corrections.forms import NumberForm
from webapp.corrections.service import correct_number

pages = Blueprint(
    "number_corrections", __name__, url_prefix="/predictions/<prediction_id>/correction"
)


@pages.post("")
def create(prediction_id: str) -> Response:
    correct_number(prediction_id, NumberForm().typed)
    return redirect(url_for("predictions.show", prediction_id=prediction_id, _anchor="answer"), 303)
