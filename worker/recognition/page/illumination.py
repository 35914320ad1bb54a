"""Even lighting: which way the ink goes, and how much of the paper's light it takes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Image
from worker.recognition.page.working_image import shrunk

_SMALL_SIDE = 192  # lighting varies slowly: everything here is judged on a small copy


def is_light_on_dark(grey: Image) -> bool:
    """Whether the ink is lighter than what it lies on: chalk, dark screens, MNIST itself.

    Strokes are narrow, gaps between them wider. A morphological closing with a small window fills
    dark strokes and an opening takes away light ones (top-hat transforms; Serra, 1982), so
    whichever of the two responds to the narrower windows is the ink. Where neither is clear, as in
    a filled shape, an even border is paper. A border of pure black or pure white is not a
    photograph's: it is the canvas of a drawing, or of a picture that was cut free.
    """
    small = _small(grey)
    canvas = _canvas(_border(small))
    if canvas is not None:
        return canvas < 128
    dark = _narrowness(small, cv2.MORPH_BLACKHAT)
    light = _narrowness(small, cv2.MORPH_TOPHAT)
    border = _border(small)
    low, high = np.percentile(small, [1, 99])
    if high - low < _FLAT:
        return bool(np.median(border) < 128)
    near = np.abs(border - float(np.median(border))) < 0.1 * (high - low)
    is_even = float(np.mean(near)) > 0.7
    if is_even and max(dark, light) < _DECISIVE * min(dark, light):
        return float(np.median(border)) < (float(low) + float(high)) / 2
    return light > dark


def _canvas(border: NDArray[np.uint8]) -> int | None:
    """The grey level of a border that is one pure colour nearly all around; None for another."""
    for level in (0, 255):
        if float(np.mean(np.abs(border.astype(np.int16) - level) <= _PURE)) > 0.6:
            return level
    return None


_PURE = 3  # grey levels: what a JPEG leaves of pure black or white
_WINDOWS = (3, 5, 9, 15, 23, 33, 45, 61)  # pixels of the small copy
_FLAT = 12  # grey levels: nothing but grain
_DECISIVE = 4.0  # an even border is good evidence itself


def _narrowness(small: Image, transform: int) -> float:
    """How much of the picture lies in strokes, each weighing less the wider the window it needs."""
    total = before = 0.0
    for window in (w for w in _WINDOWS if w <= max(3, min(small.shape) // 3)):
        kernel = np.ones((window, window), np.uint8)
        response = float(np.mean(_significant(cv2.morphologyEx(small, transform, kernel))))
        total += max(0.0, response - before) / window**2
        before = response
    return total


def background(grey: Image) -> Grey:
    """The paper without its ink, (height, width) float32 in the grey levels of the picture.

    The picture holds dark ink on light paper. Under even light (a scan, a drawing, a close crop)
    the border's own level serves, whatever the width of the strokes. Else a closing larger than
    any stroke tells ink from paper and keeps the edges of shadows; the paper that is left is
    smoothed, and the closing bridges the ink.
    """
    small = _small(grey)
    border = _border(small)
    if _canvas(border) == 255:  # no light falls on a canvas
        return np.full(grey.shape, 255, np.float32)
    low, high = np.percentile(border, [12, 88])
    contrast = max(1.0, float(high) - float(np.percentile(small, 1)))
    if high - low < 0.12 * contrast:
        return np.full(grey.shape, max(1.0, float(np.median(border))), np.float32)
    window = max(3, min(small.shape) // 5) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    filled = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    smooth = _mean_of_paper(small, filled, reach=window / 8)
    height, width = grey.shape
    whole = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    darkest_paper = max(1.0, 0.2 * float(np.percentile(smooth, 95)))  # beyond this it is a desk
    return np.asarray(np.maximum(whole, darkest_paper), np.float32)


def _mean_of_paper(small: Image, filled: NDArray[Any], reach: float) -> Grey:
    """The local mean of the pixels that are paper; the filled level where there are none."""
    is_paper = (small > 0.9 * filled).astype(np.float32)
    rare = np.float32(0.02)
    share = cv2.GaussianBlur(is_paper, (0, 0), reach) + rare
    light = cv2.GaussianBlur(is_paper * small, (0, 0), reach)
    bridged = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), reach)
    return np.asarray((light + rare * bridged) / share, np.float32)


def absorption(grey: Image, paper: Grey) -> Grey:
    """The share of the paper's light that is missing, (height, width) float32, at most 1.

    Negative where a pixel is brighter than its paper: that is grain or glare, never ink.
    """
    return np.asarray(1.0 - grey / paper, np.float32)


def grain(absorbed: Grey) -> float:
    """How dark the paper's own grain gets, in absorption.

    Ink only darkens, so the bright side of the paper's spread is grain alone; the dark side of
    the grain mirrors it.
    """
    return max(0.0, -float(np.percentile(absorbed[::3, ::3], 0.5)))


def _small(grey: Image) -> Image:
    return shrunk(grey, _SMALL_SIDE)


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


def _significant(response: NDArray[Any]) -> NDArray[np.float32]:
    """What stands out of the paper's grain."""
    return np.asarray(np.maximum(response - np.float32(12.0), 0.0), np.float32)
