"""Ruled and squared paper: long thin straight lines, found and taken out of the ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Mask

_FAMILY = 4  # so many long thin faint lines are no digits, wherever they end
_STEEPEST = 0.36  # slope of a line that still counts as ruled: a page held 20 degrees askew
_SMALL_SIDE = 360
_MOST_SEGMENTS = 150


@dataclass(frozen=True)
class _Line:
    """A nearly level line y = slope * x + start, in pixels."""

    slope: float
    start: float


@dataclass(frozen=True)
class _Rule:
    """A ruled line's own pixels, without the strokes that cross it."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    darkness: float
    spans_picture: bool  # from edge to edge; else from edge to edge of a page, perhaps


def without_lines(mask: Mask, faint: Mask, absorbed: Grey) -> Mask:
    """The ink without ruled lines, level or upright, (height, width) bool.

    `faint` is the ink down to the paper's grain: the lines show better in it than in `mask`.
    Where a stroke crosses a line it stays: there the ink is taller than the line is thick, or
    darker than the line.
    """
    level = _without_level_lines(mask, faint, absorbed)
    upright = _without_level_lines(level.T.copy(), faint.T.copy(), absorbed.T.copy())
    return np.ascontiguousarray(upright.T)


def _without_level_lines(mask: Mask, faint: Mask, absorbed: Grey) -> Mask:
    candidates = [_rule_along(line, faint, mask, absorbed) for line in _find_lines(faint)]
    rules = [rule for rule in candidates if rule is not None]
    if not rules:
        return mask
    fainter_than_writing = 0.7 * float(np.percentile(absorbed[mask], 95)) if mask.any() else 0.0
    left = mask.copy()
    for rule in rules:
        is_one_of_many = len(rules) >= _FAMILY and rule.darkness < fainter_than_writing
        if rule.spans_picture or is_one_of_many:
            left[rule.rows, rule.columns] = False
    return left


def _find_lines(faint: Mask) -> list[_Line]:
    """Lines by the Hough transform (Duda and Hart, 1972; the probabilistic one of OpenCV)."""
    height, width = faint.shape
    scale = min(1.0, _SMALL_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    share = cv2.resize(faint.view(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    small = (share > 0.15 * 255).astype(np.uint8)
    thick = max(3, round(0.04 * size[0]))
    solid = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    thin = cv2.subtract(small, solid)
    found = cv2.HoughLinesP(
        thin,
        rho=1,
        theta=np.pi / 360,
        threshold=int(0.25 * size[0]) + 1,
        minLineLength=0.4 * size[0],
        maxLineGap=0.2 * size[0],  # a digit written over the line
    )
    lines: list[_Line] = []
    for left, top, right, bottom in (
        [] if found is None else found[:_MOST_SEGMENTS, 0].astype(float)
    ):
        if right == left or abs(bottom - top) > _STEEPEST * abs(right - left):
            continue
        slope = (bottom - top) / (right - left)
        line = _Line(slope, (top - slope * left) / scale)
        if not any(_same(line, other, width, 0.01 * height) for other in lines):
            lines.append(line)
    return lines


def _same(one: _Line, other: _Line, width: int, near: float) -> bool:
    at_left = abs(one.start - other.start)
    at_right = abs(one.start - other.start + (one.slope - other.slope) * width)
    return max(at_left, at_right) < near


def _rule_along(line: _Line, faint: Mask, mask: Mask, absorbed: Grey) -> _Rule | None:
    """The ruled line that lies there, if one does: long, thin and evenly dark."""
    height, width = faint.shape
    slack = max(2, round(0.015 * width))
    columns = np.arange(width)
    middle = np.round(line.slope * columns + line.start).astype(int)
    columns = columns[(middle >= 0) & (middle < height)]
    if columns.size < 0.4 * width:
        return None
    rows = middle[columns][None, :] + np.arange(-slack, slack + 1)[:, None]
    inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    band = faint[rows, columns] & inside
    depth = np.where(band, absorbed[rows, columns], 0)
    darkest = depth.max(axis=0)  # (columns,): the line's own darkness along its way
    if not darkest.any():
        return None
    darkness = float(np.percentile(darkest[darkest > 0], 30))  # strokes that cross are darker
    crossed = darkest >= 2.0 * darkness  # a stroke lies over the line there
    covered = (darkest > 0.5 * darkness) & ~crossed
    if covered.mean() < 0.25:
        return None
    first, last = np.flatnonzero(covered)[[0, -1]]
    end = max(2, columns.size // 16)
    between = slice(first, last + 1)
    if last - first < 0.5 * width or covered[between][~crossed[between]].mean() < 0.7:
        return None
    heights = (mask[rows, columns] & inside).sum(axis=0)  # (columns,): ink across the line
    inked = heights[covered & (heights > 0)]
    thickness = float(np.median(inked)) if inked.size else 0.0
    if thickness > max(4.0, 0.02 * width):
        return None
    line_only = band & (heights <= 1.6 * thickness + 1) & (depth < 1.5 * darkness)
    return _Rule(
        rows[line_only],
        np.broadcast_to(columns, rows.shape)[line_only],
        darkness,
        spans_picture=bool(first < end and last >= columns.size - end),
    )
