"""A cell reader that gives the whole crop of a cell to the string network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from worker.recognition.arrays import Grey, Image
from worker.recognition.reading import Box
from worker.recognition.sheets.cell_reader import CellText
from worker.recognition.strings.line_format import HEIGHT, MAX_WIDTH
from worker.recognition.strings.line_image import LineImage
from worker.recognition.strings.recogniser import StringReading, StringRecogniser

_INK = 0.4  # of the paper's light: less is the noise of the paper
_ABOVE, _BESIDE = 0.1, 0.25  # of the writing's height: paper around it
_FULL_INK = 85  # the percentile of the ink that counts as full ink


class StringCellReader:
    """Reads each crop as one line of digits and signs."""

    def __init__(self, recogniser: StringRecogniser) -> None:
        self._recogniser = recogniser

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        """The text of each crop, (height, width) uint8, dark ink on white; "" for an empty one."""
        lines = [_line(crop) for crop in crops]
        written = [line for line in lines if line is not None]
        readings = iter(self._recogniser.read(written)) if written else iter(())
        return [
            CellText("", 0.0) if line is None else _text(line, next(readings)) for line in lines
        ]


def _line(crop: Image) -> LineImage | None:
    """The writing of a crop at the network's size; None where there is none."""
    ink = np.asarray(1 - crop.astype(np.float32) / 255, np.float32)
    rows, columns = np.nonzero(ink > _INK)
    if rows.size == 0:
        return None
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    height, width = float(bottom - top), float(right - left)
    scale = HEIGHT / (height * (1 + 2 * _ABOVE))
    line_width = round((width + 2 * _BESIDE * height) * scale)
    line_width = min(MAX_WIDTH, max(HEIGHT // 2, line_width))
    scale_x = line_width / (width + 2 * _BESIDE * height)
    to_line = np.array(
        [
            [scale_x, 0, -(left - _BESIDE * height) * scale_x],
            [0, scale, -(top - _ABOVE * height) * scale],
        ]
    )
    full = max(_INK, float(np.percentile(ink[ink > _INK], _FULL_INK)))
    small = _warped(np.clip(ink / full, 0, 1), to_line, line_width, scale)
    to_crop = np.linalg.inv(np.vstack([to_line, (0, 0, 1)]))[:2]
    return LineImage(small, small, to_crop)


def _warped(ink: Grey, to_line: np.ndarray, width: int, scale: float) -> Grey:
    if scale < 0.7:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.35 / scale), np.float32)
    warped = cv2.warpAffine(ink, to_line, (width, HEIGHT), flags=cv2.INTER_LINEAR)
    return np.asarray(warped, np.float32)


def _text(line: LineImage, reading: StringReading) -> CellText:
    """The reading with a box for each symbol, from halfway to the one before to the one after."""
    middles = [symbol.x for symbol in reading.symbols]
    edges = [0.0, *((a + b) / 2 for a, b in pairwise(middles)), float(line.width)]
    boxes = tuple(
        line.box_on_page(Box(int(left), 0, max(1, int(right - left)), HEIGHT))
        for left, right in pairwise(edges)
    )
    return CellText(reading.text, reading.confidence, boxes if middles else ())
