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
        return np.asarray(above > np.clip(3.5 * paper_noise(above), _MIN_CONTRAST, _MAX_CONTRAST))


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
    noise = 3.0 * np.maximum(paper_noise(absorbed), _noise_near(absorbed))
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


def paper_noise(levels: Grey) -> float:
    """The standard deviation of the levels on blank paper: that of the smoother tiles."""
    return float(np.percentile(_deviations(levels), _SMOOTH_TILES))


def _noise_near(levels: Grey) -> Grey:
    """The same around each pixel, (height, width): a photograph is noisier where it is darker."""
    deviations = _deviations(levels)
    rows, columns = (range(0, side, _NEAR_TILES) for side in deviations.shape)
    near = [[_smoothest(deviations, row, column) for column in columns] for row in rows]
    size = (levels.shape[1], levels.shape[0])
    return np.asarray(cv2.resize(np.array(near, np.float32), size, interpolation=cv2.INTER_LINEAR))


def _smoothest(deviations: Grey, row: int, column: int) -> float:
    """The deviation of the smoother tiles around a block of tiles."""
    rows = slice(max(0, row - _NEAR_TILES // 2), row + 3 * _NEAR_TILES // 2)
    columns = slice(max(0, column - _NEAR_TILES // 2), column + 3 * _NEAR_TILES // 2)
    return float(np.percentile(deviations[rows, columns], _SMOOTH_TILES))


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
