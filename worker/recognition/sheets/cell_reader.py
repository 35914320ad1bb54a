"""Cell readers: from the crop of one cell to the text of its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.reading import Box

OTHER_MARK = "?"  # stands for a mark that is no digit and no sign


@dataclass(frozen=True)
class CellText:
    """The text of one crop; OTHER_MARK stands for what is no digit and no sign."""

    text: str
    confidence: float  # 0..1, of the whole text
    boxes: tuple[Box, ...] = ()  # of each character, in the crop


class CellReader(Protocol):
    """Reads many crops at once, dark ink on white, (height, width) uint8."""

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]: ...


_STROKE = 0.5  # of the ink's darkness: the edge of a stroke
_MIN_PIECE = 0.1  # of the crop's height: smaller pieces are noise
_DOT = 0.33  # of the crop's height: smaller pieces are points, commas and dashes


@dataclass(frozen=True)
class _Glyph:
    box: Box
    ink: NDArray[np.float32]  # (28, 28), in MNIST's format


class ComponentCellReader:
    """Reads each connected piece of a crop as one digit or sign, with the digit classifier."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        glyphs = [_glyphs(crop) for crop in crops]
        inks = [glyph.ink for group in glyphs for glyph in group]
        if not inks:
            return [CellText("", 0.0) for _ in crops]
        scores = self.classifier.classify(np.stack(inks))
        rows = iter(zip(scores.probabilities, scores.in_distribution_score, strict=True))
        return [self._text(group, [next(rows) for _ in group]) for group in glyphs]

    def _text(
        self,
        glyphs: Sequence[_Glyph],
        scores: Sequence[tuple[NDArray[np.float32], float]],
    ) -> CellText:
        tallest = max((glyph.box.height for glyph in glyphs), default=1)
        text, confidence = "", 1.0
        for glyph, (probabilities, in_distribution) in zip(glyphs, scores, strict=True):
            sign = _sign(glyph.box, tallest)
            if sign is not None:
                text += sign
            elif in_distribution < self.classifier.calibration.refuse_below:
                text += OTHER_MARK
                confidence = min(confidence, 0.5)
            else:
                text += str(int(probabilities.argmax()))
                confidence = min(confidence, float(probabilities.max()))
        return CellText(text, confidence, tuple(glyph.box for glyph in glyphs))


def _sign(box: Box, tallest: int) -> str | None:
    """A point, comma or dash, by its size and place; None for what may be a digit."""
    if box.height > _DOT * tallest or tallest < 8:
        return None
    return "-" if box.width > 1.8 * box.height and box.width > _DOT * tallest else "."


def _glyphs(crop: Image) -> list[_Glyph]:
    """The pieces of a crop from the left; pieces above one another are one."""
    ink = (1 - crop.astype(np.float32) / 255).astype(np.float32)
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        (ink > _STROKE).astype(np.uint8), connectivity=8
    )
    labels = np.asarray(found, np.int32)
    boxes = [(label, Box(*(int(s) for s in stats[label, :4]))) for label in range(1, count)]
    boxes = [
        (label, box)
        for label, box in boxes
        if max(box.width, box.height) >= max(3, _MIN_PIECE * crop.shape[0])
    ]
    groups: list[tuple[list[int], Box]] = []
    for label, box in sorted(boxes, key=lambda pair: pair[1].x):
        if groups and _is_above(groups[-1][1], box):
            labels_before, before = groups[-1]
            groups[-1] = ([*labels_before, label], _union(before, box))
        else:
            groups.append(([label], box))
    return [_Glyph(box, _ink(ink, labels, members, box)) for members, box in groups]


def _is_above(one: Box, other: Box) -> bool:
    shared = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    return shared > 0.5 * min(one.width, other.width)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    return Box(x, y, right - x, bottom - y)


def _ink(
    ink: NDArray[np.float32], labels: NDArray[np.int32], members: Sequence[int], box: Box
) -> NDArray[np.float32]:
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    own = np.isin(labels[rows, columns], members).astype(np.uint8)
    near = cv2.dilate(own, np.ones((3, 3), np.uint8)) > 0
    return to_mnist(np.where(near, ink[rows, columns], 0).astype(np.float32))
