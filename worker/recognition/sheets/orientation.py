"""Orientation: which way up a page is, by how well a sample of its writing reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.reading import Box
from worker.recognition.sheets.cell_reader import OTHER_MARK, CellReader

SAMPLE = 16  # crops
UPRIGHT = 0.85  # the score of a page that needs no turn
MIN_PIECE = 10  # pixels: smaller pieces have no shape
SIDEWAYS = 0.95  # height by width of the pieces of writing
BETTER = 0.2  # how much higher the score of a turn must be


def quarter_turns(crops: Sequence[Image], boxes: Sequence[Box], cells: CellReader) -> int:
    """The counter-clockwise quarter turns that bring the page upright, 0 to 3.

    `boxes` are those of the pieces of writing: digits and letters are taller than wide, so that
    a page of wide pieces lies sideways, and one of tall pieces upright or upside down. A page is
    turned only where its numbers then read clearly better: 0, 1, 6, 8 and 9 read well upside
    down too.
    """
    sample = crops[:: max(1, -(-len(crops) // SAMPLE))]
    if not sample:
        return 0
    upright = _score(sample, 0, cells)
    if upright >= UPRIGHT:
        return 0
    turns = (1, 3) if _lie_sideways(boxes) else (2,)
    scores = {turn: _score(sample, turn, cells) for turn in turns}
    best = max(scores, key=lambda turn: scores[turn])
    return best if scores[best] >= upright + BETTER else 0


def _lie_sideways(boxes: Sequence[Box]) -> bool:
    shapes = [box.height / box.width for box in boxes if max(box.width, box.height) >= MIN_PIECE]
    return bool(shapes) and float(np.median(shapes)) < SIDEWAYS


def _score(crops: Sequence[Image], turns: int, cells: CellReader) -> float:
    """The mean confidence of the crops that read as numbers, 0..1."""
    turned = [np.ascontiguousarray(np.rot90(crop, turns)) for crop in crops]
    texts = cells.read_cells(turned)
    return float(np.mean([text.confidence if _tells(text.text) else 0.0 for text in texts]))


def _tells(text: str) -> bool:
    """Whether a text is a number that looks otherwise when it is turned; strokes are 1s."""
    return OTHER_MARK not in text and any(c.isdigit() and c != "1" for c in text)
