"""The page of a batch: its pictures with their readings, which appear as they are read."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.corrections.visibility import visible_corrections
from webapp.models import Status
from webapp.predictions.batches import Batch, visible_batch
from webapp.predictions.refused_uploads import RefusedUpload

pages = Blueprint("batches", __name__, url_prefix="/batches")


@pages.get("/<batch_id>")
def show(batch_id: str) -> str:
    return batch_page(visible_batch(batch_id))


def batch_page(batch: Batch, refused: list[RefusedUpload] | None = None) -> str:
    """The page, with the pictures that were sent with the batch and not accepted."""
    return render_template(
        "predictions/batch.html",
        batch=batch,
        corrections=visible_corrections(batch.predictions),
        refused=refused or [],
        Status=Status,
    )
