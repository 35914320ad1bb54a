"""Rotation of boxes by quarter turns, for pages that were photographed sideways."""

from __future__ import annotations

from worker.recognition.reading import Box


def rotate_box(box: Box, quarter_turns: int, shape: tuple[int, ...]) -> Box:
    """The place of a box after the (height, width) picture is rotated counter-clockwise.

    Negative quarter turns rotate clockwise.
    """
    height, width = shape
    for _ in range(quarter_turns % 4):
        box = Box(box.y, width - box.x - box.width, box.height, box.width)
        height, width = width, height
    return box
