"""The pictures of a prediction, each with a fixed type, for its owner and for admins."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from webapp.accounts.ownership import visible_prediction
from webapp.models import Prediction
from webapp.platform.extensions import extensions
from webapp.platform.image_response import image_response
from webapp.platform.storage import PICTURE
from webapp.predictions.steps import STEP

pages = Blueprint("images", __name__, url_prefix="/predictions/<prediction_id>/images")


@pages.get("/<name>")
def show(prediction_id: str, name: str) -> Response:
    prediction = visible_prediction(prediction_id)
    filename, media_type = _file(prediction, name)
    try:
        content = extensions.storage.read(prediction.id, filename)
    except FileNotFoundError:
        abort(404)
    return image_response(content, media_type)


@pages.get("/digits/<int:position>")
def digit(prediction_id: str, position: int) -> Response:
    prediction = visible_prediction(prediction_id)
    found = next((digit for digit in prediction.digits if digit.position == position), None)
    return image_response(found.ink_png, "image/png") if found else abort(404)


def _file(prediction: Prediction, name: str) -> tuple[str, str]:
    """The stored file for a name in the URL, and the type that it is served with."""
    if name in ("preview", "thumbnail"):
        return f"{name}.jpg", "image/jpeg"
    if name == PICTURE:
        return extensions.storage.picture_name(prediction.id), prediction.media_type
    return (name, "image/png") if STEP.fullmatch(name) else abort(404)
