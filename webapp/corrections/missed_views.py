"""The forms that add a missed digit, and remove it again."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.corrections.forms import MissedDigitForm
from webapp.corrections.missed_digits import (
    BadBoxError,
    MissedBox,
    add_missed_digit,
    remove_missed_digit,
)

pages = Blueprint(
    "missed_digits", __name__, url_prefix="/predictions/<prediction_id>/missed-digits"
)


@pages.post("")
def create(prediction_id: str) -> Response:
    form = MissedDigitForm()
    if not form.validate():
        raise BadBoxError
    add_missed_digit(prediction_id, int(str(form.label.data)), MissedBox(*form.lengths))
    return _to_answer(prediction_id)


@pages.post("/<int:missed_id>/removal")
def destroy(prediction_id: str, missed_id: int) -> Response:
    remove_missed_digit(prediction_id, missed_id)
    return _to_answer(prediction_id)


def _to_answer(prediction_id: str) -> Response:
    return redirect(url_for("predictions.show", prediction_id=prediction_id, _anchor="answer"), 303)
