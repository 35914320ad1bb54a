"""Cutting: the ink of each digit of a line, by the places at which the string network read it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey
from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box, Glyph
from worker.recognition.strings.alphabet import DIGITS
from worker.recognition.strings.line_format import HEIGHT
from worker.recognition.strings.line_image import LineImage, warped_strokes
from worker.recognition.strings.recogniser import Symbol

_FINE = 3  # a line is cut at three times the size at which it is read
_END = 0.8  # of the line's height: the reach of the first and the last symbol
_OWN = 0.8  # of a piece's ink within a symbol's columns: then all of the piece is the symbol's
_EDGE = 0.35  # of full ink: less than at the edge of a stroke, so that thin walls stay whole
_MIN_INK = 12  # pixels of the fine line

Line = NDArray[np.float32]  # (96, 3 width), 0..1


def cut_digits(
    page: BinarisedPage, line: LineImage, symbols: Sequence[Symbol], row: int
) -> list[Glyph]:
    """A glyph for each digit among the symbols, in order; its ink may be empty."""
    fine = warped_strokes(page, line, _FINE)
    columns = _columns(fine, [symbol.x * _FINE for symbol in symbols])
    _, found, stats, _ = cv2.connectedComponentsWithStats((fine > _EDGE).astype(np.uint8))
    pieces = np.asarray(found, np.int32)  # (96, 3 width): the piece of ink at each pixel, or 0
    sizes = np.asarray(stats, np.int32)
    solid = _may_be_digits(sizes, len(fine))
    areas = sizes[:, cv2.CC_STAT_AREA]
    return [
        _glyph(page, line, np.where(_own(pieces, areas, solid, left, right), fine, 0), symbol, row)
        for symbol, (left, right) in zip(symbols, columns, strict=True)
        if symbol.symbol in DIGITS
    ]


def _columns(fine: Line, middles: Sequence[float]) -> list[tuple[int, int]]:
    """The columns of each symbol: from one place of least ink between two symbols to the next."""
    width = fine.shape[1]
    projection = cv2.GaussianBlur(fine.sum(axis=0)[None], (0, 0), 1.5)[0]
    reach = _END * HEIGHT * _FINE
    edges = [max(0, int(middles[0] - reach))]
    for before, after in pairwise(middles):
        gap = after - before
        low = min(width - 1, max(0, int(before + 0.25 * gap)))
        high = max(low + 1, int(after - 0.25 * gap) + 1)
        edges.append(low + int(projection[low:high].argmin()))
    edges.append(min(width, int(middles[-1] + reach) + 1))
    return list(pairwise(edges))


def _may_be_digits(stats: NDArray[np.int32], height: int) -> NDArray[np.bool_]:
    """(pieces,): whether a piece may be of a digit: no underline, wall, box or ellipse."""
    wide, tall, area = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_AREA + 1].T
    is_rule = (wide > 5 * tall) & (wide > 0.6 * height)
    is_frame = (np.maximum(wide, tall) > 0.5 * height) & (area < 0.3 * wide * tall)
    is_frame &= _holds_others(stats, 0.012 * height**2)
    solid = ~(is_rule | is_frame)
    solid[0] = False  # the paper
    return np.asarray(solid, np.bool_)


def _holds_others(stats: NDArray[np.int32], least: float) -> NDArray[np.bool_]:
    """(pieces,): whether another piece of at least so many pixels is within a piece's box."""
    left, top, wide, tall, area = stats.T
    inside = (
        (left[None, :] > left[:, None])
        & (top[None, :] > top[:, None])
        & ((left + wide)[None, :] < (left + wide)[:, None])
        & ((top + tall)[None, :] < (top + tall)[:, None])
        & (area[None, :] >= least)
    )
    return np.asarray(inside.any(axis=1), np.bool_)


def _own(
    pieces: NDArray[np.int32],
    areas: NDArray[np.int32],
    solid: NDArray[np.bool_],
    left: int,
    right: int,
) -> NDArray[np.bool_]:
    """The pixels of one symbol: pieces mostly in its columns, and its part of shared pieces."""
    within = np.bincount(pieces[:, left:right].ravel(), minlength=len(solid))
    share = within / areas
    is_inside = np.zeros(pieces.shape[1], np.bool_)
    is_inside[left:right] = True
    is_shared = solid & (share > 1 - _OWN) & (share < _OWN)
    is_core = (solid & (share >= _OWN))[pieces] | (is_shared[pieces] & is_inside[None, :])
    near = cv2.dilate(is_core.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.asarray(near & (is_core | (pieces == 0)), np.bool_)


def _glyph(page: BinarisedPage, line: LineImage, own: Grey, symbol: Symbol, row: int) -> Glyph:
    rows, columns = np.nonzero(own > 0.5)
    if rows.size < _MIN_INK:
        place = Box(max(0, int(symbol.x) - HEIGHT // 8), 0, HEIGHT // 4, HEIGHT)
        box = page.picture.box_in_original(line.box_on_page(place))
        return Glyph(box, row, np.zeros((28, 28), np.float32))
    top, bottom = int(rows.min()), int(rows.max()) + 1
    left, right = int(columns.min()), int(columns.max()) + 1
    ink = to_mnist(np.ascontiguousarray(own[top:bottom, left:right], np.float32))
    place = Box(
        left // _FINE, top // _FINE, -(-(right - left) // _FINE), -(-(bottom - top) // _FINE)
    )
    return Glyph(page.picture.box_in_original(line.box_on_page(place)), row, ink)
