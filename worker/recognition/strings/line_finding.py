"""Line finding: where on a page a number is written, with all its marks, and how it is tilted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

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
    large = [mark for mark in writing if mark.height >= _TALL * tallest and not is_flat(mark)]
    if not large:
        return None
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
    """The marks of the only row; remains of other rows at the picture's border do not count."""
    rows = [[large[i] for i in row] for row in group_into_rows([mark.box for mark in large])]
    inner = [row for row in rows if not all(mark.border_contact for mark in row)]
    if len(inner) > 1 or not rows:
        return None
    return inner[0] if inner else max(rows, key=len)


def _tilt(large: Sequence[Component]) -> float:
    """Degrees by which the marks' centres fall to the right; 0 where they are level or unclear."""
    if len(large) < 3:
        return 0.0
    centres = np.array([(m.left + m.right, m.top + m.bottom) for m in large], np.float64) / 2
    spread, axes = np.linalg.eigh(np.cov(centres.T))
    if spread[0] > 0.03 * spread[1]:
        return 0.0
    across, down = axes[:, 1]
    tilt = float(np.degrees(np.arctan2(down, across)))
    tilt = (tilt + 90) % 180 - 90
    return tilt if _MIN_TILT <= abs(tilt) <= _MAX_TILT else 0.0


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
