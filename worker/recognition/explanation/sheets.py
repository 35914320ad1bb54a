"""Pictures of arrays: many small maps side by side on one sheet, all on the same scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.explanation.layers import Array

GAP = 1  # pixels between two maps
BACKGROUND = (44, 44, 52)  # between the maps
POSITIVE = np.array((255, 150, 60), np.float32)  # orange, and blue for negative numbers: both
NEGATIVE = np.array((80, 160, 255), np.float32)  # are told apart with every colour blindness
LEVELS = np.array((255, 255, 255), np.float32)  # white, where no number is negative


@dataclass(frozen=True)
class MapSheet:
    """The picture, and where the map n lies: row n // columns, column n % columns."""

    pixels: Image  # (height, width, 3) RGB
    columns: int
    cell: tuple[int, int]  # height, width of one map, without the gap

    def facts(self) -> dict[str, object]:
        height, width = self.pixels.shape[:2]
        return {"columns": self.columns, "cell": self.cell, "width": width, "height": height}


def sheet(maps: Array, *, most: int = 256) -> MapSheet:
    """(n, height, width) numbers as an about square sheet of the first `most` maps."""
    shown = maps[:most]
    count, height, width = shown.shape
    columns = max(1, round(math.sqrt(count * (height + GAP) / (width + GAP))))
    rows = -(-count // columns)
    size = (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3)
    pixels = np.full(size, BACKGROUND, np.uint8)
    for number, colours in enumerate(coloured(shown)):
        top, left = number // columns * (height + GAP), number % columns * (width + GAP)
        pixels[top : top + height, left : left + width] = colours
    return MapSheet(pixels, columns, (height, width))


def coloured(numbers: Array) -> NDArray[np.uint8]:
    """Numbers as RGB, (..., 3): black is 0, white or orange the highest, blue the lowest.

    The scale ends at the 99.8th percentile of the sizes, so that one number does not hide others.
    """
    sizes = np.abs(numbers)
    limit = float(np.quantile(sizes, 0.998)) if sizes.size else 0.0
    limit = limit or float(sizes.max(initial=0.0)) or 1.0
    share = np.clip(numbers / limit, -1, 1)[..., None]
    above = POSITIVE if (numbers < 0).any() else LEVELS
    return np.asarray(np.where(share >= 0, share * above, -share * NEGATIVE), np.uint8)


def as_maps(values: Array, grid: tuple[int, int] | None) -> Array | None:
    """A layer's output as (channels, height, width) maps; None where it has no places."""
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    if values.ndim == 2 and grid is not None:
        return values.T.reshape(-1, *grid)
    return None


def as_strip(values: Array, most: int = 32) -> Array:
    """A vector as one map with rows of up to `most` units; missing units are 0."""
    width = min(most, len(values))
    rows = -(-len(values) // width)
    padded = np.zeros(rows * width, np.float32)
    padded[: len(values)] = values
    return padded.reshape(1, rows, width)
