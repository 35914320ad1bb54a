"""Touching digits: where one glyph could be cut into two or three, for the network to judge."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box, Glyph

Seam = NDArray[np.int32]  # (height,), the column of a cut at each row

_NARROWEST_PAIR = 0.9  # of the height: narrower, it is a letter (a B is a 1 and a 3)
_NARROWEST_TRIPLE = 1.3
_PATCH_HEIGHT = 96
_LEAST_PIECE = 0.12  # of the glyph's width: a 1 at its thinnest
_SIDESTEP = 0.15  # what moving a column sideways costs a cut, in pixels of full ink


def ways_to_split(traces: BinarisedPage, glyph: Glyph, most: int = 3) -> list[tuple[Glyph, ...]]:
    """Cuts of one glyph into neighbours, the likeliest first; none for a narrow glyph.

    Each cut is a path from the top to the bottom that crosses the least ink (a seam by dynamic
    programming, as Avidan and Shamir carve them, 2007; for digits, Congedo et al., 1995), one for
    each valley of the upright projection.
    """
    box = traces.picture.box_in_working(glyph.box)
    patch = _patch(traces, box)
    height, width = patch.shape
    if width < _NARROWEST_PAIR * height:
        return []
    seams = _seams(patch)
    ways: list[tuple[Seam, ...]] = [(seam,) for seam in seams[:most]]
    if width > _NARROWEST_TRIPLE * height:
        ways += [
            (left, right)
            for left in seams[:most]
            for right in seams[:most]
            if (right - left).min() > _LEAST_PIECE * width
        ][:most]
    pieces = [_cut(patch, way, glyph) for way in ways]
    return [cut for cut in pieces if cut]


def _patch(traces: BinarisedPage, box: Box) -> NDArray[np.float32]:
    """The glyph's soft ink, (96, width) float32, in its own proportion."""
    soft = traces.soft_ink[box.y : box.y + box.height, box.x : box.x + box.width]
    scale = _PATCH_HEIGHT / soft.shape[0]
    size = (max(1, round(soft.shape[1] * scale)), _PATCH_HEIGHT)
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)


def _seams(patch: NDArray[np.float32]) -> list[Seam]:
    """One cut a valley, the cheapest first."""
    width = patch.shape[1]
    projection = cv2.GaussianBlur(patch.sum(axis=0)[None], (0, 0), 0.02 * width + 0.5)[0]
    margin = max(1, round(_LEAST_PIECE * width))
    valleys = [
        column
        for column in range(margin, width - margin)
        if projection[column] <= projection[column - 1]
        and projection[column] < projection[column + 1]
    ]
    found = [_seam(patch, column, reach=0.15 * width) for column in valleys]
    return [seam for _, seam in sorted(found, key=lambda pair: pair[0])]


def _seam(patch: NDArray[np.float32], column: int, reach: float) -> tuple[float, Seam]:
    """The path near a column that crosses the least ink, and what it costs."""
    height, width = patch.shape
    first, last = max(0, int(column - reach)), min(width, int(column + reach) + 1)
    band = patch[:, first:last]
    costs = band.copy()
    steps = np.zeros(band.shape, np.int32)
    for row in range(1, height):
        above = np.pad(costs[row - 1], 1, constant_values=np.inf)
        choices = np.stack([above[:-2] + _SIDESTEP, above[1:-1], above[2:] + _SIDESTEP])
        steps[row] = choices.argmin(axis=0) - 1
        costs[row] += choices.min(axis=0)
    path = np.empty(height, np.int32)
    path[-1] = costs[-1].argmin()
    for row in range(height - 1, 0, -1):
        path[row - 1] = path[row] + steps[row, path[row]]
    return float(costs[-1].min()), path + first


def _cut(patch: NDArray[np.float32], seams: tuple[Seam, ...], glyph: Glyph) -> tuple[Glyph, ...]:
    """The pieces between the seams; nothing if one of them is no more than a scrap."""
    height, width = patch.shape
    edges = [np.zeros(height, np.int32), *seams, np.full(height, width, np.int32)]
    columns = np.arange(width)[None, :]
    pieces: list[Glyph] = []
    for left, right in pairwise(edges):
        own = np.where((columns >= left[:, None]) & (columns < right[:, None]), patch, 0)
        ys, xs = np.nonzero(own > 0.5)
        if ys.size == 0 or np.ptp(ys) < 0.4 * height:
            return ()
        top, bottom, start, end = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
        across, down = glyph.box.width / width, glyph.box.height / height
        box = Box(
            glyph.box.x + int(start * across),
            glyph.box.y + int(top * down),
            max(1, int((end - start) * across)),
            max(1, int((bottom - top) * down)),
        )
        ink = to_mnist(own[top:bottom, start:end].astype(np.float32))
        pieces.append(Glyph(box, glyph.row, ink))
    return tuple(pieces)
