"""The layers of a network as they are explained: one for each step that computes.

A batch normalisation or an activation after a convolution or a dense layer is part of it. Layers
that only change a shape, and those that act in training alone, are left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

INK = -1  # the source of a layer that reads the 28×28 ink
Array = NDArray[np.float32]

UNCHANGED = (
    layers.Flatten,
    layers.Reshape,
    layers.Dropout,
    layers.SpatialDropout2D,
    layers.GaussianNoise,
    layers.Identity,
)
POOLS = (layers.MaxPooling2D, layers.AveragePooling2D)
GLOBAL_POOLS = (layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D)


@dataclass
class ExplainedLayer:
    """One layer. Its output has the shape `shape`; a unit is one number of it."""

    index: int
    name: str
    kind: str  # convolution, dense, pool, average, normalisation, recurrent, attention, sum, other
    shape: tuple[int, ...]
    sources: tuple[int, ...]  # the layers that it reads, by index, or INK
    input_shape: tuple[int, ...]
    activation: str = "linear"
    kernel: tuple[int, int] = (1, 1)  # height, width
    strides: tuple[int, int] = (1, 1)
    padding: str = "valid"
    grid: tuple[int, int] | None = None  # rows and columns of patches; shape[0] counts them
    parameters: int = 0
    weights: dict[str, Array] = field(default_factory=dict, repr=False)
    tensor: Any = field(default=None, repr=False)  # Keras's symbolic output
    operation: Any = field(default=None, repr=False)

    def facts(self) -> dict[str, Any]:
        """All but the weights, as JSON."""
        hidden = {"weights", "tensor", "operation"}
        kept = {name: value for name, value in vars(self).items() if name not in hidden}
        return {n: list(value) if isinstance(value, tuple) else value for n, value in kept.items()}


class _Step(NamedTuple):
    """One operation of a network, with its symbolic inputs and output."""

    operation: Any
    inputs: list[Any]
    output: Any


def explained_layers(model: keras.Model) -> tuple[Any, list[ExplainedLayer]]:
    """The network's symbolic input, and its layers in the order in which they are computed.

    The last one gives the ten scores. A network with shared parts that cannot be followed has a
    single layer.
    """
    try:
        symbolic_input, steps = _steps(model)
        return symbolic_input, _Builder(symbolic_input, steps).layers()
    except (AttributeError, KeyError, TypeError, ValueError):
        shape = tuple(model.output_shape[1:])
        whole = ExplainedLayer(0, model.name, "other", shape, (INK,), tuple(model.input_shape[1:]))
        whole.tensor, whole.parameters = model.outputs[0], int(model.count_params())
        return model.inputs[0], [whole]


def _steps(model: keras.Model) -> tuple[Any, list[_Step]]:
    if not isinstance(model, keras.Sequential):
        operations = [op for op in model.operations if not isinstance(op, layers.InputLayer)]
        return model.inputs[0], [
            _Step(op, keras.tree.flatten(op.input), op.output) for op in operations
        ]
    # The layers of a loaded one belong to several graphs; this makes one more.
    symbolic_input = values = keras.Input(model.input_shape[1:])
    steps = []
    for layer in model.layers:
        steps.append(_Step(layer, [values], values := layer(values)))
    return symbolic_input, steps


class _Builder:
    """Walks the operations of a network and collects its layers."""

    def __init__(self, symbolic_input: Any, steps: list[_Step]) -> None:
        self._layers: list[ExplainedLayer] = []
        self._steps = steps
        self._source = {id(symbolic_input): INK}  # symbolic tensor to the layer that made it
        self._grid: dict[int, tuple[int, int] | None] = {}
        self._uses = Counter(id(tensor) for step in steps for tensor in step.inputs)

    def layers(self) -> list[ExplainedLayer]:
        for step in self._steps:
            self._add(step)
        return self._layers

    def _add(self, step: _Step) -> None:
        first = step.inputs[0]
        source, grid = self._source[id(first)], self._grid.get(id(first))
        if isinstance(step.operation, UNCHANGED):
            grid = _grid_after(step, grid)
        elif self._may_join(step.operation, first, source):
            _join(self._layers[source], step.operation)
            self._layers[source].tensor = step.output
        else:
            layer = self._new(step)
            self._layers.append(layer)
            source, grid = layer.index, layer.grid
        self._source[id(step.output)] = source
        self._grid[id(step.output)] = grid

    def _may_join(self, operation: Any, tensor: Any, source: int) -> bool:
        """Whether the operation belongs to the layer before it, which nothing else reads."""
        if source == INK or self._uses[id(tensor)] > 1 or self._layers[source].tensor is not tensor:
            return False
        layer = self._layers[source]
        is_open = layer.kind in ("convolution", "dense") and layer.activation == "linear"
        if isinstance(operation, layers.BatchNormalization):
            return is_open and "scale" not in layer.weights
        return is_open and isinstance(operation, layers.Activation | layers.ReLU)

    def _new(self, step: _Step) -> ExplainedLayer:
        operation, inputs = step.operation, step.inputs
        shape = tuple(step.output.shape[1:])
        grid = self._grid.get(id(inputs[0]))
        layer = ExplainedLayer(
            index=len(self._layers),
            name=operation.name,
            kind=_kind(step),
            shape=shape,
            sources=tuple(dict.fromkeys(self._source[id(tensor)] for tensor in inputs)),
            input_shape=tuple(inputs[0].shape[1:]),
            grid=grid if grid and len(shape) == 2 and shape[0] == math.prod(grid) else None,
            tensor=step.output,
            operation=operation,
        )
        _describe(layer, operation)
        return layer


def _grid_after(step: _Step, grid: tuple[int, int] | None) -> tuple[int, int] | None:
    """A reshape from (rows, columns, channels) to (rows × columns, channels) makes a grid."""
    before, after = tuple(step.inputs[0].shape[1:]), tuple(step.output.shape[1:])
    if len(before) == 3 and after == (before[0] * before[1], before[2]):
        return before[0], before[1]
    return grid if before == after else None


def _kind(step: _Step) -> str:  # noqa: PLR0911 (a table)
    operation = step.operation
    if isinstance(operation, layers.Conv2D) and operation.groups == 1:
        return "convolution" if tuple(operation.dilation_rate) == (1, 1) else "other"
    if isinstance(operation, layers.Dense):
        return "dense"
    if isinstance(operation, POOLS):
        return "pool"
    if isinstance(operation, GLOBAL_POOLS):
        return "average"
    if isinstance(operation, layers.LayerNormalization):
        return "normalisation"
    if all(_is_gru(part) for part in _directions(operation)):
        return "recurrent"
    if isinstance(operation, layers.MultiHeadAttention) and _attends_to_itself(step):
        return "attention"
    return "sum" if type(operation).__name__ == "Add" else "other"


def _directions(operation: Any) -> Sequence[Any]:
    """The recurrent layers of an operation: forward, and backward where there is one."""
    if isinstance(operation, layers.Bidirectional) and operation.merge_mode == "concat":
        return operation.forward_layer, operation.backward_layer
    return (operation,)


def _is_gru(layer: Any) -> bool:
    return isinstance(layer, layers.GRU) and layer.reset_after and layer.use_bias


def _attends_to_itself(step: _Step) -> bool:
    return len({id(tensor) for tensor in step.inputs}) == 1 and len(step.operation.weights) == 8


def _describe(layer: ExplainedLayer, operation: Any) -> None:
    """The facts and weights of the kinds that can be computed by hand."""
    layer.parameters = sum(math.prod(weight.shape) for weight in getattr(operation, "weights", ()))
    if layer.kind in ("convolution", "dense"):
        layer.activation = operation.activation.__name__
        layer.weights["kernel"] = _array(operation.kernel)
        if operation.use_bias:
            layer.weights["bias"] = _array(operation.bias)
    if layer.kind == "convolution":
        layer.kernel = tuple(operation.kernel_size)
    if layer.kind == "pool":
        layer.kernel = tuple(operation.pool_size)
        layer.activation = "max" if isinstance(operation, layers.MaxPooling2D) else "mean"
    if layer.kind in ("convolution", "pool"):
        layer.strides, layer.padding = tuple(operation.strides), operation.padding
    if layer.kind == "recurrent":
        for name, part in zip(("forward", "backward"), _directions(operation), strict=False):
            kernel, recurrent, bias = part.get_weights()
            layer.weights |= {
                f"{name}.kernel": kernel,  # (inputs, 3 × units): z, r, h
                f"{name}.recurrent": recurrent,  # (units, 3 × units)
                f"{name}.bias": bias,  # (2, 3 × units): of the inputs, of the state
            }
    if layer.kind == "attention":
        names = ("query", "query.bias", "key", "key.bias", "value", "value.bias", "out", "out.bias")
        layer.weights |= dict(zip(names, operation.get_weights(), strict=True))


def _join(layer: ExplainedLayer, operation: Any) -> None:
    """Add a batch normalisation, as a scale and an offset for each channel, or an activation."""
    layer.parameters += sum(math.prod(weight.shape) for weight in operation.weights)
    if not isinstance(operation, layers.BatchNormalization):
        is_activation = isinstance(operation, layers.Activation)
        layer.activation = operation.activation.__name__ if is_activation else "relu"
        return
    mean, variance = _array(operation.moving_mean), _array(operation.moving_variance)
    scale = 1 / np.sqrt(variance + np.float32(operation.epsilon))
    if operation.scale:
        scale = scale * _array(operation.gamma)
    offset = -mean * scale
    if operation.center:
        offset = offset + _array(operation.beta)
    layer.weights |= {"scale": scale, "offset": offset}


def _array(weight: Any) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(weight), np.float32)
