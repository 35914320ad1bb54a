"""Turning: a box of a page that was photographed sideways, back in the picture as it came."""

from __future__ import annotations

from worker.recognition.reading import Box


def rotated_back(box: Box, quarters: int, shape: tuple[int, int]) -> Box:
    """Where a box lies in a picture of this (height, width).

    The box was found after the picture had been turned so many quarters counter-clockwise.
    """
    height, width = shape
    for done in range(quarters % 4):
        turned_height = width if (quarters - done) % 2 else height
        box = Box(turned_height - box.y - box.height, box.x, box.height, box.width)
    return box
