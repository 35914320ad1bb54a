"""Pixels: files, decoded by `webapp.imaging`, as the arrays that the recogniser reads."""

from __future__ import annotations

import numpy as np

from webapp.imaging.decoding import decode, decode_stored
from webapp.imaging.uploads import UploadError
from worker.recognition.arrays import Image


def stored_pixels(data: bytes) -> Image:
    """A file that Cifra stored, as (height, width) grey or (height, width, 3) RGB uint8.

    Raises an UploadError for a damaged file.
    """
    return np.asarray(decode_stored(data))


def foreign_pixels(data: bytes, max_pixels: int) -> Image | None:
    """A file of a labelled set, decoded in this process; None where an upload would be refused."""
    try:
        return np.asarray(decode(data, max_pixels=max_pixels).image)
    except UploadError:
        return None
