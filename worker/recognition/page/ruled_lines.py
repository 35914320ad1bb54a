"""Ruled and squared paper: finds long thin straight lines and removes them from the ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Image, Mask
from worker.recognition.page.working_image import shrunk

_MIN_FAMILY = 4  # so many long thin faint parallel lines are no digits, wherever they end
_SAME_SLOPE = 0.06  # between lines of one family: seen from an angle, they are not quite parallel
_MAX_SLOPE = 0.36  # of a ruled line: the page may be rotated by 20 degrees
_DETECTION_SIDE = 360  # pixels of the small copy
_MAX_SEGMENTS = 150  # the longest that the Hough transform finds


@dataclass(frozen=True)
class _Line:
    """A nearly level line y = slope * x + intercept, in pixels."""

    slope: float
    intercept: float


@dataclass(frozen=True)
class _Band:
    """The pixels along a line, a little above and below it; every array is (rows, columns)."""

    rows: NDArray[np.int_]  # of the picture, clipped to it
    columns: NDArray[np.int_]  # of the picture
    is_inside: Mask  # of the picture
    is_weak: Mask  # in the weak mask
    depth: Grey  # absorption in the weak mask, 0 outside it


@dataclass(frozen=True)
class _RuledLine:
    """The pixels of a ruled line, without the strokes that cross it."""

    rows: NDArray[np.int_]
    columns: NDArray[np.int_]
    slope: float
    darkness: float
    spans_picture: bool  # from edge to edge; otherwise it may span a page in the picture


def remove_ruled_lines(ink: Mask, weak: Mask, absorbed: Grey) -> Mask:
    """The ink without ruled lines, level or upright, (height, width) bool.

    `weak` is the mask above the noise floor: it shows the lines better than `ink` does.
    Where a stroke crosses a line it stays: there the ink is taller than the line is thick, or
    darker than the line.
    """
    small = _small_share(weak)
    level_lines = _find_lines(small, weak.shape)
    upright_lines = _find_lines(np.ascontiguousarray(small.T), weak.T.shape)
    if level_lines:
        ink = _remove_level_lines(ink, weak, absorbed, level_lines)
    if upright_lines:
        turned = _remove_level_lines(ink.T.copy(), weak.T.copy(), absorbed.T.copy(), upright_lines)
        ink = np.ascontiguousarray(turned.T)
    return ink


def _remove_level_lines(ink: Mask, weak: Mask, absorbed: Grey, found: Sequence[_Line]) -> Mask:
    measured = [_measure(line, weak, ink, absorbed) for line in found]
    lines = [line for line in measured if line is not None]
    if not lines:
        return ink
    max_darkness = 0.7 * float(np.percentile(absorbed[ink], 95)) if ink.any() else 0.0
    remaining = ink.copy()
    for line in lines:
        is_faint = line.darkness < max_darkness
        if line.spans_picture or (is_faint and _parallels(line, lines) >= _MIN_FAMILY):
            remaining[line.rows, line.columns] = False
    return remaining


def _parallels(line: _RuledLine, lines: Sequence[_RuledLine]) -> int:
    """How many of the lines are parallel to this one, with itself."""
    return sum(abs(other.slope - line.slope) < _SAME_SLOPE for other in lines)


def _small_share(weak: Mask) -> Image:
    """A small copy of the mask: 1 where at least 0.15 of the pixels are in it, otherwise 0."""
    share = shrunk(weak.view(np.uint8) * np.uint8(255), _DETECTION_SIDE)
    return (share > 0.15 * 255).astype(np.uint8)


def _find_lines(small: Image, shape: tuple[int, ...]) -> list[_Line]:
    """Lines by the Hough transform (Duda and Hart, 1972; the probabilistic one of OpenCV).

    They are found in a small copy of a (height, width) mask, and given in the mask's pixels.
    """
    height, width = shape
    scale = min(1.0, _DETECTION_SIDE / max(height, width))
    size = small.shape[::-1]
    max_thickness = max(3, round(0.04 * size[0]))
    thick = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((max_thickness, 1), np.uint8))
    segments = cv2.HoughLinesP(
        cv2.subtract(small, thick),
        rho=1,
        theta=np.pi / 360,
        threshold=int(0.25 * size[0]) + 1,
        minLineLength=0.4 * size[0],
        maxLineGap=0.2 * size[0],  # a digit written over the line
    )
    if segments is None:
        return []
    lines: list[_Line] = []
    for left, top, right, bottom in segments[:_MAX_SEGMENTS, 0].astype(float):
        if right == left or abs(bottom - top) > _MAX_SLOPE * abs(right - left):
            continue
        slope = (bottom - top) / (right - left)
        line = _Line(slope, (top - slope * left) / scale)
        if not any(_is_same(line, other, width, 0.01 * height) for other in lines):
            lines.append(line)
    return lines


def _is_same(one: _Line, other: _Line, width: int, tolerance: float) -> bool:
    at_left = abs(one.intercept - other.intercept)
    at_right = abs(one.intercept - other.intercept + (one.slope - other.slope) * width)
    return max(at_left, at_right) < tolerance


def _measure(line: _Line, weak: Mask, ink: Mask, absorbed: Grey) -> _RuledLine | None:
    """The ruled line at this place; None unless it is long, thin and evenly dark."""
    width = weak.shape[1]
    band = _band_along(line, weak, absorbed)
    count = band.depth.shape[1]
    if count < 0.4 * width:
        return None
    darkest = band.depth.max(axis=0)  # (columns,): the darkness along the line
    if not darkest.any():
        return None
    darkness = float(np.percentile(darkest[darkest > 0], 30))  # strokes that cross are darker
    is_crossed = darkest >= 2.0 * darkness  # by a stroke
    is_covered = (darkest > 0.5 * darkness) & ~is_crossed
    if is_covered.mean() < 0.25:
        return None
    first, last = np.flatnonzero(is_covered)[[0, -1]]
    between = slice(first, last + 1)
    if last - first < 0.5 * width or is_covered[between][~is_crossed[between]].mean() < 0.7:
        return None
    heights = (ink[band.rows, band.columns] & band.is_inside).sum(axis=0)  # (columns,)
    inked = heights[is_covered & (heights > 0)]
    thickness = float(np.median(inked)) if inked.size else 0.0
    if thickness > max(4.0, 0.02 * width):
        return None
    is_line = band.is_weak & (heights <= 1.6 * thickness + 1) & (band.depth < 1.5 * darkness)
    margin = max(2, count // 16)
    return _RuledLine(
        band.rows[is_line],
        np.broadcast_to(band.columns, band.rows.shape)[is_line],
        line.slope,
        darkness,
        spans_picture=bool(first < margin and last >= count - margin),
    )


def _band_along(line: _Line, weak: Mask, absorbed: Grey) -> _Band:
    """The pixels along a line, for the columns in which it lies within the picture."""
    height, width = weak.shape
    tolerance = max(2, round(0.015 * width))
    columns = np.arange(width)
    middle = np.round(line.slope * columns + line.intercept).astype(int)
    columns = columns[(middle >= 0) & (middle < height)]
    rows = middle[columns][None, :] + np.arange(-tolerance, tolerance + 1)[:, None]
    is_inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    is_weak = weak[rows, columns] & is_inside
    depth = np.where(is_weak, absorbed[rows, columns], 0)
    return _Band(rows, columns, is_inside, is_weak, depth)
