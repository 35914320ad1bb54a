"""The unit of a layer that a page shows: which one was chosen, what it gives and what it sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.explanations.receptive_field import INK, Field, Layer, receptive_field, window
from webapp.explanations.weighted_sums import (
    Term,
    WeightedSum,
    convolution_sum,
    dense_sum,
)
from webapp.platform.array_archive import ArrayArchive, FloatArray

ENLARGED = 280  # CSS pixels of the map on which a place is chosen


@dataclass(frozen=True)
class Unit:
    """One number of a layer's output."""

    place: tuple[int, int] | None  # row, column of its map; None: the layer has no places
    channel: int  # the number of its map, or of the unit
    value: float
    field: Field  # what it sees of the 28×28 ink
    window: Field | None  # what it reads of its input, which has rows and columns
    total: WeightedSum | None  # None: the layer adds nothing up, or is too large to be kept


@dataclass(frozen=True)
class LayerNumbers:
    """A layer, with the numbers of one explanation."""

    layer: Layer
    layers: Sequence[Layer]
    numbers: ArrayArchive
    network: ArrayArchive

    @property
    def is_kept(self) -> bool:
        return self.numbers.has(str(self.layer["index"]))

    def output(self) -> FloatArray:
        """(rows, columns, channels) where there are places, else (units,) or (steps, units)."""
        output = self.numbers.array(str(self.layer["index"]))
        grid = self.layer["grid"]
        return output.reshaped(*grid, output.shape[-1]) if grid else output

    def inputs(self) -> FloatArray:
        """What the layer reads, in the shape in which it reads it."""
        source = self.layer["sources"][0]
        read = self.numbers.array("ink" if source == INK else str(source))
        return read.reshaped(*self.layer["input_shape"])

    def unit(self, wanted: Mapping[str, str]) -> Unit:
        """The unit that a query names, or the strongest one. Raises IndexError or ValueError."""
        output = self.output()
        is_last = self.layer["index"] == len(self.layers) - 1
        index = _named(wanted, output.shape) or _strongest(output, wanted, signed=is_last)
        value = output.at(*index)
        if len(index) != 3:
            total = self._total(None, index[-1]) if len(index) == 1 else None
            field = receptive_field(self.layers, self.layer["index"], 0, 0)
            return Unit(None, index[-1], value, field, None, total)
        row, column, channel = index
        reads_window = self.layer["kind"] in ("convolution", "pool")
        return Unit(
            (row, column),
            channel,
            value,
            receptive_field(self.layers, self.layer["index"], row, column),
            window(self.layer, row, column) if reads_window else None,
            self._total((row, column), channel),
        )

    def _total(self, place: tuple[int, int] | None, channel: int) -> WeightedSum | None:
        kind = self.layer["kind"]
        if kind in ("convolution", "dense") and not self.network.has(
            f"{self.layer['index']}.kernel"
        ):
            return None
        if kind == "convolution" and place is not None:
            return convolution_sum(self.layer, self.inputs(), self.network, (*place, channel))
        if kind == "dense":
            return dense_sum(self.layer, self._vector(place), self.network, channel)
        return self._mean(channel) if kind == "average" else None

    def _vector(self, place: tuple[int, int] | None) -> list[float]:
        """What a dense layer reads for a place: its numbers, or all numbers."""
        inputs = self.inputs()
        if place is None or not self.layer["grid"]:
            return list(inputs.values)
        return inputs.last_axis(place[0] * self.layer["grid"][1] + place[1])

    def _mean(self, channel: int) -> WeightedSum:
        """A mean as a sum in which every place has the same weight."""
        inputs = self.inputs()
        depth = inputs.shape[-1]
        values = inputs.values[channel::depth]
        terms = [Term((n, channel), value, 1 / len(values)) for n, value in enumerate(values)]
        return WeightedSum(terms, bias=0.0, scale=None, offset=0.0, activation="linear")


def _named(wanted: Mapping[str, str], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The full index in a query; None where it names none. A tap on a map gives at.x and at.y."""
    if "channel" not in wanted:
        return None
    channel = int(wanted["channel"])
    if len(shape) == 1:
        return (channel,)
    if len(shape) == 2:
        return (int(wanted["row"]), channel) if "row" in wanted else None
    if "at.x" in wanted:
        return *_tapped(wanted, shape), channel
    if "row" in wanted and "column" in wanted:
        return int(wanted["row"]), int(wanted["column"]), channel
    return None


def _tapped(wanted: Mapping[str, str], shape: tuple[int, ...]) -> tuple[int, int]:
    longest = max(shape[:2])
    row, column = (int(wanted[name]) * longest // ENLARGED for name in ("at.y", "at.x"))
    return min(max(row, 0), shape[0] - 1), min(max(column, 0), shape[1] - 1)


def _strongest(output: FloatArray, wanted: Mapping[str, str], *, signed: bool) -> tuple[int, ...]:
    """The index of the largest number, of the chosen channel where there is one.

    Without `signed` a negative number counts by its size.
    """
    depth = output.shape[-1]
    channel = int(wanted["channel"]) if "channel" in wanted else None
    if channel is not None and not 0 <= channel < depth:
        raise IndexError(channel)
    places = (
        range(len(output.values)) if channel is None else range(channel, len(output.values), depth)
    )
    values = output.values
    best = max(places, key=lambda place: values[place] if signed else abs(values[place]))
    index: list[int] = []
    for size in reversed(output.shape):
        best, position = divmod(best, size)
        index.insert(0, position)
    return tuple(index)
