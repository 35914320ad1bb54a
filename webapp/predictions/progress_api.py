"""The API of progress: what changes while a picture waits, small enough to ask for often."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webapp.accounts.ownership import visible_prediction
from webapp.platform.database import db
from webapp.predictions.queue_place import wait_of

resource = Blueprint(
    "api_progress", __name__, url_prefix="/api/predictions/<prediction_id>/progress"
)


@resource.get("")
def show(prediction_id: str) -> Response:
    prediction = visible_prediction(prediction_id)
    wait = wait_of(db.session(), prediction)
    response = jsonify(
        id=prediction.id,
        status=prediction.status,
        is_settled=prediction.is_settled,
        ahead=wait.ahead if wait else None,  # pictures that are read before it
        seconds=wait.seconds if wait else None,  # until it is read, about
    )
    response.headers["Cache-Control"] = "no-store"
    return response
