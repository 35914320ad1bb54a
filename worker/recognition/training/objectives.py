"""The objectives of a training: its loss, and the share of its pictures that it gets right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from worker.recognition.training.recipes import Recipe


def loss_of(recipe: Recipe) -> Callable[[Any, Any], Any]:
    """(labels (n,), logits (n, 10)) to the cross-entropy of each picture, (n,)."""
    crossentropy = tf.nn.sparse_softmax_cross_entropy_with_logits

    def among_ten(labels: Any, logits: Any) -> Any:
        return crossentropy(_flat(labels), logits)

    def or_no_digit(labels: Any, logits: Any) -> Any:
        """The scores must also exceed a fixed zero, or stay below it for a picture of no digit."""
        return crossentropy(_flat(labels), _with_no_digit(logits))

    return or_no_digit if recipe.outliers else among_ten


def training_accuracy_of(recipe: Recipe) -> Callable[[Any, Any], Any]:
    """(labels (n,), logits (n, 10)) to 1 for each picture that is right, else 0; (n,) float32."""

    def training_accuracy(labels: Any, logits: Any) -> Any:
        scores = _with_no_digit(logits) if recipe.outliers else logits
        return tf.cast(
            tf.equal(tf.argmax(scores, axis=1, output_type=tf.int32), _flat(labels)), tf.float32
        )

    return training_accuracy


def _flat(labels: Any) -> Any:
    return tf.reshape(tf.cast(labels, tf.int32), [-1])


def _with_no_digit(logits: Any) -> Any:
    """(n, 11): a score of zero for "no digit" beside the ten."""
    return tf.concat([logits, tf.zeros_like(logits[:, :1])], axis=1)
