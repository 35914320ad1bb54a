"""Attention: where a patch looks, for each head, and the sum behind one of its glances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.explanations.units import ENLARGED, LayerNumbers


@dataclass(frozen=True)
class AttentionHead:
    """What one head gives each patch, from the chosen one; the weights add up to 1."""

    number: int
    weights: list[float]  # one for each patch
    strongest: int  # the patch with the highest weight
    query: list[float]  # of the chosen patch
    key: list[float]  # of the strongest patch
    scores: list[float]  # query times key, divided by the root of their length, for each patch

    @property
    def product(self) -> float:
        return math.fsum(q * k for q, k in zip(self.query, self.key, strict=True))

    @property
    def score(self) -> float:
        return self.product / math.sqrt(len(self.query))

    @property
    def sum_of_powers(self) -> float:
        """Relative to the highest, so that none overflows."""
        return math.fsum(math.exp(score - max(self.scores)) for score in self.scores)


@dataclass(frozen=True)
class Attention:
    """The chosen patch, and its heads."""

    row: int
    column: int
    grid: tuple[int, int]
    heads: list[AttentionHead]


def attention_from(layer_numbers: LayerNumbers, wanted: Mapping[str, str]) -> Attention:
    """The patch that a query names, or the middle one. Raises IndexError or ValueError."""
    layer = layer_numbers.layer
    rows, columns = layer["grid"]
    if "at.x" in wanted:
        row, column = (int(wanted[name]) * rows // ENLARGED for name in ("at.y", "at.x"))
    else:
        row, column = int(wanted.get("row", rows // 2)), int(wanted.get("column", columns // 2))
    if not (0 <= row < rows and 0 <= column < columns):
        raise IndexError((row, column))
    number_of_heads = layer_numbers.network.array(f"{layer['index']}.query").shape[1]
    patch = row * columns + column
    heads = [_head(layer_numbers, head, patch) for head in range(number_of_heads)]
    return Attention(row, column, (rows, columns), heads)


def _head(layer_numbers: LayerNumbers, head: int, patch: int) -> AttentionHead:
    inputs = layer_numbers.inputs()
    queries, keys = (_projected(layer_numbers, name, head) for name in ("query", "key"))
    query = queries(inputs.last_axis(patch))
    all_keys = [keys(inputs.last_axis(other)) for other in range(inputs.shape[0])]
    root = math.sqrt(len(query))
    scores = [math.fsum(q * k for q, k in zip(query, key, strict=True)) / root for key in all_keys]
    powers = [math.exp(score - max(scores)) for score in scores]
    total = math.fsum(powers)
    strongest = max(range(len(scores)), key=scores.__getitem__)
    weights = [power / total for power in powers]
    return AttentionHead(head, weights, strongest, query, all_keys[strongest], scores)


def _projected(layer_numbers: LayerNumbers, name: str, head: int):  # type: ignore[no-untyped-def]
    """A function from the numbers of a patch to its query or key of one head."""
    index = layer_numbers.layer["index"]
    kernel = layer_numbers.network.array(f"{index}.{name}")  # (width, heads, size)
    bias = layer_numbers.network.array(f"{index}.{name}.bias").last_axis(head)
    width, _, size = kernel.shape
    columns = [[kernel.at(n, head, k) for n in range(width)] for k in range(size)]

    def project(token: list[float]) -> list[float]:
        return [
            sum(map(float.__mul__, token, column), start=bias[k])
            for k, column in enumerate(columns)
        ]

    return project
