"""Ink colour: converts a picture to the grey levels that separate ink from paper best."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.page.working_image import WorkingImage

_COLOUR_SIDE = 128  # pixels: colours are measured on a small copy
_INK_SHARE = 0.02  # of the picture: the pixels that differ most from the paper around them
_MIN_DIFFERENCE = 45.0  # levels, as a distance in RGB
_MAX_LUMA_SHARE = 0.35  # of that distance: above it the luma shows the ink well enough
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def to_grey(picture: WorkingImage) -> Image:
    """The picture in grey levels, (height, width) uint8.

    Ordinarily this is the luma. Where ink and paper differ in hue alone, as yellow on white or
    red on green do, it is the projection on the difference of their colours.
    """
    direction = _ink_to_paper(picture)
    if direction is None:
        return picture.luma
    weights = np.asarray(direction / np.abs(direction).sum(), np.float32)
    offset = 255 * float(-weights[weights < 0].sum())  # keeps the weighted sum within 0..255
    projected = cv2.transform(picture.pixels.astype(np.float32), weights[None, :]) + offset
    return np.asarray(np.clip(projected, 0, 255), np.uint8)


def _ink_to_paper(picture: WorkingImage) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """The direction in RGB from ink to paper, (3,); None where luma shows the ink well."""
    if picture.content.ndim == 2:
        return None
    small = picture.small_copy(_COLOUR_SIDE)
    window = min(127, max(3, min(small.shape[:2]) // 3)) | 1
    paper = cv2.medianBlur(small, window)
    difference = (small.astype(np.float64) - paper).reshape(-1, 3)
    distance = np.linalg.norm(difference, axis=1)
    ink = difference[distance >= np.quantile(distance, 1 - _INK_SHARE)]
    if np.median(np.linalg.norm(ink, axis=1)) < _MIN_DIFFERENCE:
        return None
    direction = np.linalg.svd(ink, full_matrices=False)[2][0]
    if abs(direction @ _LUMA) > _MAX_LUMA_SHARE:
        return None
    return np.asarray(direction if direction.sum() >= 0 else -direction, np.float64)
