"""The picture of a line: the part of a page with one number, as the string network takes it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box
from worker.recognition.strings.line_format import HEIGHT, MAX_WIDTH

_ABOVE = 0.1  # of the line's height: paper above and below the writing
_BESIDE = 0.25  # of the line's height: paper at each end
_FULL_INK = 85  # the percentile of the ink's absorption that counts as full ink


@dataclass(frozen=True)
class LineImage:
    """A line's ink in two forms, and the mapping back to the page."""

    absorbed: Grey  # (32, width), 0..1: with everything that is darker than the paper
    strokes: Grey  # (32, width), 0..1: without ruled lines and the noise of the paper
    to_page: NDArray[np.float64]  # (2, 3): from pixels of the line to working pixels of the page

    @property
    def width(self) -> int:
        return int(self.absorbed.shape[1])

    def box_on_page(self, box: Box) -> Box:
        """The upright box around a box of the line, in working pixels of the page."""
        corners = np.array(
            [(x, y, 1) for x in (box.x, box.x + box.width) for y in (box.y, box.y + box.height)]
        )
        points = corners @ self.to_page.T
        low, high = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
        width, height = np.maximum(high - low, 1).astype(int).tolist()
        return Box(max(0, int(low[0])), max(0, int(low[1])), width, height)


def cut_line(page: BinarisedPage, box: Box, tilt: float = 0.0) -> LineImage:
    """The line in a box of working pixels, turned upright by `tilt` degrees.

    `box` is that of the writing after the turn about the middle of the page.
    """
    height, width = page.ink.shape
    above, beside = _ABOVE * box.height, _BESIDE * box.height
    scale = HEIGHT / (box.height + 2 * above)
    line_width = min(MAX_WIDTH, max(HEIGHT // 2, round((box.width + 2 * beside) * scale)))
    scale_x = line_width / (box.width + 2 * beside)
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0), (0, 0, 1)])
    fit = np.array(
        [
            [scale_x, 0, -(box.x - beside) * scale_x],
            [0, scale, -(box.y - above) * scale],
            [0, 0, 1],
        ]
    )
    to_line = fit @ turn
    return LineImage(
        _warped(_full_ink(page), to_line, line_width),
        _warped(page.soft_ink, to_line, line_width),
        np.linalg.inv(to_line)[:2],
    )


def _full_ink(page: BinarisedPage) -> Grey:
    """The absorption as a share of that of full ink, without what is noise of the paper."""
    if not page.ink.any():
        return page.absorbed
    full = float(np.percentile(page.absorbed[page.ink], _FULL_INK))
    floor = 0.3 * page.noise_floor
    return np.asarray(np.clip((page.absorbed - floor) / max(full - floor, 1e-3), 0, 1), np.float32)


def warped_strokes(page: BinarisedPage, line: LineImage, times: int) -> Grey:
    """The strokes of a line at a multiple of its size: (32 times, width times), 0..1."""
    to_line = np.linalg.inv(np.vstack([line.to_page, (0, 0, 1)]))
    return _warped(page.soft_ink, np.diag([times, times, 1]) @ to_line, line.width * times, times)


def _warped(levels: Grey, mapping: NDArray[np.float64], width: int, times: int = 1) -> Grey:
    """The part of a page that the mapping brings to (32 times, width); each pixel is a mean."""
    scale = float(np.sqrt(abs(np.linalg.det(mapping[:2, :2]))))
    if scale < 0.7:
        levels = np.asarray(cv2.GaussianBlur(levels, (0, 0), 0.35 / scale), np.float32)
    warped = cv2.warpAffine(levels, mapping[:2], (width, HEIGHT * times), flags=cv2.INTER_LINEAR)
    return np.asarray(warped, np.float32)
