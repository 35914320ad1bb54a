"""Direct networks: a plain chain of layers, read from its .keras file and computed by NumPy.

For one picture a TensorFlow call costs twice as much as the products themselves, and loading and
tracing a network with Keras occupies the interpreter for half a second, while answers wait. The
convolutional and the dense networks need neither. Keras stays the source of truth: their scores
differ by less than 1e-4 (`tests/worker/recognition/network/test_direct.py`), and a network with any
other layer is left to it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]  # (n, …)
Layer = Callable[[Values], Values]  # may change its argument in place
Config = dict[str, Any]

INPUTS = ([None, 28, 28, 1], [None, 28, 28])
PARTS = 16  # pictures at once: their unrolled patches stay in the processor's cache
ACTIVATIONS = {"linear", "relu"}
READ_ERRORS = (KeyError, ValueError, TypeError, IndexError, OSError, zipfile.BadZipFile)


class OtherLayerError(ValueError):
    """The network is not a plain chain of the layers that are known here."""


class DirectNetwork:
    """Layers in order; (n, 28, 28, 1) float32 ink, 0..1, to (n, 10) raw scores."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers

    @classmethod
    def read(cls, path: Path) -> DirectNetwork | None:
        """The network in a .keras file; None where Keras must load it, or say why it cannot."""
        try:
            with zipfile.ZipFile(path) as file:
                model = json.loads(file.read("config.json"))
                weights = h5py.File(io.BytesIO(file.read("model.weights.h5")), "r")
            with weights:
                network = cls(_layers(model, weights["layers"]))
            is_whole = network(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 10)
        except READ_ERRORS:  # OtherLayerError too
            return None
        return network if is_whole else None

    def __call__(self, inks: Values) -> Values:
        parts = [self._forward(inks[start : start + PARTS]) for start in range(0, len(inks), PARTS)]
        return np.concatenate(parts)

    def _forward(self, values: Values) -> Values:
        for layer in self._layers:
            values = layer(values)
        return values


def _layers(model: Config, weights: h5py.Group) -> list[Layer]:
    """Raises OtherLayerError, or one of READ_ERRORS for a file of another structure."""
    chain = model["config"]["layers"]
    _require_chain(model, chain)
    counts: Counter[str] = Counter()
    layers: list[Layer] = []
    for layer in chain:
        kind, config = layer["class_name"], layer["config"]
        if config["dtype"] != "float32" and config["dtype"]["config"]["name"] != "float32":
            raise OtherLayerError(kind)
        # Keras names the weights by the class and its number among the layers of its class.
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.replace("2D", "2d")).lower()
        counts[name] += 1
        place = f"{name if counts[name] == 1 else f'{name}_{counts[name] - 1}'}/vars"
        stored = weights.get(place, {})  # a Dropout of a Sequential model has none
        values = [np.asarray(stored[str(number)], np.float32) for number in range(len(stored))]
        layers += MAKERS[kind](config, values)
    return layers


def _require_chain(model: Config, chain: Sequence[Config]) -> None:
    """Each layer takes the one before it, from one input to the last layer's output."""
    if any(layer["class_name"] not in MAKERS for layer in chain):
        raise OtherLayerError
    if chain[0]["class_name"] != "InputLayer" or chain[0]["config"]["batch_shape"] not in INPUTS:
        raise OtherLayerError
    if model["class_name"] == "Sequential":
        return
    names = [layer["config"]["name"] for layer in chain]
    before = [
        [argument["config"]["keras_history"] for argument in node["args"]]
        for layer in chain[1:]
        for node in layer["inbound_nodes"]
    ]
    wanted = [[[name, 0, 0]] for name in names[:-1]]
    last = [names[-1], 0, 0]
    config = model["config"]
    is_chain = before == wanted and config["output_layers"] in (last, [last])
    if model["class_name"] != "Functional" or not is_chain:
        raise OtherLayerError


def _input(config: Config, values: Sequence[Values]) -> list[Layer]:  # noqa: ARG001
    rank = len(config["batch_shape"])
    return [lambda inks: inks.copy() if rank == 4 else inks[..., 0].copy()]


