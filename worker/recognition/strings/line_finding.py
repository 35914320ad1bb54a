"""Line finding: where on a page a number is written, with all its marks, and how it is tilted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.reading import Box, Refusal
from worker.recognition.segmentation.components import Component, PageComponents
from worker.recognition.segmentation.reading_order import group_into_rows
from worker.recognition.segmentation.writing import select_writing

_TALL = 0.4  # of the tallest mark: from here on a mark may be a digit
_FLAT = 3.5  # times its height: a wider mark is a rule, unless it is a dash
_REACH_DOWN = 0.4  # of a digit's height: marks so far above and below belong to the line
_REACH_ACROSS = 1.6  # of a digit's height: marks so far beside it belong to the line
_MIN_MARK = 0.06  # of a digit's height: smaller marks are dust
_MIN_DARKNESS = 0.5  # of the darkest mark's
_IN_ROW = 0.6  # of a mark's height within that of a row: then it is part of the row
_MIN_TILT, _MAX_TILT = 4.0, 50.0  # degrees


@dataclass(frozen=True)
class FoundLine:
    """The place of one number."""

    box: Box  # around its marks, in working pixels, after the turn by `tilt`
    tilt: float  # degrees, of the line's direction; positive where it falls to the right
    marks: tuple[Component, ...]


def find_line(found: PageComponents) -> FoundLine | None:
    """The only line of a page; None where there is none, or more than one."""
    writing = select_writing(found.components, found.labels.shape, found.page.noise_floor)
    if isinstance(writing, Refusal) or not writing:
        return None
    tallest = max(mark.height for mark in writing)
    large = [mark for mark in writing if mark.height >= _TALL * tallest]
    tilt = _tilt(large)
    if tilt:
        marks = [mark for mark in writing if not is_flat(mark)]
        return FoundLine(_box(found, marks, tilt), tilt, tuple(marks))
    row = _only_row(large)
    if row is None:
        return None
    large = row
    height = float(np.median([mark.height for mark in large]))
    marks = _grown(large, _marks_beside(found, large, height), height)
    return FoundLine(_union([mark.box for mark in marks]), 0.0, tuple(marks))


def line_of(found: PageComponents, boxes: Sequence[Box]) -> FoundLine:
    """The line of the digits in these boxes, in working pixels, with the marks around them."""
    box = _union(boxes)
    height = float(np.median([one.height for one in boxes]))
    core = Component((), box.x, box.y, box.x + box.width, box.y + box.height, 0, 0.0)
    marks = _grown([core], _marks_beside(found, [core], height), height)
    return FoundLine(_union([mark.box for mark in marks]), 0.0, tuple(marks[1:]))


def _marks_beside(
    found: PageComponents, known: Sequence[Component], height: float
) -> list[Component]:
    """Marks that may belong to a line of that height, those at the picture's border too."""
    labels = {mark.labels for mark in known}
    darkness = max(mark.darkness for mark in known)
    return [
        mark
        for mark in found.components
        if mark.labels not in labels
        and not mark.is_frame
        and _MIN_MARK * height <= mark.size
        and mark.darkness >= _MIN_DARKNESS * darkness
        and not (is_flat(mark) and mark.width > 1.5 * height)
        and not (mark.border_contact and _is_edge(mark, known))
    ]


def _is_edge(mark: Component, known: Sequence[Component]) -> bool:
    """Whether a mark at the border is the remains of another line, or the edge of the paper."""
    top, bottom = min(m.top for m in known), max(m.bottom for m in known)
    shared = min(mark.bottom, bottom) - max(mark.top, top)
    is_elsewhere = shared < 0.6 * min(mark.height, bottom - top) or shared < 0.35 * mark.height
    return is_elsewhere or mark.height > 5 * mark.width


def is_flat(mark: Component) -> bool:
    return mark.width > _FLAT * mark.height


def _only_row(large: Sequence[Component]) -> list[Component] | None:
    """The marks of the only row; remains of other rows at the picture's border do not count.

    Pieces of digits that lie within the height of the longest row belong to it.
    """
    rows = [[large[i] for i in row] for row in group_into_rows([mark.box for mark in large])]
    longest = max(rows, key=len)
    band = _union([mark.box for mark in longest])
    for row in rows:
        if row is longest:
            continue
        if all(_shared_height(mark.box, band) > _IN_ROW * mark.height for mark in row):
            longest += row
        elif not all(mark.border_contact for mark in row):
            return None
    return longest


def _shared_height(box: Box, other: Box) -> int:
    return min(box.y + box.height, other.y + other.height) - max(box.y, other.y)


def _tilt(large: Sequence[Component]) -> float:
    """Degrees by which the line falls to the right; 0 where it is level or unclear.

    It is the lesser of the slopes of the marks' tops and of their bottoms, so that one digit that
    hangs below the others tilts no line.
    """
    if len(large) < 3:
        return 0.0
    middles, tops, bottoms = np.array(
        [((m.left + m.right) / 2, m.top, m.bottom) for m in large], np.float64
    ).T
    if np.ptp(middles) < 0.7 * np.ptp((tops + bottoms) / 2):
        return 0.0  # digits in a column
    slopes = [float(np.polyfit(middles, ends, 1)[0]) for ends in (tops, bottoms)]
    tilts = [float(np.degrees(np.arctan(slope))) for slope in slopes]
    tilt = min(tilts, key=abs)
    is_clear = tilts[0] * tilts[1] > 0 and _MIN_TILT <= abs(tilt) <= _MAX_TILT
    return tilt if is_clear and _follows(middles, tops + bottoms, slopes) else 0.0


def _follows(
    middles: NDArray[np.float64], ends: NDArray[np.float64], slopes: Sequence[float]
) -> bool:
    """Whether the marks lie along one line rather than in several rows."""
    level = ends / 2 - middles * (slopes[0] + slopes[1]) / 2
    return bool(np.ptp(level) < 0.5 * np.ptp(middles))


def _grown(marks: list[Component], others: Sequence[Component], height: float) -> list[Component]:
    """The marks, and those of the others that are near them: points, dashes, brackets."""
    waiting = list(others)
    while True:
        box = _union([mark.box for mark in marks])
        near = [mark for mark in waiting if _is_near(mark, box, height)]
        if not near:
            return marks
        marks += near
        waiting = [mark for mark in waiting if mark not in near]


def _is_near(mark: Component, box: Box, height: float) -> bool:
    middle = (mark.top + mark.bottom) / 2
    down, across = _REACH_DOWN * height, _REACH_ACROSS * height
    is_level = box.y - down < middle < box.y + box.height + down
    is_beside = mark.right > box.x - across and mark.left < box.x + box.width + across
    return is_level and is_beside and mark.height < 2.6 * height


def _union(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _box(found: PageComponents, marks: Sequence[Component], tilt: float) -> Box:
    """The box around the marks after the page is turned upright by `tilt` degrees."""
    if not tilt:
        return _union([mark.box for mark in marks])
    height, width = found.labels.shape
    is_mark = np.zeros(int(found.labels.max()) + 1, np.bool_)
    is_mark[[label for mark in marks for label in mark.labels]] = True
    rows, columns = np.nonzero(is_mark[found.labels])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    points = np.stack([columns, rows, np.ones_like(rows)], axis=1) @ turn.T
    low, high = points.min(axis=0).astype(int), points.max(axis=0).astype(int) + 1
    return Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
