"""Marks: handwriting that is no number, by its shape: dashes, strokes to count, boxes, ticks."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.reading import Box


class Mark(StrEnum):
    """The shapes that have a name; a person may give each a value."""

    DASH = "dash"
    STROKES = "strokes"  # followed by their count: "strokes 4"
    BOX = "box"
    TICK = "tick"
    CROSS = "cross"
    SLASH = "slash"
    OTHER = "mark"


_STROKE_RATIO = 2.6  # of a straight stroke: length by width of its rotated rectangle
_LEVEL = 25  # degrees from level
_HOLE = 0.4  # of the rectangle: the hole of a box
_FILLED_BOX = 0.86  # of its rectangle that the outline of a box encloses; of a 0, pi / 4


def name_of_mark(crop: Image) -> str:
    """The name of a mark, dark on white, (height, width) uint8."""
    outlines = _outlines(crop)
    strokes = [_stroke_angle(outline) for outline in outlines]
    straight = [angle for angle in strokes if angle is not None]
    if len(outlines) > 1 and len(straight) == len(outlines):
        return f"{Mark.STROKES} {len(straight)}"
    if len(outlines) != 1:
        return Mark.OTHER
    if straight:
        return _name_of_stroke(abs(straight[0]))
    return Mark.BOX if is_box(crop) else _tick_or_cross(outlines[0])


def _name_of_stroke(angle: float) -> str:
    """The name of one straight stroke, by its angle in degrees from level."""
    if angle < _LEVEL:
        return Mark.DASH
    return f"{Mark.STROKES} 1" if angle > 90 - _LEVEL else Mark.SLASH


def count_of_strokes(crop: Image) -> int:
    """How many straight parallel strokes a crop holds; 0 where it holds anything else."""
    outlines = _outlines(crop)
    angles = [_stroke_angle(outline) for outline in outlines]
    if not angles or any(angle is None for angle in angles):
        return 0
    first = angles[0] or 0.0
    apart = [abs(((angle or 0.0) - first + 90) % 180 - 90) for angle in angles]
    return len(angles) if max(apart) < _LEVEL else 0


def is_box(crop: Image) -> bool:
    """Whether a crop holds one drawn square or rectangle: four corners, straight sides, a hole."""
    outlines = _outlines(crop)
    if len(outlines) != 1:
        return False
    hull = cv2.convexHull(outlines[0])
    _, (width, height), _ = cv2.minAreaRect(hull)
    if min(width, height) < 0.4 * max(width, height) or min(width, height) < 6:
        return False
    corners = cv2.approxPolyDP(hull, 0.07 * cv2.arcLength(hull, True), True)
    area = cv2.contourArea(hull)
    is_rectangle = len(corners) == 4 and area > _FILLED_BOX * width * height
    return is_rectangle and _holes(crop, least=_HOLE * area) == 1


def _holes(crop: Image, least: float) -> int:
    """How many holes of at least this area, in pixels, the ink has; -1 where one is smaller."""
    ink = (crop < 150).astype(np.uint8)
    found, hierarchy = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if hierarchy is None:
        return 0
    areas = [
        cv2.contourArea(hole)
        for hole, (_, _, _, parent) in zip(found, hierarchy[0], strict=True)
        if parent >= 0
    ]
    return len(areas) if all(area >= least for area in areas) else -1


def _outlines(crop: Image) -> list[NDArray[np.int32]]:
    """The outer contours of the pieces that are no specks."""
    ink = (crop < 140).astype(np.uint8)
    found, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    sizes = [max(cv2.boundingRect(outline)[2:]) for outline in found]
    least = max(5.0, 0.25 * max(sizes, default=0))
    return [np.asarray(o, np.int32) for o, size in zip(found, sizes, strict=True) if size >= least]


def _stroke_angle(outline: NDArray[np.int32]) -> float | None:
    """The angle of a straight stroke in degrees, -90 to 90, 0 level; None for another shape."""
    points = outline[:, 0].astype(np.float64)
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along, across = centred @ axes[0], centred @ axes[1]
    if np.ptp(along) < _STROKE_RATIO * max(2.0, float(np.ptp(across))):
        return None
    angle = float(np.degrees(np.arctan2(axes[0][1], axes[0][0])))
    return (angle + 90) % 180 - 90


def _tick_or_cross(outline: NDArray[np.int32]) -> Mark:
    """A tick turns once and is low on the left; a cross has four arms."""
    hull = cv2.convexHull(outline)
    area, around = cv2.contourArea(outline), cv2.contourArea(hull)
    if around <= 0 or area > 0.62 * around:
        return Mark.OTHER
    corners = cv2.approxPolyDP(hull, 0.06 * cv2.arcLength(hull, True), True)
    x, y, width, height = cv2.boundingRect(outline)
    if len(corners) == 4 and _reaches_corners(outline, Box(x, y, width, height)):
        return Mark.CROSS
    lowest = outline[outline[:, 0, 1].argmax()][0]
    top_right = outline[(outline[:, 0, 0] - outline[:, 0, 1]).argmax()][0]
    is_tick = lowest[0] - x < 0.55 * width and top_right[0] - x > 0.75 * width
    return Mark.TICK if is_tick and top_right[1] - y < 0.25 * height else Mark.OTHER


def _reaches_corners(outline: NDArray[np.int32], box: Box) -> bool:
    x, y = outline[:, 0, 0] - box.x, outline[:, 0, 1] - box.y
    left, right = x < 0.25 * box.width, x > 0.75 * box.width
    top, bottom = y < 0.25 * box.height, y > 0.75 * box.height
    return all(bool((a & b).any()) for a in (left, right) for b in (top, bottom))
