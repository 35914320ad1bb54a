"""Receptive fields: the part of the 28×28 ink that a unit of a layer can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

INK = -1  # the source of a layer that reads the ink
SIDE = 28

Layer = Mapping[str, Any]  # the facts of one layer, as the worker wrote them


class Field(NamedTuple):
    """Rows and columns of a picture, the last ones included; they may lie outside of it."""

    top: int
    left: int
    bottom: int
    right: int

    def within(self, height: int, width: int) -> Field:
        """The part that is on a picture of this size."""
        bottom, right = min(self.bottom, height - 1), min(self.right, width - 1)
        return Field(max(self.top, 0), max(self.left, 0), bottom, right)

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1


WHOLE = Field(0, 0, SIDE - 1, SIDE - 1)


def window(layer: Layer, row: int, column: int) -> Field:
    """The rows and columns of its input that a unit of a convolution or a pool reads."""
    (top, bottom), (left, right) = (
        _span(layer, axis, position, position) for axis, position in enumerate((row, column))
    )
    return Field(top, left, bottom, right)


def receptive_field(layers: Sequence[Layer], index: int, row: int, column: int) -> Field:
    """What the unit at a row and column of a layer sees of the ink, at most.

    A layer that mixes all places, and all layers after it, see the whole picture.
    """
    field = Field(row, column, row, column)
    while index != INK:
        layer = layers[index]
        if layer["kind"] in ("convolution", "pool"):
            top, bottom = _span(layer, 0, field.top, field.bottom)
            left, right = _span(layer, 1, field.left, field.right)
            field = Field(top, left, bottom, right)
        elif layer["kind"] != "dense" or len(layer["shape"]) == 1:
            return WHOLE
        index = layer["sources"][0]
    return field.within(SIDE, SIDE)


def _span(layer: Layer, axis: int, first: int, last: int) -> tuple[int, int]:
    """The rows (axis 0) or columns (1) of the input that these of the output are made of."""
    kernel, stride = layer["kernel"][axis], layer["strides"][axis]
    before = padding_before(layer, axis)
    return first * stride - before, last * stride - before + kernel - 1


def padding_before(layer: Layer, axis: int) -> int:
    """Zeros above (axis 0) or left (1) of the input, as TensorFlow's padding "same" adds them."""
    if layer["padding"] != "same":
        return 0
    size, kernel, stride = (layer[name][axis] for name in ("input_shape", "kernel", "strides"))
    return int(max((-(-size // stride) - 1) * stride + kernel - size, 0) // 2)
