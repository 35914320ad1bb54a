"""The step pictures of a prediction: drawn when a page first shows them, and then kept."""

from __future__ import annotations

import re

import cv2
import numpy as np

from webapp.models import Prediction
from webapp.platform.storage import Storage
from worker.recognition.arrays import Image
from worker.recognition.reading import Box
from worker.serving.pixels import stored_pixels

PNG_OPTIONS = [cv2.IMWRITE_PNG_COMPRESSION, 3]
LAST = "-found.png"


def has_step_pictures(prediction_id: str, storage: Storage) -> bool:
    """Whether all of them are stored; the last one is stored last."""
    return any(name.endswith(LAST) for name in storage.names(prediction_id))


def keep_step_pictures(prediction: Prediction, storage: Storage) -> None:
    """Draw and store the steps of a picture that is read already, but those that changed nothing.

    Raises FileNotFoundError when the picture is deleted, and an UploadError when it is damaged.
    """
    from worker.recognition.page.steps import draw_steps  # noqa: PLC0415 (the trainer needs none)

    pixels = stored_pixels(storage.read_picture(prediction.id))
    scale = max(pixels.shape[:2]) / max(prediction.width, prediction.height)
    boxes = [
        Box(*(round(side * scale) for side in (digit.x, digit.y, digit.width, digit.height)))
        for digit in prediction.digits
    ]
    before = None
    for number, step in enumerate(draw_steps(pixels, boxes)):
        if before is not None and np.array_equal(before, step.image):
            continue  # this step changed nothing
        before = step.image
        name = re.sub(r"[^a-z0-9]+", "-", step.name.lower())
        content = png(step.image)
        storage.put(prediction.id, f"step-{number}-{name}.png", content, durably=False)


def png(image: Image) -> bytes:
    """8-bit grey (height, width), or RGB (height, width, 3), as a PNG."""
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    done, encoded = cv2.imencode(".png", np.ascontiguousarray(pixels), PNG_OPTIONS)
    if not done:
        raise OSError("The picture could not be written as a PNG.")
    return encoded.tobytes()
