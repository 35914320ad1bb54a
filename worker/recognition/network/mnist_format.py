"""MNIST's format: 20 pixels on the longest side, centred by mass in 28×28, white on black.

LeCun, Cortes and Burges, "The MNIST database of handwritten digits": the digits were
"size normalized to fit in a 20x20 pixel box while preserving their aspect ratio", with grey levels
from the anti-aliasing, and centred "by computing the center of mass of the pixels".
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Ink

SIDE = 28
BOX = 20
EDGE = 0.2  # ink from which on a pixel belongs to the bounding box of a glyph
_FINE = 8  # the glyph is worked on at eight times its final size, so that a stroke is many pixels
_THIN, _TARGET_THIN = 1.6, 2.2  # pixels at 28×28; MNIST's own strokes: 1.5 to 3.7, median 2.25
_THICK, _TARGET_THICK = 4.2, 3.6


def to_mnist(glyph: NDArray[np.float32]) -> Ink:
    """A glyph's soft ink in MNIST's format, (28, 28) float32, 0..1, white ink on black.

    `glyph` is (height, width) float32, 0..1: 0.5 is the edge of a stroke.
    """
    fine = _with_mnist_weight(_fitted(glyph))
    rows, columns = np.nonzero(fine > EDGE)
    if rows.size == 0:
        return np.zeros((SIDE, SIDE), np.float32)
    tight = fine[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return _centred(_shrunk(tight))


def stroke_width(fine: NDArray[np.float32]) -> float:
    """The median width of the strokes in pixels, measured along the ridge of the distance map."""
    mask = cv2.copyMakeBorder((fine > 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 1e-3) & (distance > 0.5)
    return 2 * float(np.median(distance[ridge])) if ridge.any() else 0.0


def _fitted(glyph: NDArray[np.float32]) -> NDArray[np.float32]:
    """The glyph with its longest side at 160 pixels and an empty rim around it."""
    height, width = glyph.shape
    scale = BOX * _FINE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fine = np.clip(cv2.resize(glyph, size, interpolation=how), 0, 1)
    rim = 2 * _FINE
    return np.asarray(cv2.copyMakeBorder(fine, rim, rim, rim, rim, cv2.BORDER_CONSTANT), np.float32)


def _with_mnist_weight(fine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Thin strokes thickened and thick ones thinned, unless that would change the holes."""
    width = stroke_width(fine) / _FINE
    if 0 < width < _THIN:
        target = _TARGET_THIN
    elif _THICK < width < BOX / 3:
        target = _TARGET_THICK
    else:
        return fine
    before = _holes(fine, least=3 * _FINE**2)
    for share in (1.0, 0.7, 0.4):
        changed = _offset(fine, share * (target - width) * _FINE / 2)
        if _holes(changed, least=_FINE**2 / 2) >= before and (
            width < target or _parts(changed) == _parts(fine)
        ):
            return changed
    return fine


def _offset(fine: NDArray[np.float32], outwards: float) -> NDArray[np.float32]:
    """The outline moved outwards by some pixels, with an edge that is one final pixel wide."""
    mask = (fine > 0.5).astype(np.uint8)
    outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    signed = inside - outside  # positive in the ink
    return np.asarray(np.clip(0.5 + (signed + outwards) / _FINE, 0, 1), np.float32)


def _holes(fine: NDArray[np.float32], least: float) -> int:
    """The number of holes in the ink of at least `least` pixels."""
    ground = (fine <= 0.5).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ground, connectivity=4)
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] >= least)) - 1


def _parts(fine: NDArray[np.float32]) -> int:
    """The number of connected components of the ink."""
    parts, _ = cv2.connectedComponents((fine > 0.5).astype(np.uint8), connectivity=8)
    return parts - 1


def _shrunk(tight: NDArray[np.float32]) -> NDArray[np.float32]:
    """The glyph at its final size: each pixel is the mean of those it covers."""
    height, width = tight.shape
    scale = BOX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(tight, size, interpolation=cv2.INTER_AREA)
    peak = float(np.percentile(small[small > 0.2], 90)) if (small > 0.2).any() else 1.0
    return np.asarray(np.clip(small / max(peak, 0.3), 0, 1), np.float32)


def _centred(small: NDArray[np.float32]) -> Ink:
    """The centre of mass at the middle of the picture, to the nearest whole pixel."""
    height, width = small.shape
    rows, columns = np.mgrid[:height, :width]
    mass = float(small.sum())
    top = round(SIDE / 2 - float((rows * small).sum()) / mass)
    left = round(SIDE / 2 - float((columns * small).sum()) / mass)
    top, left = min(max(top, 0), SIDE - height), min(max(left, 0), SIDE - width)
    ink = np.zeros((SIDE, SIDE), np.float32)
    ink[top : top + height, left : left + width] = small
    return ink


def centred(canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shrink the ink to 20 pixels and put its centre of mass at the middle of 28×28.

    An empty canvas stays empty. Source: the MNIST page of LeCun, Cortes and Burges.
    """
    rows, columns = np.nonzero(canvas.max(axis=1))[0], np.nonzero(canvas.max(axis=0))[0]
    if rows.size == 0:
        return np.zeros((28, 28), np.uint8)
    ink = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ratio = 20.0 / max(ink.shape)
    size = (max(1, round(ink.shape[1] * ratio)), max(1, round(ink.shape[0] * ratio)))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    moments = cv2.moments(small)
    mass = moments["m00"] or 1.0
    shift = np.array(
        [
            [1, 0, 13.5 - moments["m10"] / mass],
            [0, 1, 13.5 - moments["m01"] / mass],
        ]
    )
    return np.asarray(cv2.warpAffine(small, shift, (28, 28)), dtype=np.uint8)
