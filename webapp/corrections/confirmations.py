"""The confirmation of a whole reading: one button for all its digits."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.corrections.service import confirm_all, withdraw_all

pages = Blueprint("confirmations", __name__, url_prefix="/predictions/<prediction_id>/confirmation")


@pages.post("")
def create(prediction_id: str) -> Response:
    confirm_all(prediction_id)
    return _to_answer(prediction_id)


@pages.post("/withdrawal")
def destroy(prediction_id: str) -> Response:
    withdraw_all(prediction_id)
    return _to_answer(prediction_id)


def _to_answer(prediction_id: str) -> Response:
    return redirect(url_for("predictions.show", prediction_id=prediction_id, _anchor="answer"), 303)
