"""Bars: the plain margins that a screenshot, a messenger or an editor puts around a photograph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.reading import Box

_ALIKE = 8  # grey levels in any channel: what a JPEG leaves of one colour
_APART = 12  # levels from which on a pixel is of another colour than the bar
_PLAIN = 0.98  # of a row of a bar has its colour
_STRAIGHT = 0.8  # of what lies within: so much of it begins at the bar's edge
_LEAST_SIDE = 0.3  # of the picture's side: less within, and the bars are its paper
_MOST_ALIKE = 0.35  # of what lies within may have a bar's colour: more, and that is the paper
_LOOKED_AT = 320  # pixels a side: what is narrower than a few of them is no bar


def inside_letterbox(pixels: Image) -> Box:
    """The part of a picture, (height, width, 3) uint8 RGB, that is left without its bars.

    A bar has one colour from the picture's edge on and ends in a straight edge, and the paper
    within has another colour, on all its sides. A drawing on a plain canvas has no bars, since
    it is drawn on what would be one. Without bars the box is the whole picture.
    """
    height, width = pixels.shape[:2]
    step = -(-max(height, width) // _LOOKED_AT)
    seen = pixels[::step, ::step].astype(np.int16)
    cuts = [_bar_above(np.rot90(seen, quarters)) * step for quarters in range(4)]
    top, right, bottom, left = cuts
    box = Box(left, top, width - left - right, height - top - bottom)
    whole = Box(0, 0, width, height)
    if not any(cuts) or box.width < _LEAST_SIDE * width or box.height < _LEAST_SIDE * height:
        return whole
    inside = pixels[top : height - bottom : step, left : width - right : step].astype(np.int16)
    colours = [_colour_above(np.rot90(seen, side)) for side, cut in enumerate(cuts) if cut]
    return box if all(_is_another(inside, bar) for bar in colours) else whole


def _is_another(inside: NDArray[np.int16], bar: NDArray[np.int16]) -> bool:
    """Whether what lies within has another colour than a bar, above all along its edges."""
    alike = _distance(inside, bar) <= _ALIKE
    edges = (alike[0], alike[-1], alike[:, 0], alike[:, -1])
    return bool(alike.mean() < _MOST_ALIKE and max(edge.mean() for edge in edges) < 1 - _STRAIGHT)


def _bar_above(pixels: NDArray[np.int16]) -> int:
    """How many rows from the top on belong to a bar; 0 where there is none."""
    rows = pixels.shape[0]
    colour = _colour_above(pixels)
    if not _is_plain(_distance(pixels[:1], colour))[0]:
        return 0  # as in most photographs
    distance = _distance(pixels, colour)
    deep = int(np.argmin(_is_plain(distance)))  # the first row that is not plain
    other = distance > _APART
    columns = np.nonzero(other.any(axis=0))[0]
    if columns.size == 0:
        return 0
    blurred = max(3, rows // 50)
    edge = other[deep : deep + blurred, columns[0] : columns[-1] + 1].mean(axis=1)
    straight = np.nonzero(edge >= _STRAIGHT)[0]
    if straight.size == 0:
        return 0
    return int(deep + straight[0] + rows // 100 + 1)


def _is_plain(distance: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which rows have one colour."""
    return np.asarray((distance <= _ALIKE).mean(axis=1) > _PLAIN)


def _colour_above(pixels: NDArray[np.int16]) -> NDArray[np.int16]:
    """The colour of the topmost row, (3,)."""
    return np.asarray(np.median(pixels[0], axis=0), np.int16)


def _distance(pixels: NDArray[np.int16], colour: NDArray[np.int16]) -> NDArray[np.int16]:
    """How far each pixel is from a colour, in levels of the channel that differs most."""
    return np.asarray(np.abs(pixels - colour).max(axis=-1), np.int16)
