"""Touching digits: proposes where one glyph could be split in two or three, for classification."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box, Glyph

Patch = NDArray[np.float32]  # (96, width), 0..1, the soft ink of one glyph
Seam = NDArray[np.int32]  # (height,), the column of a split at each row

_MIN_PAIR_RATIO = 0.9  # width by height: a narrower glyph is a letter (a B is a 1 and a 3)
_MIN_TRIPLE_RATIO = 1.3
_MAX_RATIO = 8.0  # a wider glyph is no three digits, and its patch would be large
_PATCH_HEIGHT = 96
_MIN_PIECE = 0.12  # of the glyph's width: a 1 at its thinnest
_SIDESTEP_COST = 0.15  # of moving one column sideways, in pixels of full ink


def is_wide(glyph: Glyph) -> bool:
    """Whether a glyph may be wide enough for two digits; `propose_splits` measures it exactly."""
    ratio = glyph.box.width / glyph.box.height
    return 0.9 * _MIN_PAIR_RATIO < ratio < _MAX_RATIO


def propose_splits(page: BinarisedPage, glyph: Glyph, most: int = 3) -> list[tuple[Glyph, ...]]:
    """Splits of one glyph into neighbours, the likeliest first; none for a narrow glyph.

    There are at most `most` splits in two and as many in three. Each seam is a path from the top
    to the bottom that crosses the least ink (dynamic programming, as in Avidan and Shamir's seam
    carving, 2007; for digits, Congedo et al., 1995), one for each valley of the vertical
    projection.
    """
    box = page.picture.box_in_working(glyph.box)
    patch = _patch(page, box)
    height, width = patch.shape
    if width < _MIN_PAIR_RATIO * height:
        return []
    seams = _cheapest_seams(patch, most)
    splits: list[tuple[Seam, ...]] = [(seam,) for seam in seams]
    if width > _MIN_TRIPLE_RATIO * height:
        splits += [
            (left, right)
            for left in seams
            for right in seams
            if (right - left).min() > _MIN_PIECE * width
        ][:most]
    proposed = [_split_at(patch, split, glyph) for split in splits]
    return [pieces for pieces in proposed if pieces]


def _patch(page: BinarisedPage, box: Box) -> Patch:
    soft_ink = page.soft_ink[box.y : box.y + box.height, box.x : box.x + box.width]
    scale = _PATCH_HEIGHT / soft_ink.shape[0]
    size = (max(1, round(soft_ink.shape[1] * scale)), _PATCH_HEIGHT)
    return np.asarray(cv2.resize(soft_ink, size, interpolation=cv2.INTER_AREA), np.float32)


def _cheapest_seams(patch: Patch, most: int) -> list[Seam]:
    """One seam for each valley of the projection, the cheapest first, at most so many."""
    width = patch.shape[1]
    projection = cv2.GaussianBlur(patch.sum(axis=0)[None], (0, 0), 0.02 * width + 0.5)[0]
    margin = max(1, round(_MIN_PIECE * width))
    valleys = [
        column
        for column in range(margin, width - margin)
        if projection[column] <= projection[column - 1]
        and projection[column] < projection[column + 1]
    ]
    found = [_seam(patch, column, reach=0.15 * width) for column in valleys]
    return [seam for _, seam in sorted(found, key=lambda pair: pair[0])[:most]]


def _seam(patch: Patch, column: int, reach: float) -> tuple[float, Seam]:
    """The path near a column that crosses the least ink, and its cost."""
    height, width = patch.shape
    first, last = max(0, int(column - reach)), min(width, int(column + reach) + 1)
    band = patch[:, first:last]
    costs = np.full((height, band.shape[1] + 2), np.inf, np.float32)  # a column on either side
    costs[:, 1:-1] = band
    steps = np.zeros(band.shape, np.int32)
    choices = np.empty((3, band.shape[1]), np.float32)
    for row in range(1, height):
        above = costs[row - 1]
        np.add(above[:-2], np.float32(_SIDESTEP_COST), out=choices[0])
        choices[1] = above[1:-1]
        np.add(above[2:], np.float32(_SIDESTEP_COST), out=choices[2])
        steps[row] = choices.argmin(axis=0) - 1
        costs[row, 1:-1] += choices.min(axis=0)
    path = np.empty(height, np.int32)
    path[-1] = costs[-1, 1:-1].argmin()
    for row in range(height - 1, 0, -1):
        path[row - 1] = path[row] + steps[row, path[row]]
    return float(costs[-1].min()), path + first


def _split_at(patch: Patch, seams: tuple[Seam, ...], glyph: Glyph) -> tuple[Glyph, ...]:
    """The pieces between the seams; none if one of them is only a scrap."""
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
