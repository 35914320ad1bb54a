"""The API of batches: how many of its pictures have their answer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from webapp.predictions.batches import visible_batch_counts

resource = Blueprint("api_batches", __name__, url_prefix="/api/batches")


@resource.get("/<batch_id>")
def show(batch_id: str) -> Response:
    total, settled = visible_batch_counts(batch_id)
    response = jsonify(
        id=batch_id,
        total=total,
        settled=settled,
        is_settled=settled == total,
        url=url_for("batches.show", batch_id=batch_id, _external=True),
        predictions=url_for("api_predictions.index", batch=batch_id, _external=True),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
