"""Corner marks: the page of a printed sheet of Cifra's, seen from above and upright.

`webapp/sheets/printable.py` draws the marks: a black square, a white frame, a black core; the mark
at the lower right has no core, so that the page's upper side is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.sheets.page_corners import Points

PAGE = (595.28, 841.89)  # points, A4: the width and height of a sheet
PLACE = 40.0  # points from the page's edges to the middle of a mark
SCALE = 2.4  # pixels of the straightened page for each point
_HOLE = (0.25, 0.62)  # of the outer square's area: the white square; 4/9 as it is printed
_CORE = (0.1, 0.5)  # of the white square's area: the black core; 1/4 as it is printed
_MIN_SIDE = 8.0  # pixels of a mark
_SQUARE = 0.72  # of its rotated rectangle that a mark fills
_SHARE = 24.0**2 / (
    (PAGE[0] - 2 * PLACE) * (PAGE[1] - 2 * PLACE)
)  # of the page, that a mark covers
_SHARE_RANGE = 2.5  # times more or less, seen from an angle
_SAME_SIZE = 2.6  # times the smallest mark's area the largest has, seen from an angle
_MAX_CANDIDATES = 14


@dataclass(frozen=True)
class _Mark:
    middle: NDArray[np.float32]  # (2,), pixels
    area: float
    has_core: bool


def page_by_corner_marks(pixels: Image) -> Image | None:
    """The page of a printed sheet, (height, width, 3) uint8 RGB; None where no four marks are."""
    corners = find_corner_marks(pixels)
    if corners is None:
        return None
    width, height = PAGE
    places = np.array(
        [
            (PLACE, PLACE),
            (width - PLACE, PLACE),
            (width - PLACE, height - PLACE),
            (PLACE, height - PLACE),
        ],
        np.float32,
    )
    transform = cv2.getPerspectiveTransform(corners, places * np.float32(SCALE))
    size = (round(width * SCALE), round(height * SCALE))
    warped = cv2.warpPerspective(
        pixels, transform, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def find_corner_marks(pixels: Image) -> Points | None:
    """The middles of the four marks, from the page's upper left clockwise, in pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    window = max(31, max(grey.shape) // 12) | 1
    ink = cv2.adaptiveThreshold(
        grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 12
    )
    outlines, hierarchy = cv2.findContours(ink, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return None
    found = [
        mark
        for index in range(len(outlines))
        if (mark := _mark(index, outlines, np.asarray(hierarchy[0]))) is not None
    ]
    found.sort(key=lambda mark: -mark.area)
    return _four(found[:_MAX_CANDIDATES])


def _mark(
    index: int, outlines: Sequence[NDArray[Any]], hierarchy: NDArray[np.int32]
) -> _Mark | None:
    """The mark that a contour is the outside of; None where it is none."""
    outline = np.asarray(outlines[index])
    area = cv2.contourArea(outline)
    if area < _MIN_SIDE**2 or not _is_square(outline, area):
        return None
    hole = int(hierarchy[index][2])
    if hole < 0 or int(hierarchy[hole][0]) >= 0:
        return None
    hole_area = cv2.contourArea(np.asarray(outlines[hole]))
    if not _HOLE[0] < hole_area / area < _HOLE[1] or not _is_square(outlines[hole], hole_area):
        return None
    core = int(hierarchy[hole][2])
    if core >= 0:
        share = cv2.contourArea(np.asarray(outlines[core])) / max(1.0, hole_area)
        if not _CORE[0] < share < _CORE[1]:
            return None
    return _Mark(outline.reshape(-1, 2).mean(axis=0).astype(np.float32), area, core >= 0)


def _is_square(outline: NDArray[Any], area: float) -> bool:
    _, (width, height), _ = cv2.minAreaRect(outline)
    longer, shorter = max(width, height), min(width, height)
    return shorter > 0.5 * longer and area > _SQUARE * longer * shorter


def _four(marks: Sequence[_Mark]) -> Points | None:
    """Three marks with a core and one without, of about one size, that span the largest page."""
    best, best_area = None, 0.0
    cores = [mark for mark in marks if mark.has_core]
    for last in (mark for mark in marks if not mark.has_core):
        for three in combinations(cores, 3):
            four = [*three, last]
            areas = [mark.area for mark in four]
            if max(areas) > _SAME_SIZE * min(areas):
                continue
            corners = _clockwise(np.stack([mark.middle for mark in four]), last.middle)
            area = float(cv2.contourArea(corners))
            share = float(np.mean(areas)) / max(1.0, area)
            is_in_proportion = _SHARE / _SHARE_RANGE < share < _SHARE * _SHARE_RANGE
            if area > best_area and is_in_proportion and cv2.isContourConvex(corners):
                best, best_area = corners, area
    return best


def _clockwise(middles: NDArray[np.float32], lower_right: NDArray[np.float32]) -> Points:
    """The four corners clockwise from the upper left; the lower right one is known."""
    centre = middles.mean(axis=0)
    angles = np.arctan2(middles[:, 1] - centre[1], middles[:, 0] - centre[0])
    around = middles[np.argsort(angles)]
    place = int(np.argmin(np.abs(around - lower_right).sum(axis=1)))
    return np.asarray(np.roll(around, 2 - place, axis=0), np.float32)
