"""The first filters of a network as they form: a picture for each epoch."""

from __future__ import annotations

import io
from array import array
from collections.abc import Sequence

from flask import Blueprint, Response, abort
from sqlalchemy import select

from webapp.accounts.guards import admin_required
from webapp.models import FilterSnapshot
from webapp.platform.database import db
from webapp.platform.image_response import image_response

pages = Blueprint("filters", __name__, url_prefix="/admin/training-runs/<int:run_id>/filters")

SIDE = 84  # pixels of one filter in the picture, which 3, 4 and 28 divide
GAP = 12  # pixels between two filters
COLUMNS = 8
SHOWN = 8  # epochs, evenly spaced

NEGATIVE, ZERO, POSITIVE = (31, 95, 139), (255, 253, 249), (176, 64, 14)  # red, green, blue
BACKGROUND = (76, 68, 60)


@pages.get("/<int:epoch>")
@admin_required
def show(run_id: int, epoch: int) -> Response:
    """A PNG of the filters in a grid: orange adds to the score, blue takes away from it."""
    snapshot = db.session.scalar(
        select(FilterSnapshot).filter_by(training_run_id=run_id, epoch=epoch)
    )
    if snapshot is None:
        abort(404)
    return image_response(as_png(snapshot), "image/png")


def epochs_to_show(epochs: Sequence[int]) -> list[int]:
    """The first, the last, and some evenly spaced in between."""
    last = len(epochs) - 1
    if last < SHOWN:
        return list(epochs)
    return [epochs[round(index * last / (SHOWN - 1))] for index in range(SHOWN)]


def as_png(snapshot: FilterSnapshot) -> bytes:
    from PIL import Image  # noqa: PLC0415 (the web needs it for a few pages only)

    rows = -(-snapshot.count // COLUMNS)
    grid = Image.new("RGB", (COLUMNS * (SIDE + GAP) - GAP, rows * (SIDE + GAP) - GAP), BACKGROUND)
    weights = array("b", snapshot.weights)
    area = snapshot.height * snapshot.width
    for index in range(snapshot.count):
        tile = Image.new("RGB", (snapshot.width, snapshot.height))
        tile.putdata([_colour(weight) for weight in weights[index * area : (index + 1) * area]])
        enlarged = tile.resize((SIDE, SIDE), Image.Resampling.NEAREST)
        row, column = divmod(index, COLUMNS)
        grid.paste(enlarged, (column * (SIDE + GAP), row * (SIDE + GAP)))
    file = io.BytesIO()
    grid.save(file, "PNG")
    return file.getvalue()


def _colour(weight: int) -> tuple[int, int, int]:
    """From ZERO to POSITIVE or NEGATIVE, by the weight's magnitude of at most 127."""
    end, share = (POSITIVE if weight > 0 else NEGATIVE), abs(weight) / 127
    red, green, blue = (
        round(zero + (full - zero) * share) for zero, full in zip(ZERO, end, strict=True)
    )
    return red, green, blue
