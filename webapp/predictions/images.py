"""The pictures of a prediction, each with a fixed type, for its owner and for admins."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from webapp.accounts.ownership import visible_prediction
from webapp.messages import gettext_noop
from webapp.models import Prediction
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.image_response import image_response
from webapp.platform.storage import PICTURE
from webapp.predictions.steps import DRAWN, STEP, can_be_drawn
from webapp.user_errors import UserError

pages = Blueprint("images", __name__, url_prefix="/predictions/<prediction_id>/images")

SMALL_COPIES = ("preview", "thumbnail")  # older versions stored both for every picture

WAIT_SECONDS = 3.0  # for a worker to draw the steps


class NotDrawnError(UserError):
    """The workers are busy, or away."""

    status = 503
    retry_after = 5
    sentence = gettext_noop("This picture is not drawn yet. Try again in a few seconds.")


@pages.get("/<name>")
def show(prediction_id: str, name: str) -> Response:
    prediction = visible_prediction(prediction_id)
    try:
        return _stored(prediction, *_file(prediction, name))
    except FileNotFoundError:
        return _substitute(prediction, name)


@pages.get("/digits/<int:position>")
def digit(prediction_id: str, position: int) -> Response:
    prediction = visible_prediction(prediction_id)
    found = next((digit for digit in prediction.digits if digit.position == position), None)
    return image_response(found.ink_png, "image/png") if found else abort(404)


def _file(prediction: Prediction, name: str) -> tuple[str, str]:
    """The stored file for a name in the URL, and the type that it is served with."""
    if name in SMALL_COPIES:
        return f"{name}.jpg", "image/jpeg"
    if name == PICTURE:
        return extensions.storage.picture_name(prediction.id), prediction.media_type
    return (name, "image/png") if STEP.fullmatch(name) else abort(404)


def _substitute(prediction: Prediction, name: str) -> Response:
    """The picture for a copy of it that was not stored, and a step that is drawn now."""
    try:
        if name in SMALL_COPIES:
            return _stored(prediction, *_file(prediction, PICTURE))
        if can_be_drawn(prediction, name):
            _await_step(prediction.id, name)
            return _stored(prediction, _same_step(prediction.id, name), "image/png")
    except FileNotFoundError:  # deleted at this moment
        abort(404)
    return abort(404)


def _stored(prediction: Prediction, filename: str, media_type: str) -> Response:
    """Raises FileNotFoundError when there is no such file."""
    return image_response(extensions.storage.read(prediction.id, filename), media_type)


def _same_step(prediction_id: str, name: str) -> str:
    """This step, or the one before it where it changed nothing and so is not stored."""
    stored = set(extensions.storage.names(prediction_id))
    until = DRAWN[: DRAWN.index(name) + 1]
    return next((step for step in reversed(until) if step in stored), name)


def _await_step(prediction_id: str, name: str) -> None:
    """Have the steps of a reading drawn. Raises NotDrawnError when that takes too long.

    A step that changed nothing is not among them: the last one is there when all are.
    """
    db.session.close()  # its connection is free for others meanwhile
    extensions.queue.enqueue_step_pictures(prediction_id)
    paths = [extensions.storage.path(prediction_id, step) for step in (name, DRAWN[-1])]
    if not extensions.notifications.wait(
        prediction_id, lambda: any(path.exists() for path in paths), WAIT_SECONDS
    ):
        raise NotDrawnError
