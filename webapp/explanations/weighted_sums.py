"""The sum of one unit, term by term: input times weight, then bias, scale and activation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from webapp.explanations.receptive_field import Layer, padding_before
from webapp.platform.array_archive import ArrayArchive, FloatArray

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda total: total,
    "relu": lambda total: max(total, 0.0),
    "gelu": lambda total: total * (1 + math.erf(total / math.sqrt(2))) / 2,
    "sigmoid": lambda total: 1 / (1 + math.exp(-total)),
    "tanh": math.tanh,
}


@dataclass(frozen=True)
class Term:
    """One input of a unit and its weight."""

    place: tuple[int, ...]  # of the input: (row, column, channel), or (unit,)
    value: float
    weight: float
    is_padding: bool = False  # outside of the input, where everything is 0

    @property
    def product(self) -> float:
        return self.value * self.weight


@dataclass(frozen=True)
class Part:
    """The terms of one channel of the input."""

    channel: int
    terms: Sequence[Term]

    @property
    def total(self) -> float:
        return math.fsum(term.product for term in self.terms)


@dataclass(frozen=True)
class WeightedSum:
    """A unit: the products are added up, then bias, then scale and offset, then the activation."""

    terms: Sequence[Term]
    bias: float
    scale: float | None  # of the batch normalisation; None: the layer has none
    offset: float
    activation: str

    @property
    def products(self) -> float:
        return math.fsum(term.product for term in self.terms)

    @property
    def total(self) -> float:
        return self.products + self.bias

    @property
    def before_activation(self) -> float:
        return self.total if self.scale is None else self.total * self.scale + self.offset

    @property
    def result(self) -> float | None:
        """The output of the unit; None where its activation looks at other units too."""
        function = ACTIVATIONS.get(self.activation)
        return None if function is None else function(self.before_activation)

    def parts(self) -> list[Part]:
        """The terms by the channel of the input, the largest contributions first."""
        by_channel = sorted(self.terms, key=lambda term: term.place[-1])
        groups = groupby(by_channel, key=lambda term: term.place[-1])
        parts = [Part(channel, list(terms)) for channel, terms in groups]
        return sorted(parts, key=lambda part: -abs(part.total))

    def strongest(self, count: int) -> list[Term]:
        """The terms with the largest products."""
        return sorted(self.terms, key=lambda term: -abs(term.product))[:count]


def convolution_sum(
    layer: Layer, inputs: FloatArray, network: ArrayArchive, unit: tuple[int, int, int]
) -> WeightedSum:
    """The sum of a convolution's unit at (row, column, channel)."""
    row, column, channel = unit
    height, width, depth = inputs.shape
    kernel = network.array(f"{layer['index']}.kernel")  # (rows, columns, inputs, outputs)
    top = row * layer["strides"][0] - padding_before(layer, 0)
    left = column * layer["strides"][1] - padding_before(layer, 1)
    terms = []
    for down in range(kernel.shape[0]):
        for across in range(kernel.shape[1]):
            y, x = top + down, left + across
            is_padding = not (0 <= y < height and 0 <= x < width)
            values = [0.0] * depth if is_padding else inputs.last_axis(y, x)
            terms += [
                Term((y, x, n), value, kernel.at(down, across, n, channel), is_padding)
                for n, value in enumerate(values)
            ]
    return _weighted_sum(layer, terms, network, channel)


def dense_sum(
    layer: Layer, inputs: Sequence[float], network: ArrayArchive, unit: int
) -> WeightedSum:
    """The sum of a dense layer's unit; `inputs` are all that it reads."""
    kernel = network.array(f"{layer['index']}.kernel")  # (inputs, outputs)
    terms = [Term((n,), value, kernel.at(n, unit)) for n, value in enumerate(inputs)]
    return _weighted_sum(layer, terms, network, unit)


def _weighted_sum(
    layer: Layer, terms: Sequence[Term], network: ArrayArchive, channel: int
) -> WeightedSum:
    def number(name: str) -> float | None:
        full = f"{layer['index']}.{name}"
        return network.array(full).at(channel) if network.has(full) else None

    return WeightedSum(
        terms,
        bias=number("bias") or 0.0,
        scale=number("scale"),
        offset=number("offset") or 0.0,
        activation=layer["activation"],
    )
