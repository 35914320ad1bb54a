"""A prediction's pictures, each with a fixed type, for its giver's eyes and an admin's."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from webapp.accounts.ownership import visible_prediction
from webapp.models import Prediction
from webapp.platform.extensions import extensions
from webapp.platform.storage import PICTURE
from webapp.predictions.steps import STEP

pages = Blueprint("images", __name__, url_prefix="/predictions/<prediction_id>/images")

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@pages.get("/<name>")
def show(prediction_id: str, name: str) -> Response:
    prediction = visible_prediction(prediction_id)
    filename, media_type = _file(prediction, name)
    try:
        content = extensions.storage.read(prediction.id, filename)
    except FileNotFoundError:
        abort(404)
    return picture_response(content, media_type)


@pages.get("/digits/<int:position>")
def digit(prediction_id: str, position: int) -> Response:
    prediction = visible_prediction(prediction_id)
    found = next((digit for digit in prediction.digits if digit.position == position), None)
    return picture_response(found.ink_png, "image/png") if found else abort(404)


def _file(prediction: Prediction, name: str) -> tuple[str, str]:
    """The stored file behind a name in the URL, and the type it is served with."""
    if name in ("preview", "thumbnail"):
        return f"{name}.jpg", "image/jpeg"
    if name == PICTURE:
        return extensions.storage.picture_name(prediction.id), prediction.media_type
    return (name, "image/png") if STEP.fullmatch(name) else abort(404)


def picture_response(content: bytes, media_type: str) -> Response:
    """A picture that a browser may keep but must ask for: each time its owner is checked anew."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
