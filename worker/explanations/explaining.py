"""Explaining: claims one explanation, computes it, stores its file and settles its row."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import cv2
import numpy as np
from sqlalchemy.orm import Session

from webapp.explanations.files import training_digits_sample
from webapp.models import Digit, Explanation, ModelVersion, Prediction
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from worker.explanations.networks import explainer_of
from worker.explanations.packing import packed
from worker.explanations.training_digits import directions_of, training_digits
from worker.serving.pixels import stored_pixels
from worker.serving.step_pictures import keep_step_pictures
from worker.serving.watchdog import ending_after

if TYPE_CHECKING:
    from worker.recognition.explanation.contents import Contents

LEASE = timedelta(minutes=2)  # an explanation takes about a second; the first loads TensorFlow

log = logging.getLogger(__name__)


def explain_next(worker: str) -> bool:
    """Compute the oldest explanation that waits; returns False where none does."""
    waits = Explanation.any_waiting(db.session())
    db.session.rollback()
    if not waits:
        return False
    with writing() as session:
        claimed = Explanation.claim(session, by=worker, lease=LEASE)
    if claimed is None:
        return False
    with ending_after(LEASE):
        content = _try(claimed)
    if content is not None:
        extensions.storage.put(claimed.prediction_id, claimed.filename, content, durably=False)
    _settle(claimed, worker, is_done=content is not None)
    return True


def _try(claimed: Explanation) -> bytes | None:
    """The file; None where the explanation could not be computed, which the log explains."""
    try:
        with Session(db.engine) as session:
            prediction = session.get(Prediction, claimed.prediction_id)
            digits = prediction.digits if prediction else []
            digit = next((digit for digit in digits if digit.position == claimed.position), None)
            if prediction is None or digit is None or prediction.model_version is None:
                return None
            return packed(_contents(claimed, prediction, digit, prediction.model_version))
    except Exception:
        log.exception("An explanation of prediction %s failed.", claimed.prediction_id)
        return None


def _contents(
    claimed: Explanation, prediction: Prediction, digit: Digit, version: ModelVersion
) -> Contents:
    if claimed.compared is None:
        return _explain(prediction, digit, version)
    models_dir = extensions.settings.models_dir
    explainer = explainer_of(version, models_dir)
    digits = training_digits(training_digits_sample(models_dir))
    of_digits = directions_of(digits, explainer, version, models_dir) if digits else None
    seen = None if digits is None or of_digits is None else (digits, of_digits)
    return explainer.compare(_ink(digit), claimed.compared, seen)


def _explain(prediction: Prediction, digit: Digit, version: ModelVersion) -> Contents:
    from worker.recognition.page.binarisation import binarise  # noqa: PLC0415
    from worker.recognition.page.working_image import working_image  # noqa: PLC0415
    from worker.recognition.reading import Box  # noqa: PLC0415

    storage = extensions.storage
    if not any(name.startswith("step-") for name in storage.names(prediction.id)):
        keep_step_pictures(prediction, storage)  # the page shows them; no reader need draw them
    explainer = explainer_of(version, extensions.settings.models_dir)
    pixels = stored_pixels(storage.read_picture(prediction.id))
    # The row has pixels of the upload; the stored picture may be smaller.
    scale = max(pixels.shape[:2]) / max(prediction.width, prediction.height)
    box = Box(*(round(side * scale) for side in (digit.x, digit.y, digit.width, digit.height)))
    return explainer.explain(_ink(digit), binarise(working_image(pixels)), box)


def _ink(digit: Digit) -> np.ndarray:
    """The stored 28×28 picture, (28, 28) float32, 0..1, in 256 levels."""
    levels = cv2.imdecode(np.frombuffer(digit.ink_png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if levels is None:
        raise ValueError("The stored ink is damaged.")
    return levels.astype(np.float32) / np.float32(255)


def _settle(claimed: Explanation, worker: str, *, is_done: bool) -> None:
    """Commit the outcome, unless another worker holds the row by now."""
    with writing() as session:
        row = session.get(Explanation, claimed.id, with_for_update={"of": Explanation})
        if row is not None and row.is_held_by(worker):
            row.succeed() if is_done else row.fail()
        exists = session.get(Prediction, claimed.prediction_id) is not None
    if not exists:
        extensions.storage.delete(claimed.prediction_id)  # it was deleted meanwhile
