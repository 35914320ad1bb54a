"""Page ink: the light that ink and rules absorb, on a straightened page, in any colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.recognition.arrays import Grey, Image, Mask
from worker.recognition.page.working_image import shrunk

_BACKGROUND_SIDE = 400  # pixels of the copy in which the paper's light is estimated
_BORDER = 0.1  # of each side of that copy
_NEIGHBOURHOOD = 41  # pixels of that copy: higher than any line of writing
_WINDOW = 0.05  # of the longest side: wider than any stroke or rule
_TILE = 16  # pixels
_SMOOTH_TILES = 35  # per cent of the tiles have neither writing nor the texture of a desk
_MIN_CONTRAST, _MAX_CONTRAST = (
    0.035,
    0.07,
)  # of the paper's light, from a rule to the paper around it
_MIN_NOISE, _MAX_NOISE = 0.045, 0.13  # of the paper's light
_NEAR_TILES = 12  # tiles around a place whose noise counts there


@dataclass(frozen=True)
class PageInk:
    """A straightened page with the share of light that each pixel absorbs."""

    page: Image  # (height, width, 3) uint8 RGB
    absorbed: Grey  # (height, width) float32, 0..1, of the colour channel with the most
    noise: Grey  # (height, width) float32: absorption below this is the paper's
    saturation: Grey  # (height, width) float32, 0..1: how coloured the ink is

    @property
    def faint(self) -> Mask:
        """Everything darker than the paper around it, rules among them, (height, width) bool."""
        above = self.absorbed - cv2.blur(self.absorbed, (41, 41))
        return np.asarray(
            above > np.clip(3.5 * _smoothest(_deviations(above)), _MIN_CONTRAST, _MAX_CONTRAST)
        )


def measure_ink(page: Image) -> PageInk:
    """The ink of a page, (height, width, 3) uint8 RGB, dark on light or light on dark."""
    if _is_light_on_dark(np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)):
        page = np.asarray(255 - page, np.uint8)
    smooth = cv2.GaussianBlur(page, (0, 0), 0.7)
    signed = 1 - smooth.astype(np.float32) / _paper(page)
    luma = signed @ np.array([0.299, 0.587, 0.114], np.float32)
    strongest = signed.max(axis=2)
    absorbed = np.clip(0.5 * luma + 0.5 * strongest, 0, 1).astype(np.float32)
    saturation = np.clip(strongest - signed.min(axis=2), 0, 1).astype(np.float32)
    deviations = _deviations(absorbed)
    noise = 3.0 * np.maximum(_smoothest(deviations), _smoothest_near(deviations, absorbed.shape))
    return PageInk(page, absorbed, np.clip(noise, _MIN_NOISE, _MAX_NOISE), saturation)


def _is_light_on_dark(grey: Image) -> bool:
    """Whether the ink is lighter than the paper, as chalk is.

    Writing covers less than half of any neighbourhood, so that the median is the paper's light, and
    what differs most from it is ink. The border, where a scanner's black may be, is left out.
    """
    small = shrunk(grey, _BACKGROUND_SIDE)
    rows, columns = (round(_BORDER * side) for side in small.shape)
    middle = small[rows : small.shape[0] - rows, columns : small.shape[1] - columns]
    difference = middle.astype(np.int16) - cv2.medianBlur(middle, _NEIGHBOURHOOD)
    darkest, lightest = np.percentile(difference, [1, 99])
    return bool(lightest > -darkest)


def _smoothest(deviations: Grey) -> float:
    """The standard deviation on blank paper: that of the smoother tiles."""
    return float(np.percentile(deviations, _SMOOTH_TILES))


def _smoothest_near(deviations: Grey, shape: tuple[int, ...]) -> Grey:
    """The same around each pixel, of this shape: a photograph is noisier where it is darker."""
    rows, columns = (
        [_around(start) for start in range(0, n, _NEAR_TILES)] for n in deviations.shape
    )
    near = np.array([[_smoothest(deviations[r, c]) for c in columns] for r in rows], np.float32)
    return np.asarray(cv2.resize(near, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))


def _around(start: int) -> slice:
    """The tiles of a block that starts here, with half a block on each side."""
    return slice(max(0, start - _NEAR_TILES // 2), start + 3 * _NEAR_TILES // 2)


def _deviations(levels: Grey) -> Grey:
    """The standard deviation of the levels in each tile, (rows, columns)."""
    height, width = (side // _TILE * _TILE for side in levels.shape)
    tiles = levels[:height, :width].reshape(height // _TILE, _TILE, width // _TILE, _TILE)
    return np.asarray(tiles.std(axis=(1, 3)), np.float32)


def _paper(page: Image) -> Grey:
    """The page without ink, (height, width, 3) float32, at least 1."""
    small = shrunk(page, _BACKGROUND_SIDE)
    window = max(5, round(_WINDOW * max(small.shape[:2]))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    closed = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    smooth = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), window / 3)
    size = (page.shape[1], page.shape[0])
    whole = cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(
        np.maximum(whole, max(1.0, 0.15 * float(np.percentile(smooth, 90)))), np.float32
    )
