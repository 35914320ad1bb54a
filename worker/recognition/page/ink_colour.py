"""Colour: the grey in which the ink shows, for ink as bright as its paper."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.page.working_image import shrunk

_SMALL_SIDE = 128
_INK_SHARE = 0.02  # of the picture: the pixels that differ most from their paper
_PLAIN_DIFFERENCE = 45.0  # levels, as a distance in RGB
_SEEN_IN_GREY = 0.35  # of that distance: less, and the eye too tells the ink by its hue
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def grey_of(pixels: Image) -> Image:
    """The picture in grey levels, (height, width) uint8.

    Ordinarily its luma. Where the ink differs from the paper in hue alone, as yellow on white or
    red on green do, the projection on the difference of their colours.
    """
    direction = _hue_of_ink(pixels)
    if direction is None:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    weights = np.asarray(direction / np.abs(direction).sum(), np.float32)
    lift = 255 * float(-weights[weights < 0].sum())  # keeps the weighted sum within 0..255
    projected = cv2.transform(pixels.astype(np.float32), weights[None, :]) + lift
    return np.asarray(np.clip(projected, 0, 255), np.uint8)


def _hue_of_ink(pixels: Image) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """The direction in RGB from ink to paper, (3,); None where luma shows the ink well."""
    small = shrunk(pixels, _SMALL_SIDE)
    window = min(127, max(3, min(small.shape[:2]) // 3)) | 1
    paper = cv2.medianBlur(small, window)
    apart = (small.astype(np.float64) - paper).reshape(-1, 3)
    distance = np.linalg.norm(apart, axis=1)
    ink = apart[distance >= np.quantile(distance, 1 - _INK_SHARE)]
    if np.median(np.linalg.norm(ink, axis=1)) < _PLAIN_DIFFERENCE:
        return None
    direction = np.linalg.svd(ink, full_matrices=False)[2][0]
    if abs(direction @ _LUMA) > _SEEN_IN_GREY:
        return None
    return np.asarray(direction if direction.sum() >= 0 else -direction, np.float64)
