"""Reading order: rows from the top, each from the left, slanting as handwriting does."""

from __future__ import annotations

from collections.abc import Sequence

from worker.recognition.reading import Box

_MIN_OVERLAP = 0.3  # of the lesser height: a box that overlaps less is in another row


def group_into_rows(boxes: Sequence[Box]) -> list[list[int]]:
    """The indices of the boxes, row by row.

    Each box, from the left, joins the row with the last box that it overlaps most in height, so
    that a row may slant.
    """
    rows: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: (boxes[i].x, boxes[i].y)):
        box = boxes[index]
        best = max(rows, key=lambda row: _overlap(boxes[row[-1]], box), default=None)
        if best is not None and _overlap(boxes[best[-1]], box) > _MIN_OVERLAP:
            best.append(index)
        else:
            rows.append([index])
    return sorted(rows, key=lambda row: sum(_middle(boxes[i]) for i in row) / len(row))


def _overlap(one: Box, other: Box) -> float:
    """The shared part of their heights, as a share of the lesser."""
    shared = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return shared / max(1, min(one.height, other.height))


def _middle(box: Box) -> float:
    return box.y + box.height / 2
