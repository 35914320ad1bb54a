"""Retries of pictures whose reading failed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from webapp.accounts.ownership import own_prediction
from webapp.platform.database import writing
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.predictions.limits import limit_uploads
from webapp.predictions.submission import QUEUE_AWAY

pages = Blueprint("retries", __name__, url_prefix="/predictions/<prediction_id>/attempts")


@pages.post("")
@limit_uploads
def create(prediction_id: str) -> Response:
    with writing() as session:
        own_prediction(session, prediction_id).retry()
    if not extensions.queue.enqueue_prediction():
        flash(translate(QUEUE_AWAY))
    return redirect(url_for("predictions.show", prediction_id=prediction_id), 303)
