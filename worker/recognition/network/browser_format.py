"""The browser format: networks as one file of weights and a manifest of steps, without Keras.

The manifest lists the steps of each network in order. A step names its kind, the numbers of the
steps that it takes its input from, and its weights by their places in the file.
`webapp/static/js/networks/` computes the steps; it gives the same scores as Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.calibration import Calibration

Weight = NDArray[np.float32]
Step = dict[str, Any]

ALIGNMENT = 4  # bytes, as a Float32Array in a browser needs


@dataclass
class WeightFile:
    """The weights of several networks in one file, little-endian."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, weight: Weight) -> dict[str, Any]:
        """Append one array, as float16 where that is exact; returns its place."""
        half = weight.astype("<f2")
        is_exact = bool(np.array_equal(half.astype(np.float32), weight))
        content = half.tobytes() if is_exact else weight.astype("<f4").tobytes()
        place = {
            "offset": self.size,
            "shape": list(weight.shape),
            "type": "float16" if is_exact else "float32",
        }
        padding = -len(content) % ALIGNMENT
        self.parts.append(content + bytes(padding))
        self.size += len(content) + padding
        return place

    @property
    def content(self) -> bytes:
        return b"".join(self.parts)


class UnknownLayerError(ValueError):
    """The browser cannot compute this layer."""


def describe(model: keras.Model, calibration: Calibration, weights: WeightFile) -> dict[str, Any]:
    """One network for the manifest; its weights are added to `weights`.

    Raises UnknownLayerError.
    """
    steps: list[Step] = []
    numbers: dict[Any, int] = {}  # of the step that computes an operation
    for operation, sources in _operations(model):
        inputs = [numbers[source] for source in sources]
        if isinstance(operation, keras.layers.Dropout):  # only trainings drop units
            numbers[operation] = inputs[0]
            continue
        numbers[operation] = len(steps)
        steps.append({"kind": _kind(operation), "inputs": inputs, **_facts(operation, weights)})
    return {
        "name": model.name,
        "parameters": model.count_params(),
        "calibration": asdict(calibration),
        "steps": steps,
    }


def _operations(model: keras.Model) -> list[tuple[Any, list[Any]]]:
    """Every operation after those that it takes its input from, with these."""
    if isinstance(model, keras.Sequential):
        chain = [keras.layers.InputLayer(model.input_shape[1:]), *model.layers]
        sources: list[list[Any]] = [[], *([layer] for layer in chain[:-1])]
        return list(zip(chain, sources, strict=True))
    return [
        (operation, [tensor._keras_history.operation for tensor in _input_tensors(operation)])
        for operation in model.operations
    ]


def _input_tensors(operation: Any) -> list[Any]:
    """What an operation takes. Keras has no public way to ask."""
    if isinstance(operation, keras.layers.InputLayer):
        return []
    return list(operation._inbound_nodes[0].input_tensors)


def _kind(operation: Any) -> str:
    return type(operation).__name__


def _facts(operation: Any, weights: WeightFile) -> Step:
    describer = DESCRIBERS.get(_kind(operation))
    if describer is None:
        raise UnknownLayerError(f"The browser knows no {_kind(operation)}.")
    return describer(operation, weights)


def _nothing(_layer: Any, _weights: WeightFile) -> Step:
    return {}


def _reshape(layer: Any, _weights: WeightFile) -> Step:
    return {"shape": list(layer.target_shape)}


def _activation(layer: Any, _weights: WeightFile) -> Step:
    return {"activation": layer.activation.__name__}


def _dense(layer: Any, weights: WeightFile) -> Step:
    return {"activation": layer.activation.__name__, **_named(layer, weights)}


def _conv2d(layer: Any, weights: WeightFile) -> Step:
    return {
        "activation": layer.activation.__name__,
        "stride": layer.strides[0],
        "padding": layer.padding,
        **_named(layer, weights),
    }


def _batch_normalization(layer: Any, weights: WeightFile) -> Step:
    """After training it is one factor and one offset for each channel."""
    gamma, beta, mean, variance = (w.astype(np.float64) for w in layer.get_weights())
    scale = gamma / np.sqrt(variance + layer.epsilon)
    return {
        "scale": weights.add(scale.astype(np.float32)),
        "offset": weights.add((beta - mean * scale).astype(np.float32)),
    }


def _layer_normalization(layer: Any, weights: WeightFile) -> Step:
    return {"epsilon": layer.epsilon, **_named(layer, weights)}


def _bidirectional(layer: Any, weights: WeightFile) -> Step:
    """Two GRUs, one from the first row to the last and one from the last to the first."""
    return {
        "sequences": layer.forward_layer.return_sequences,
        "forward": _named(layer.forward_layer.cell, weights),
        "backward": _named(layer.backward_layer.cell, weights),
    }


def _attention(layer: Any, weights: WeightFile) -> Step:
    return {
        "heads": layer.num_heads,
        "query": _named(layer.query_dense, weights),
        "key": _named(layer.key_dense, weights),
        "value": _named(layer.value_dense, weights),
        "output": _named(layer.output_dense, weights),
    }


def _named(layer: Any, weights: WeightFile) -> dict[str, Any]:
    """The weights of a layer by their names: kernel, bias, gamma, …"""
    return {
        variable.name: weights.add(np.asarray(variable.numpy(), np.float32))
        for variable in layer.weights
        if "seed" not in variable.name
    }


DESCRIBERS: Mapping[str, Callable[[Any, WeightFile], Step]] = {
    "Activation": _activation,
    "Add": _nothing,
    "BatchNormalization": _batch_normalization,
    "Bidirectional": _bidirectional,
    "Conv2D": _conv2d,
    "Dense": _dense,
    "Flatten": _nothing,
    "GlobalAveragePooling1D": _nothing,
    "GlobalAveragePooling2D": _nothing,
    "InputLayer": _nothing,
    "LayerNormalization": _layer_normalization,
    "MultiHeadAttention": _attention,
    "Reshape": _reshape,
}
