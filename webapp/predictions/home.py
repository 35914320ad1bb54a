"""The front page: the forms for a picture, and the latest readings."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template

from webapp.accounts.current_owner import hand_out_owner
from webapp.corrections.visibility import visible_corrections
from webapp.platform.extensions import extensions
from webapp.predictions.history import latest
from webapp.predictions.refused_uploads import RefusedUpload
from webapp.predictions.samples import SAMPLES

pages = Blueprint("home", __name__)

LATEST = 6


@pages.get("/")
def index() -> str:
    hand_out_owner()  # so that pictures uploaded at once from this page have one owner
    return front_page()


def front_page(refused: Sequence[RefusedUpload] = ()) -> str:
    """The page, with the reason why each of the pictures just sent was refused, if any was."""
    predictions = latest(LATEST)
    return render_template(
        "predictions/home.html",
        latest=predictions,
        corrections=visible_corrections(predictions),
        refused=refused,
        samples=SAMPLES,
        max_bytes=extensions.settings.max_upload_bytes,
        retention=extensions.settings.retention,
    )
