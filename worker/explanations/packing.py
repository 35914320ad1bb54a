"""Packing: the contents of an explanation as the bytes of an array archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from webapp.explanations.files import FORMAT
from webapp.platform.array_archive import pack

if TYPE_CHECKING:
    from worker.recognition.arrays import Image
    from worker.recognition.explanation.contents import Contents


def packed(contents: Contents) -> bytes:
    return pack(
        {**contents.facts, "format": FORMAT},
        {
            name: (numbers.shape, np.ascontiguousarray(numbers, "<f4").tobytes())
            for name, numbers in contents.arrays.items()
        },
        {name: _png(picture) for name, picture in contents.pictures.items()},
    )


def _png(picture: Image) -> bytes:
    """8-bit grey (height, width), or RGB (height, width, 3), as a PNG."""
    pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) if picture.ndim == 3 else picture
    done, encoded = cv2.imencode(".png", pixels)
    if not done:
        raise OSError("The picture could not be written as a PNG.")
    return encoded.tobytes()
