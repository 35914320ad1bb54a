"""A trace: the output of every layer of a network for one ink."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from worker.recognition.arrays import Ink
from worker.recognition.explanation.layers import INK, Array, ExplainedLayer, explained_layers
from worker.recognition.network.classifier import ends_in_softmax


@dataclass(frozen=True)
class Trace:
    """The values of one forward pass, by the layer's index."""

    ink: Ink
    outputs: dict[int, Array]
    states: dict[int, Array]  # recurrent layers: (steps, units), forward and then backward units
    attention: dict[int, Array]  # attention layers: (heads, from, to), rows sum to 1

    def input_of(self, layer: ExplainedLayer) -> Array:
        """What a layer reads, in the shape in which it reads it."""
        source = layer.sources[0]
        values = self.ink if source == INK else self.outputs[source]
        return np.asarray(values.reshape(layer.input_shape), np.float32)


MOST_TOGETHER = 128  # inks in one call, which bounds the memory


class Tracer:
    """Follows one network; the first trace costs as much as some hundred more."""

    def __init__(self, model: keras.Model) -> None:
        symbolic_input, self.layers = explained_layers(model)
        self._input_shape = tuple(model.input_shape[1:])
        self._gives_probabilities = ends_in_softmax(model)
        inside = keras.Model(symbolic_input, [layer.tensor for layer in self.layers])
        # Compiled: a GRU takes more than a second otherwise.
        signature = [tf.TensorSpec((None, *self._input_shape), tf.float32)]
        self._all = tf.function(lambda inks: inside(inks, training=False), signature)
        self._last_hidden = None
        source = self.layers[-1].sources[0]
        if source != INK:
            hidden = keras.Model(symbolic_input, self.layers[source].tensor)
            self._last_hidden = tf.function(lambda inks: hidden(inks, training=False), signature)

    def trace(self, ink: Ink) -> Trace:
        """The values for one (28, 28) float32 ink, 0..1."""
        trace = Trace(ink, {}, {}, {})
        for layer, output in zip(self.layers, self._outputs(ink[None]), strict=True):
            trace.outputs[layer.index] = output[0]
        for layer in self.layers:
            if layer.kind == "recurrent":
                trace.states[layer.index] = recurrent_states(layer, trace.input_of(layer))
            if layer.kind == "attention":
                trace.attention[layer.index] = attention_weights(layer, trace.input_of(layer))
        return trace

    def logits(self, inks: Array) -> Array:
        """(n, 28, 28) inks, 0..1, to (n, 10) scores, or logarithms of probabilities."""
        scores = self._outputs(inks)[-1]
        if self._gives_probabilities:
            scores = np.log(np.maximum(scores, 1e-12))
        return np.asarray(scores, np.float32)

    def embeddings(self, inks: Array) -> Array | None:
        """(n, 28, 28) inks to (n, d) numbers that the scores are computed from.

        None for a network in which nothing lies between.
        """
        if self._last_hidden is None:
            return None
        shaped = np.asarray(inks, np.float32).reshape(-1, *self._input_shape)
        starts = range(0, len(shaped), MOST_TOGETHER)
        parts = [self._last_hidden(shaped[n : n + MOST_TOGETHER]).numpy() for n in starts]
        return np.concatenate(parts).reshape(len(shaped), -1)

    def _outputs(self, inks: Array) -> list[Array]:
        batch = tf.constant(inks.reshape(-1, *self._input_shape), tf.float32)
        return [output.numpy() for output in keras.tree.flatten(self._all(batch))]


def recurrent_states(layer: ExplainedLayer, inputs: Array) -> Array:
    """The state after each step, (steps, units of all directions), of a GRU (Cho et al. 2014).

    The backward direction starts at the last step. `inputs` are (steps, features).
    """
    states = []
    for direction in ("forward", "backward"):
        if f"{direction}.kernel" in layer.weights:
            ordered = inputs if direction == "forward" else inputs[::-1]
            steps = _gru(ordered, *(layer.weights[f"{direction}.{part}"] for part in _GRU_PARTS))
            states.append(steps if direction == "forward" else steps[::-1])
    return np.concatenate(states, axis=1)


_GRU_PARTS = ("kernel", "recurrent", "bias")


def _gru(inputs: Array, kernel: Array, recurrent: Array, bias: Array) -> Array:
    """Keras's GRU with reset_after: the update gate z, the reset gate r, the candidate h."""
    units = recurrent.shape[0]
    state, states = np.zeros(units, np.float32), []
    for step in inputs:
        from_input = np.split(step @ kernel + bias[0], 3)
        from_state = np.split(state @ recurrent + bias[1], 3)
        update, reset = (_sigmoid(from_input[gate] + from_state[gate]) for gate in (0, 1))
        candidate = np.tanh(from_input[2] + reset * from_state[2])
        state = update * state + (1 - update) * candidate
        states.append(state)
    return np.asarray(states, np.float32)


def attention_weights(layer: ExplainedLayer, tokens: Array) -> Array:
    """(heads, from, to): how much each token attends to each (Vaswani et al. 2017).

    `tokens` are (number, width).
    """
    weights = layer.weights
    queries = np.einsum("td,dhk->htk", tokens, weights["query"]) + weights["query.bias"][:, None]
    keys = np.einsum("td,dhk->htk", tokens, weights["key"]) + weights["key.bias"][:, None]
    scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(np.float32(queries.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)), np.float32)
