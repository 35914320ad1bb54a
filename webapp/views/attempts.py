"""Another attempt at a picture whose reading failed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from webapp.access import own_prediction
from webapp.database import writing
from webapp.services import services
from webapp.submission import QUEUE_AWAY

pages = Blueprint("attempts", __name__, url_prefix="/predictions/<prediction_id>/attempts")


@pages.post("")
def create(prediction_id: str) -> Response:
    with writing() as session:
        own_prediction(session, prediction_id).try_again()
    if not services.queue.predict_later():
        flash(QUEUE_AWAY)
    return redirect(url_for("predictions.show", prediction_id=prediction_id), 303)
