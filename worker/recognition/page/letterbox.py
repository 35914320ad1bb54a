"""Letterbox: the plain margins that a screenshot, a messenger or an editor adds to a photograph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.reading import Box

_SAME_COLOUR = 8  # grey levels in any channel: JPEG compression spreads one colour by so much
_OTHER_COLOUR = 12  # levels from which a pixel has another colour than the margin
_PLAIN_SHARE = 0.98  # of a row of a margin has its colour
_STRAIGHT_SHARE = 0.8  # of the columns of the content begin at the margin's edge
_MIN_CONTENT_SIDE = 0.3  # of the picture's side: with less content, the margins are its paper
_MAX_MARGIN_COLOUR = 0.35  # of the content may have a margin's colour: with more it is paper
_SAMPLED_SIDE = 320  # pixels a side: a margin is wider than a few of them


def inside_letterbox(pixels: Image) -> Box:
    """The content of a picture, grey or RGB uint8, without letterbox margins.

    A margin has one colour from the picture's edge on and ends in a straight edge, and the
    content has another colour along all its sides. A drawing on a plain canvas has no margins,
    since its background is the canvas. Without margins the box is the whole picture.
    """
    height, width = pixels.shape[:2]
    step = -(-max(height, width) // _SAMPLED_SIDE)
    sampled = np.ascontiguousarray(pixels[::step, ::step])
    margins = [_margin_above(np.rot90(sampled, quarter_turns)) * step for quarter_turns in range(4)]
    top, right, bottom, left = margins
    box = Box(left, top, width - left - right, height - top - bottom)
    whole = Box(0, 0, width, height)
    is_small = box.width < _MIN_CONTENT_SIDE * width or box.height < _MIN_CONTENT_SIDE * height
    if not any(margins) or is_small:
        return whole
    content = pixels[top : height - bottom : step, left : width - right : step]
    colours = [
        _colour_above(np.rot90(sampled, quarter_turns))
        for quarter_turns, margin in enumerate(margins)
        if margin
    ]
    return box if all(_has_other_colour(content, colour) for colour in colours) else whole


def _has_other_colour(content: Image, colour: Image) -> bool:
    """Whether the content has another colour than a margin, above all along its edges."""
    is_same = _distance(content, colour) <= _SAME_COLOUR
    edges = (is_same[0], is_same[-1], is_same[:, 0], is_same[:, -1])
    return bool(
        is_same.mean() < _MAX_MARGIN_COLOUR
        and max(edge.mean() for edge in edges) < 1 - _STRAIGHT_SHARE
    )


def _margin_above(pixels: Image) -> int:
    """How many rows from the top belong to a margin; 0 where there is none."""
    rows = pixels.shape[0]
    colour = _colour_above(pixels)
    if not _is_plain(_distance(pixels[:1], colour))[0]:
        return 0  # as in most photographs
    distance = _distance(pixels, colour)
    depth = int(np.argmin(_is_plain(distance)))  # the first row that is not plain
    is_other = distance > _OTHER_COLOUR
    columns = np.nonzero(is_other.any(axis=0))[0]
    if columns.size == 0:
        return 0
    blurred_rows = max(3, rows // 50)
    edge_rows = is_other[depth : depth + blurred_rows, columns[0] : columns[-1] + 1]
    straight = np.nonzero(edge_rows.mean(axis=1) >= _STRAIGHT_SHARE)[0]
    if straight.size == 0:
        return 0
    return int(depth + straight[0] + rows // 100 + 1)


def _is_plain(distance: Image) -> NDArray[np.bool_]:
    """Which rows have one colour."""
    return np.asarray((distance <= _SAME_COLOUR).mean(axis=1) > _PLAIN_SHARE)


def _colour_above(pixels: Image) -> Image:
    """The colour of the topmost row, (3,), or its grey level."""
    return np.asarray(np.median(pixels[0], axis=0), np.uint8)


def _distance(pixels: Image, colour: Image) -> Image:
    """The distance of each pixel from a colour, in levels of the channel that differs most."""
    difference = np.maximum(pixels, colour) - np.minimum(pixels, colour)
    if pixels.ndim == 2:
        return difference
    red, green, blue = np.moveaxis(difference, -1, 0)
    return np.asarray(np.maximum(np.maximum(red, green), blue), np.uint8)
