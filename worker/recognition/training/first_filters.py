"""The first filters of a network: the weights of its first layer, as small pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

SIDE = 28  # pixels of the network's input
MOST_FILTERS = 24  # enough to watch, and few bytes


@dataclass(frozen=True)
class FirstFilters:
    """Some filters of the first layer, which `int8` holds well enough to be seen."""

    weights: NDArray[np.int8]  # (n, height, width); 127 is the largest magnitude of all

    @property
    def shape(self) -> tuple[int, int, int]:
        count, height, width = self.weights.shape
        return count, height, width

    def to_bytes(self) -> bytes:
        return self.weights.tobytes()


def first_filters(model: keras.Model) -> FirstFilters | None:
    """The first layer's filters; None for a layer whose weights do not lie on the picture.

    A convolution has its kernels, a dense layer a picture of 28×28 weights for each unit, and a
    recurrent one a row of 28 weights for each unit.
    """
    if not model.weights:
        return None
    kernels = _on_the_picture(model.weights[0].value.numpy())
    if kernels is None:
        return None
    kernels = kernels[:MOST_FILTERS]
    largest = max(float(np.abs(kernels).max()), 1e-9)
    return FirstFilters(np.round(kernels / largest * 127).astype(np.int8))


def _on_the_picture(kernel: NDArray[Any]) -> NDArray[Any] | None:
    """(n, height, width), each filter in the places of the picture that its weights belong to."""
    if kernel.ndim == 4 and kernel.shape[2] == 1:  # (height, width, 1, n)
        return np.moveaxis(kernel[:, :, 0], -1, 0)
    if kernel.ndim == 2 and kernel.shape[0] == SIDE * SIDE:  # (784, n)
        return kernel.T.reshape(-1, SIDE, SIDE)
    if kernel.ndim == 2 and kernel.shape[0] == SIDE:  # (28, n)
        return kernel.T.reshape(-1, 1, SIDE)
    return None