def _convolution(config: Config, values: Sequence[Values]) -> list[Layer]:
    kernel = values[0]  # (rows, columns, channels, filters)
    rows, columns, _, filters = kernel.shape
    down, across = config["strides"]
    is_plain = config["dilation_rate"] == [1, 1] and config["groups"] == 1
    if not is_plain or config["data_format"] != "channels_last":
        raise OtherLayerError
    is_padded = {"same": True, "valid": False}[config["padding"]]
    matrix = kernel.reshape(-1, filters)

    def convolve(pixels: Values) -> Values:
        if is_padded:
            pixels = _padded(pixels, (rows, columns), (down, across))
        count, height, width, channels = pixels.shape
        high, wide = (height - rows) // down + 1, (width - columns) // across + 1
        patches = np.empty((count, high, wide, rows, columns, channels), np.float32)
        for row in range(rows):
            for column in range(columns):
                below, beside = row + down * (high - 1) + 1, column + across * (wide - 1) + 1
                patches[:, :, :, row, column] = pixels[:, row:below:down, column:beside:across]
        product = patches.reshape(count * high * wide, -1) @ matrix
        return product.reshape(count, high, wide, filters)

    return [convolve, *_bias_and_activation(config, values[1:])]


def _padded(pixels: Values, window: tuple[int, int], strides: tuple[int, int]) -> Values:
    """With zeros around, as TensorFlow's "same" has it: the odd one below and on the right."""
    margins = [(0, 0)]
    for side, size, stride in zip(pixels.shape[1:3], window, strides, strict=True):
        missing = max(0, (-(-side // stride) - 1) * stride + size - side)
        margins.append((missing // 2, missing - missing // 2))
    return np.pad(pixels, [*margins, (0, 0)])


def _normalisation(config: Config, values: Sequence[Values]) -> list[Layer]:
    if not (config["center"] and config["scale"]) or config["axis"] not in (-1, [-1], 3, [3]):
        raise OtherLayerError
    gamma, beta, mean, variance = values
    scale = gamma / np.sqrt(variance + np.float32(config["epsilon"]))
    offset = beta - mean * scale

    def normalise(pixels: Values) -> Values:
        pixels *= scale
        pixels += offset
        return pixels

    return [normalise]


def _dense(config: Config, values: Sequence[Values]) -> list[Layer]:
    matrix = values[0]
    return [lambda inputs: inputs @ matrix, *_bias_and_activation(config, values[1:])]


def _bias_and_activation(config: Config, biases: Sequence[Values]) -> list[Layer]:
    layers: list[Layer] = []
    if config["use_bias"]:
        bias = biases[0]
        layers.append(lambda inputs: np.add(inputs, bias, out=inputs))
    return layers + _activation(config, ())


def _activation(config: Config, values: Sequence[Values]) -> list[Layer]:  # noqa: ARG001
    if config["activation"] not in ACTIVATIONS:
        raise OtherLayerError
    is_linear = config["activation"] == "linear"
    return [] if is_linear else [lambda inputs: np.maximum(inputs, np.float32(0), out=inputs)]


def _flatten(config: Config, values: Sequence[Values]) -> list[Layer]:  # noqa: ARG001
    return [lambda inputs: inputs.reshape(len(inputs), -1)]


def _mean(config: Config, values: Sequence[Values]) -> list[Layer]:  # noqa: ARG001
    if config["keepdims"] or config["data_format"] != "channels_last":
        raise OtherLayerError
    return [lambda pixels: np.asarray(pixels.mean(axis=(1, 2)), np.float32)]


def _nothing(config: Config, values: Sequence[Values]) -> list[Layer]:  # noqa: ARG001
    return []  # a layer of the training alone


MAKERS: dict[str, Callable[[Config, Sequence[Values]], list[Layer]]] = {
    "InputLayer": _input,
    "Conv2D": _convolution,
    "BatchNormalization": _normalisation,
    "Activation": _activation,
    "GlobalAveragePooling2D": _mean,
    "Flatten": _flatten,
    "Dropout": _nothing,
    "Dense": _dense,
}
