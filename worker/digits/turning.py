"""Turning: a page photographed sideways, read as if it had been turned upright."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.digits.reading import Box, Glyph
from worker.digits.reading_order import rows_of


def turned(glyphs: Sequence[Glyph], quarters: int) -> list[Glyph]:
    """The glyphs as they read when the picture is turned so many quarters counter-clockwise.

    Inks turn and the reading order follows; the boxes stay where they are in the picture.
    """
    boxes = [_turned_box(glyph.box, quarters) for glyph in glyphs]
    return [
        Glyph(glyphs[index].box, row, np.ascontiguousarray(np.rot90(glyphs[index].ink, quarters)))
        for row, indices in enumerate(rows_of(boxes))
        for index in indices
    ]


def _turned_box(box: Box, quarters: int) -> Box:
    """The box's place on the turned page, up to a shift that no order depends on."""
    for _ in range(quarters % 4):
        box = Box(box.y, -(box.x + box.width), box.height, box.width)
    return box
