"""Illumination: polarity of the ink, the background without ink, and the light that ink absorbs."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Image
from worker.recognition.page.working_image import shrunk

_LIGHTING_SIDE = 192  # pixels: lighting varies slowly, so a small copy is enough
_CANVAS_TOLERANCE = 3  # grey levels: JPEG compression changes pure black and white by so much
_WINDOWS = (3, 5, 9, 15, 23, 33, 45, 61)  # pixels of the small copy
_MIN_CONTRAST = 12  # grey levels: with less there is only noise
_DECISIVE_RATIO = 4.0  # an even border is good evidence itself


def is_light_on_dark(grey: Image) -> bool:
    """Whether the ink is lighter than its background, as chalk, dark screens and MNIST are.

    Strokes are narrow, gaps between them wider. A morphological closing with a small window fills
    dark strokes and an opening removes light ones (top-hat transforms; Serra, 1982), so
    whichever of the two responds to the narrower windows is the ink. Where neither is clear, as in
    a filled shape, an even border is background. A border of pure black or pure white is the
    canvas of a drawing or of a cut-out picture, since no photograph has one.
    """
    small = _small_copy(grey)
    border = _border(small)
    canvas = _canvas_level(border)
    if canvas is not None:
        return canvas < 128
    dark = _stroke_response(small, cv2.MORPH_BLACKHAT)
    light = _stroke_response(small, cv2.MORPH_TOPHAT)
    low, high = np.percentile(small, [1, 99])
    if high - low < _MIN_CONTRAST:
        return bool(np.median(border) < 128)
    is_near_median = np.abs(border - float(np.median(border))) < 0.1 * (high - low)
    is_even = float(np.mean(is_near_median)) > 0.7
    if is_even and max(dark, light) < _DECISIVE_RATIO * min(dark, light):
        return float(np.median(border)) < (float(low) + float(high)) / 2
    return light > dark


def _canvas_level(border: NDArray[np.uint8]) -> int | None:
    """The grey level of a border that is nearly all pure black or white; None for another."""
    for level in (0, 255):
        distance = np.abs(border.astype(np.int16) - level)
        if float(np.mean(distance <= _CANVAS_TOLERANCE)) > 0.6:
            return level
    return None


def _stroke_response(small: Image, transform: int) -> float:
    """How much of the picture lies in strokes, each weighted less the wider the window it needs."""
    total = before = 0.0
    for window in (w for w in _WINDOWS if w <= max(3, min(small.shape) // 3)):
        kernel = np.ones((window, window), np.uint8)
        response = float(np.mean(_above_noise(cv2.morphologyEx(small, transform, kernel))))
        total += max(0.0, response - before) / window**2
        before = response
    return total


def estimate_background(grey: Image) -> Grey:
    """The paper without its ink, (height, width) float32 in the grey levels of the picture.

    The picture holds dark ink on light paper. Under even light (a scan, a drawing, a close crop)
    the border's own level serves, however wide the strokes are. Otherwise a closing larger than
    any stroke separates ink from paper and keeps the edges of shadows; the remaining paper is
    smoothed, and the closing bridges the ink.
    """
    small = _small_copy(grey)
    border = _border(small)
    if _canvas_level(border) == 255:  # a canvas has no illumination to correct
        return np.full(grey.shape, 255, np.float32)
    low, high = np.percentile(border, [12, 88])
    contrast = max(1.0, float(high) - float(np.percentile(small, 1)))
    if high - low < 0.12 * contrast:
        return np.full(grey.shape, max(1.0, float(np.median(border))), np.float32)
    window = max(3, min(small.shape) // 5) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    closed = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    smooth = _local_mean_of_paper(small, closed, sigma=window / 8)
    height, width = grey.shape
    whole = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    darkest_paper = max(1.0, 0.2 * float(np.percentile(smooth, 95)))  # darker areas are a desk
    return np.asarray(np.maximum(whole, darkest_paper), np.float32)


def _local_mean_of_paper(small: Image, closed: NDArray[Any], sigma: float) -> Grey:
    """The local mean of the pixels that are paper; the closed level where there are none."""
    is_paper = (small > 0.9 * closed).astype(np.float32)
    weight_of_closed = np.float32(0.02)
    weight = cv2.GaussianBlur(is_paper, (0, 0), sigma) + weight_of_closed
    light = cv2.GaussianBlur(is_paper * small, (0, 0), sigma)
    bridged = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), sigma)
    return np.asarray((light + weight_of_closed * bridged) / weight, np.float32)


def absorption(grey: Image, background: Grey) -> Grey:
    """The share of the background's light that is missing, (height, width) float32, at most 1.

    Negative where a pixel is brighter than its background, which is noise or glare.
    """
    return np.asarray(1.0 - grey / background, np.float32)


def noise_level(signed_absorption: Grey) -> float:
    """The absorption that the paper's noise reaches.

    Ink only darkens, so the bright side of the paper's spread is noise alone; the dark side of
    the noise mirrors it.
    """
    return max(0.0, -float(np.percentile(signed_absorption[::3, ::3], 0.5)))


def _small_copy(grey: Image) -> Image:
    return shrunk(grey, _LIGHTING_SIDE)


def _border(small: Image) -> NDArray[np.uint8]:
    """The outermost twentieth of the picture, flat."""
    depth = max(1, min(small.shape) // 20)
    return np.concatenate(
        [
            small[:depth].ravel(),
            small[-depth:].ravel(),
            small[:, :depth].ravel(),
            small[:, -depth:].ravel(),
        ]
    )


def _above_noise(response: NDArray[Any]) -> NDArray[np.float32]:
    """The part of a response that exceeds the noise of paper."""
    return np.asarray(np.maximum(response - np.float32(_MIN_CONTRAST), 0.0), np.float32)
