"""Page corners: a light page before darker surroundings, as four corners."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.page.working_image import shrunk

Points = NDArray[np.float32]  # (4, 2): top left, top right, bottom right, bottom left

_PAGE_SIDE = 480  # pixels of the copy in which the page is found
_MIN_PAGE = 0.15  # of the picture
_MAX_PAGE = 0.985  # of the picture: a larger one is the picture itself
_MIN_FILLED = 0.9  # of its quadrilateral a page fills
_EDGE = 6.0  # pixels of that copy from a page's edge to either side
_DARKER = 0.93  # of the page's light just beyond its edge
_EDGED_SHARE = 0.75  # of a side has such an edge


def find_page(pixels: Image) -> Points | None:
    """The corners of a light page on darker ground, in pixels; None where there is none."""
    small = shrunk(pixels, _PAGE_SIDE)
    blurred = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    grey = np.asarray(blurred, np.uint8)
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    corners = _four_corners(cv2.convexHull(outline))
    if corners is None:
        return None
    area, page = float(cv2.contourArea(corners)), float(cv2.contourArea(outline))
    share = area / grey.size
    if not _MIN_PAGE < share < _MAX_PAGE or page < _MIN_FILLED * area:
        return None
    corners = _in_order(corners)
    if not _is_edged(grey, corners):
        return None
    return corners * np.float32(pixels.shape[1] / small.shape[1])


def _is_edged(grey: Image, corners: Points) -> bool:
    """Whether the picture is darker just beyond each side, but where a side is at its border."""
    height, width = grey.shape
    inwards = corners.mean(axis=0) - corners
    for index in range(4):
        start, end = corners[index], corners[(index + 1) % 4]
        along = np.linspace(0.08, 0.92, 40)[:, None]
        points = start + along * (end - start)
        normal = np.array([start[1] - end[1], end[0] - start[0]])
        normal = normal / max(1e-6, float(np.hypot(*normal)))
        if normal @ (inwards[index]) < 0:
            normal = -normal
        outside = points - _EDGE * normal
        inside = points + _EDGE * normal
        is_within = (outside >= 1).all(axis=1) & (outside < (width - 1, height - 1)).all(axis=1)
        if is_within.mean() < 0.3:  # the side is at the border
            continue
        darker = _levels(grey, outside) < _DARKER * _levels(grey, inside)
        if darker[is_within].mean() < _EDGED_SHARE:
            return False
    return True


def _levels(grey: Image, points: NDArray[Any]) -> NDArray[np.float64]:
    height, width = grey.shape
    columns = np.clip(points[:, 0].round().astype(int), 0, width - 1)
    rows = np.clip(points[:, 1].round().astype(int), 0, height - 1)
    return np.asarray(grey[rows, columns], np.float64)


def _four_corners(hull: NDArray[Any]) -> Points | None:
    """The convex hull as four corners, (4, 2) float32; None where it is no quadrilateral."""
    around = cv2.arcLength(hull, True)
    for share in (0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08):
        outline = cv2.approxPolyDP(hull, share * around, True)
        if len(outline) == 4:
            return np.asarray(outline[:, 0], np.float32)
        if len(outline) < 4:
            return None
    return None


def _in_order(corners: Points) -> Points:
    """Top left, top right, bottom right, bottom left, by the angle around the middle."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    around = corners[np.argsort(angles)]
    first = int(np.argmin(around.sum(axis=1)))
    return np.roll(around, -first, axis=0)
