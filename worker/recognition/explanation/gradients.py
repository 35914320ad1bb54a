"""Gradients: how the scores of a network change with each pixel of its input."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from worker.recognition.explanation.layers import Array
from worker.recognition.network.classifier import ends_in_softmax

LABELS = 10
MOST_TOGETHER = 64  # inks in one call, which bounds the memory


class Slopes(NamedTuple):
    """A weighted sum of scores for n inks."""

    values: Array  # (n,)
    scores: Array  # (n, 10)
    gradients: Array  # (n, 28, 28): by how much the sum grows with each pixel


class ScoreGradients:
    """The scores of a network and their gradients; the first call compiles."""

    def __init__(self, model: keras.Model) -> None:
        self._shape = tuple(model.input_shape[1:])
        gives_probabilities = ends_in_softmax(model)

        def scores(inks: tf.Tensor) -> tf.Tensor:
            given = model(inks, training=False)
            return tf.math.log(tf.maximum(given, 1e-12)) if gives_probabilities else given

        def slopes(inks: tf.Tensor, weights: tf.Tensor) -> tuple[tf.Tensor, ...]:
            with tf.GradientTape() as tape:
                tape.watch(inks)
                of_labels = scores(inks)
                values = tf.linalg.matvec(of_labels, weights)
            return values, of_labels, tape.gradient(values, inks)

        inks = tf.TensorSpec((None, *self._shape), tf.float32)
        self._scores = tf.function(scores, input_signature=[inks])
        weights = tf.TensorSpec((LABELS,), tf.float32)
        self._slopes = tf.function(slopes, input_signature=[inks, weights])

    def scores(self, inks: Array) -> Array:
        """(n, 28, 28) inks, 0..1, to (n, 10) scores."""
        parts = [self._scores(part).numpy() for part in self._parts(inks)]
        return np.concatenate(parts)

    def slopes(self, inks: Array, weights: Array) -> Slopes:
        """The sum of the scores, each times one of ten weights, and its gradients."""
        of_labels = tf.constant(weights, tf.float32)
        parts = [self._slopes(part, of_labels) for part in self._parts(inks)]
        values, scores, found = (
            np.concatenate([part[n].numpy() for part in parts]) for n in range(3)
        )
        return Slopes(values, scores, found.reshape(-1, 28, 28))

    def _parts(self, inks: Array) -> list[tf.Tensor]:
        shaped = np.asarray(inks, np.float32).reshape(-1, *self._shape)
        starts = range(0, len(shaped), MOST_TOGETHER)
        return [tf.constant(shaped[start : start + MOST_TOGETHER]) for start in starts]


def difference(first: int, second: int) -> Array:
    """The ten weights that make the score of one label minus that of another."""
    weights = np.zeros(LABELS, np.float32)
    weights[first] += 1
    weights[second] -= 1
    return weights
